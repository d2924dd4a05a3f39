"""The form of a rules file as JSON Schema, for editors that complete and check while one types.

Owns: `rule_schema`, made from the very models the files are read into (JSON Schema 2020-12). What a person writes as
a word (a duration, people, a title for both languages) is described as it is written, not as it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from mailflow.core.rule_file import RuleFile

_TEXT: JsonSchemaValue = {"type": "string"}
_TEXTS: JsonSchemaValue = {
    "anyOf": [{"type": "array", "items": {"type": ["string", "integer"]}}, {"type": ["string", "integer"]}]
}
_WORDS: JsonSchemaValue = {
    "description": "The same words in both languages; a plain text is taken for both.",
    "anyOf": [
        _TEXT,
        {
            "type": "object",
            "properties": {"ru": _TEXT, "en": _TEXT},
            "required": ["ru", "en"],
            "additionalProperties": False,
        },
    ],
}
_SPAN: JsonSchemaValue = {"type": "string", "examples": ["1 working day", "4 hours", "3 рабочих дня"]}
_DUE: JsonSchemaValue = {"type": "string", "examples": ["2 working days", "field due"]}
_REMINDER: JsonSchemaValue = {"type": "string", "examples": ["4 hours before", "at due"]}
_WHO: JsonSchemaValue = {
    "description": "People: words, a list of them, or a table by a choice of the card.",
    "anyOf": [
        {
            "type": "string",
            "examples": [
                "role NAME",
                "person ID",
                "initiator",
                "manager of initiator",
                "managers of initiator up to department head",
                "head of department NAME",
                "head of initiator's department",
                "department NAME",
                "field NAME",
            ],
        },
        {"type": "array", "minItems": 1},
        {
            "type": "object",
            "properties": {"by": _TEXT, "of": {"type": "object"}, "else": {}},
            "required": ["by", "of"],
            "additionalProperties": False,
        },
    ],
}
_ORDER: JsonSchemaValue = {
    "anyOf": [{"enum": ["in turn", "all", "any", "one per department"]}, {"type": "integer", "minimum": 1}]
}
_VALUES: JsonSchemaValue = {
    "anyOf": [{"type": "array", "items": {"type": ["string", "integer"]}}, {"type": "string", "examples": ["objects"]}]
}
_WRITTEN: Mapping[tuple[str, str], JsonSchemaValue] = {
    ("FieldRule", "of"): _VALUES,
    ("OnSilence", "escalate_to"): {
        "anyOf": [{"const": "manager"}, *_WHO["anyOf"]],
    },
    ("Stage", "order"): _ORDER,
    ("Stage", "due"): _DUE,
    ("Stage", "remind"): {"type": "array", "items": _REMINDER},
}
"""Keys that are written otherwise than they are kept."""
_KEPT: Mapping[str, JsonSchemaValue | None] = {
    "Words": _WORDS,
    "Duration": _SPAN,
    "DueField": None,
    "ListName": None,
    "Reminder": None,
    "Unit": None,
}
"""Values that are written as words; None = nothing refers to it any more."""


class _AsWritten(GenerateJsonSchema):
    """Describes lists and people as a person writes them."""

    def function_plain_schema(self, schema: core_schema.PlainValidatorFunctionSchema) -> JsonSchemaValue:
        """The only values read by a function alone are people."""
        return dict(_WHO)

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        """A list of texts may be written as one of them."""
        if schema["schema"]["type"] == "tuple":
            return dict(_TEXTS)
        return super().function_before_schema(schema)


def rule_schema() -> dict[str, Any]:
    """Give the schema of a rules file."""
    schema = RuleFile.model_json_schema(by_alias=True, schema_generator=_AsWritten)
    definitions = schema["$defs"]
    for (model, key), written in _WRITTEN.items():
        kept = definitions[model]["properties"][key]
        definitions[model]["properties"][key] = {**written, **_said(kept)}
    schema["$defs"] = {
        name: _KEPT.get(name, kept) for name, kept in definitions.items() if _KEPT.get(name, kept) is not None
    }
    heading = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return {**heading, "title": "A process of mailflow: one file of rules/"}


def _said(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is said of a key, whichever way it is written."""
    return {"description": kept["description"]} if "description" in kept else {}
