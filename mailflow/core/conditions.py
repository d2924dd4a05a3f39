"""A condition of a rules file: an expression in CEL over the card and the people, never `eval`.

Owns: compile, check at load, ask at run. Language: Common Expression Language (github.com/google/cel-spec).
Sums are compared with `within` and `over`, which know currencies. A comparison of sums in two currencies, or
of a sum that is not stated, has no answer: then whoever asks takes the careful side, and no limit in roubles
can be slipped under, or a stage slipped past, in dollars.

    amount.within(initiator.trusted_sum)        amount.over(money("1 000 000 RUB"))
    urgent && cash_flow_item == "Реклама"       answers.lawyer == "approve_with_remarks"
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from typing import Any, Literal

from mailflow.core.money import Money, parse_money, within

ValueType = Literal["money", "text", "bool", "date", "list", "person", "answers"]
Value = Money | str | bool | tuple[str, ...] | Mapping[str, Any] | None

_FUNCTIONS = ("within", "over", "money", "size", "contains", "startsWith", "endsWith", "matches", "lower")
_SAMPLES: dict[str, Any] = {
    "money": {"amount": "1.00", "currency": "RUB"},
    "text": "а",
    "date": "2026-11-20",
    "list": ["а"],
    "answers": {},
    "person": {"id": "a", "department": "a", "trusted_sum": {"amount": "1.00", "currency": "RUB"}},
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked expression; ask it with `holds`, or with `fails` where the careful side is yes."""

    source: str
    program: Any = field(repr=False, compare=False)

    def holds(self, values: Mapping[str, Value]) -> bool:
        """Say whether it is surely true of these values."""
        return self.answer(values) is True

    def fails(self, values: Mapping[str, Value]) -> bool:
        """Say whether it is surely false of these values."""
        return self.answer(values) is False

    def answer(self, values: Mapping[str, Value]) -> bool | None:
        """Give what it says of these values; None where it has no answer."""
        try:
            said = self.program.execute(_context(values))
        except (TypeError, ValueError, RuntimeError, KeyError):
            return None
        return said if isinstance(said, bool) else None


Choices = Mapping[str, tuple[str, ...]]
"""The only values a name may have: those of a choice, and `answers.STAGE` for the answers of a stage."""


def compile_condition(source: str, known: Mapping[str, ValueType], choices: Choices | None = None) -> Condition:
    """Compile and type-check an expression over the `known` names; raise ValueError saying what to mend."""
    import cel  # 0.3 s, most of it a command line we do not use: only when there are rules

    try:
        program = cel.compile(source)
    except ValueError as wrong:
        raise ValueError(_unreadable(source, str(wrong))) from None
    _check_sums(source)
    names = program.references()
    _refuse_unknown(names["variables"], names["functions"], known)
    _refuse_unknown_stages(source, choices or {})
    _check_equality(source, known, choices or {})
    _check_currencies(source)
    if _TRUTH_COMPARED.search(source):
        raise ValueError("a call is compared with true or false: leave `== true` out, write `!` for `== false`")
    condition = Condition(source, program)
    _check_types(condition, {name: known[name] for name in names["variables"]}, choices or {})
    return condition


def _refuse_unknown(variables: list[str], functions: list[str], known: Mapping[str, ValueType]) -> None:
    for name in variables:
        if name not in known:
            raise ValueError(f"the condition names `{name}`, which is no field: known are {', '.join(sorted(known))}")
    for name in functions:
        if name[0].isalpha() and name not in _FUNCTIONS:
            raise ValueError(f"the condition calls `{name}`, which does not exist: there are {', '.join(_FUNCTIONS)}")


_STAGE_SAID = re.compile(r"(?<![\w.])answers\b(?:\s*\.\s*(\w+))?")


def _refuse_unknown_stages(source: str, choices: Choices) -> None:
    for said in _STAGE_SAID.finditer(source):
        if f"answers.{said[1]}" not in choices:
            stages = ", ".join(name.removeprefix("answers.") for name in choices if name.startswith("answers."))
            raise ValueError(
                f"the condition asks for the answer of `{said[1] or '?'}`, which is no earlier stage: "
                f"there are {stages or 'none before it'}; write answers.STAGE"
            )


# CEL calls values of two kinds simply unequal, so a comparison that can never hold passes it by.
_NAME = r"(?<![\w.])((?:answers\.)?\w+)"
_LITERAL = r"""("[^"]*"|'[^']*'|\btrue\b|\bfalse\b|-?\b\d[\w.]*)"""
_EQUALITY = re.compile(rf"{_NAME}\s*[!=]=\s*{_LITERAL}")
_EQUALITY_BACK = re.compile(rf"{_LITERAL}\s*[!=]=\s*{_NAME}(?![\w.(])")
_LITERALS: Mapping[str, str] = {"text": "a text in quotes", "date": 'a date in quotes, "2026-12-31"', "bool": "true"}


def _check_equality(source: str, known: Mapping[str, ValueType], choices: Choices) -> None:
    """Refuse `urgent == "да"`, a name compared with a literal of another kind, and a choice it does not have."""
    pairs = [(m[1], m[2]) for m in _EQUALITY.finditer(source)]
    pairs += [(m[2], m[1]) for m in _EQUALITY_BACK.finditer(source)]
    for name, literal in pairs:
        kind = "text" if name in choices else known.get(name)
        given = "bool" if literal in ("true", "false") else "text" if literal[0] in "\"'" else "number"
        if kind is not None and given != ("text" if kind == "date" else kind):
            wanted = _LITERALS.get(kind, "another expression")
            raise ValueError(f"`{name}` is never equal to {literal}: compare it with {wanted}")
        if name in choices and literal[1:-1] not in ("", *choices[name]):
            raise ValueError(f"`{name}` is never {literal}: it may be {_first(choices[name])}")


def _first(values: Sequence[str], most: int = 12) -> str:
    said = [value for value in values if value]
    return ", ".join(said[:most]) + (", …" if len(said) > most else "")


_TRUTH_COMPARED = re.compile(r"\)\s*[!=]=\s*(?:true|false)\b|\b(?:true|false)\s*[!=]=\s*[\w.]+\(")
"""What has no answer is not equal to false either: such a comparison would turn «unknown» into a firm no."""
_SUMS_COMPARED = re.compile(
    r"""money\(\s*["']([^"']*)["']\s*\)\s*\.\s*(?:within|over)\(\s*money\(\s*["']([^"']*)["']"""
)


def _check_currencies(source: str) -> None:
    """Refuse a comparison of two written sums in two currencies: it could never have an answer."""
    for left, right in _SUMS_COMPARED.findall(source):
        sums = (parse_money(left), parse_money(right))
        if len({one.currency for one in sums if isinstance(one, Money)}) > 1:
            raise ValueError(f"{left} and {right} are in two currencies: compare sums in one")


def _check_types(condition: Condition, types: Mapping[str, ValueType], choices: Choices) -> None:
    said = {name.removeprefix("answers."): "" for name in choices if name.startswith("answers.")}
    for sample in _samples(types, said):
        try:
            result = condition.program.execute(_context(sample))
        except (TypeError, ValueError, RuntimeError, KeyError) as wrong:
            raise ValueError(_type_complaint(condition.source, str(wrong), types)) from None
        # A sum compared with one of another currency than the sample's has no answer, and that is none of its faults.
        if result is not None and not isinstance(result, bool):
            raise ValueError("the condition must be true or false: compare it with something")


def _samples(types: Mapping[str, ValueType], said: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Every mix of the yes/no names: `||` and `&&` hide a wrong side unless both are walked."""
    flags = [name for name, kind in types.items() if kind == "bool"][:8]
    plain = {name: _SAMPLES[kind] for name, kind in types.items() if kind != "bool"}
    plain |= {name: said for name, kind in types.items() if kind == "answers"}
    for mix in product((True, False), repeat=len(flags)):
        yield {**plain, **dict(zip(flags, mix, strict=True))}


def _type_complaint(source: str, said: str, types: Mapping[str, ValueType]) -> str:
    if "money" in types.values() or "person" in types.values():
        return f"`{source}`: sums are compared with within() and over(), as in amount.within(initiator.trusted_sum)"
    return f"`{source}`: the two sides are of different kinds ({said.split('.')[0]})"


_PLACE = re.compile(r"<input>:\d+:(\d+): (?:Syntax error: )?([^|\n]*?)(?: expecting [^|\n]*)?\s*(?:\||\n|$)")
_SUM = re.compile(r"""money\(\s*["']([^"']*)["']\s*\)""")


def _unreadable(source: str, said: str) -> str:
    """Say where a condition ceases to be one, without the grammar's own long list of what might follow."""
    found = _PLACE.search(said)
    where = f" from character {found[1]} on ({found[2].strip()})" if found else ""
    return f"the condition `{source}` cannot be read{where}: check its quotes, brackets, && and ||"


def _check_sums(source: str) -> None:
    for said in _SUM.findall(source):
        if not isinstance(parse_money(said), Money):
            raise ValueError(f"`{said}` is not a sum: write it as 1 000 000 RUB")


def _context(values: Mapping[str, Value]) -> Any:
    import cel

    context = cel.Context(variables={name: _plain(value) for name, value in values.items()})
    context.add_function("within", _within)
    context.add_function("over", _over)
    context.add_function("money", _literal)
    context.add_function("lower", lambda text: str(text).lower())
    return context


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _sum(value: Any) -> Money | None:
    if not isinstance(value, Mapping) or "amount" not in value:
        return None
    return Money(Decimal(value["amount"]), value["currency"])


# What has no answer is null: CEL carries it through `!`, `&&` and `||` as an error unless the other side decides.
def _within(amount: Any, limit: Any) -> bool | None:
    """Nothing is within a limit that is not there."""
    left, right = _sum(amount), _sum(limit)
    if right is None:
        return False
    return within(left, right) if left is not None and left.currency == right.currency else None


def _over(amount: Any, limit: Any) -> bool | None:
    left, right = _sum(amount), _sum(limit)
    if left is None or right is None or left.currency != right.currency:
        return None
    return left.amount > right.amount


def _literal(text: str) -> dict[str, str]:
    money = parse_money(text)
    if not isinstance(money, Money):
        raise ValueError(f"{text!r} is not a sum")
    return {"amount": str(money.amount), "currency": money.currency}
