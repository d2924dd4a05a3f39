"""Random rules files: every key of the rule model has a way to be drawn, at the kinds of stage it belongs to.

What is drawn is well formed key by key; whether it holds together, `read_process` says, and a file it refuses is
drawn anew. `tests/test_engine_laws.py` holds the tables against the model, so that no new key goes untried.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from mailflow.core.directory import Directory
from mailflow.core.stages import NOBODY_ACTS

Draw = Any
Strategy = st.SearchStrategy[Any]

WORDS = {"ru": "Этап", "en": "Stage"}
KINDS = ("approve", "fill", "perform", "acknowledge", "resolve", "collect", "produce", "spawn", "notify")
SOME_KINDS = (*("approve",) * 4, *KINDS)
PAPERS = ("approval_sheet", "visa_supplement", "outgoing_letter")
CONDITIONS = ('amount.over(money("100 RUB"))', "urgent", 'object != ""', 'item == "a"', "size(approvers) > 1")


def whos(office: Directory) -> Strategy:
    """Everything `who` may say, alone, in a list or in a table."""
    plain = st.sampled_from(
        [
            "role r0",
            "role r1",
            "initiator",
            "manager of initiator",
            "managers of initiator up to department head",
            "head of initiator's department",
            "field approvers",
            "executors of points",
            *(f"head of department {d}" for d in office.departments),
            *(f"person {p}" for p in office.people),
            *(f"department {d}" for d in office.departments),
        ]
    )
    table = st.fixed_dictionaries({"by": st.just("item"), "of": st.fixed_dictionaries({"a": plain}), "else": plain})
    return st.one_of(plain, plain, plain, st.lists(plain, min_size=1, max_size=2), table)


def silences(office: Directory) -> Strategy:
    """What silence does: tells somebody, or agrees."""
    above = st.one_of(st.just("manager"), whos(office))
    return st.one_of(
        st.fixed_dictionaries({"after": st.just("2 working days"), "escalate_to": above}),
        st.fixed_dictionaries({"after": st.just("2 working days"), "approve": st.just("even for money")}),
    )


def stage_keys(office: Directory) -> Mapping[str, tuple[tuple[str, ...], Strategy]]:
    """Every key of a stage beside `kind` and `title`: at which kinds it may stand, and what it may say."""
    acting = tuple(kind for kind in KINDS if kind not in NOBODY_ACTS)
    numbering = {"register": "letters", "form": "{seq}", "field": "reg_number", "date_field": "reg_date"}
    spawn = {"process": "other", "initiator": "role r0", "subject": "Ответ", "take": {"object": "object"}}
    return {
        "who": (KINDS, whos(office)),
        "beside": (KINDS, st.just("")),
        "fields": (("fill",), st.lists(st.sampled_from(["object", "day"]), min_size=1, max_size=2, unique=True)),
        "file": (("fill", "perform"), st.booleans()),
        "also": (("fill",), st.just(["day", "suppliers"])),
        "edits": (("approve",), st.booleans()),
        "needs": (KINDS, st.lists(st.sampled_from(PAPERS), min_size=1, max_size=2, unique=True)),
        "text": (("notify", "produce"), st.sampled_from(["Сообщаем: {object}", "Заявка {number}"])),
        "outside": (("notify", "perform", "collect"), st.just("suppliers")),
        "subject": (KINDS, st.just("О заявке {number}")),
        "shows": (KINDS, st.just(["object", "amount"])),
        "encloses": (KINDS, st.just(["request"])),
        "number": (acting, st.just(numbering)),
        "spawn": (("spawn",), st.just(spawn)),
        "done_by_linked": (("perform",), st.booleans()),
        "order": (acting, st.sampled_from(["in turn", "all", "any", "one per department", 2])),
        "when": (KINDS, st.sampled_from(CONDITIONS)),
        "skip_when": (KINDS, st.sampled_from(CONDITIONS)),
        "skip_note": (KINDS, st.just("Не требуется")),
        "if_initiator": (("approve",), st.sampled_from(["role r0", "role r1"])),
        "actions": (
            ("approve", "perform"),
            st.sampled_from([["approve"], ["approve", "rework"], ["approve", "reject"]]),
        ),
        "answer": (("perform",), st.sampled_from(["done", "paid"])),
        "due": (acting, st.sampled_from(["1 working day", "4 hours", "3 days", "field day"])),
        "remind": (acting, st.just(["4 hours before", "at due"])),
        "on_silence": (acting, silences(office)),
        "assurance": (KINDS, st.sampled_from(["mail", "known_browser", "second_factor"])),
        "second_factor_when": (("approve", "acknowledge"), st.sampled_from(CONDITIONS)),
        "delegation": (KINDS, st.booleans()),
        "instruction": (KINDS, st.just("Сделайте")),
    }


NEEDED: Mapping[str, tuple[str, ...]] = {
    "fill": ("fields",),
    "produce": ("needs",),
    "notify": ("text", "who"),
    "spawn": ("spawn",),
}
AFTER = {"remind": "due", "skip_note": "skip_when", **dict.fromkeys(("subject", "shows", "encloses"), "outside")}
"""Keys that say nothing without another."""
SELDOM = frozenset({"needs", "number", "done_by_linked", "when", "skip_when", "file"})


@st.composite
def stages(draw: Draw, office: Directory, place: int) -> dict[str, Any]:
    """One stage of any kind, with any of the keys its kind may have."""
    kind = draw(st.sampled_from(SOME_KINDS))
    stage: dict[str, Any] = {"kind": kind, "title": WORDS}
    keys = stage_keys(office)
    needed = NEEDED.get(kind, ()) if kind in NOBODY_ACTS else (*NEEDED.get(kind, ()), "who")
    for key, (kinds, values) in keys.items():
        wanted = key in needed or draw(st.integers(0, 5 if key in SELDOM else 2)) == 0
        if kind in kinds and wanted and (AFTER.get(key) is None or AFTER[key] in stage):
            stage[key] = draw(values)
    if stage.pop("beside", None) is not None and place:
        stage["beside"] = f"s{place - 1}"
    if "outside" in stage:
        stage.setdefault("text", "Сообщаем: {object}")
    if kind != "approve" and "approve" in stage.get("on_silence", {}):
        del stage["on_silence"]
    return stage


FIELDS: Mapping[str, Mapping[str, Any]] = {
    "amount": {"type": "money", "material": True},
    "currency": {"type": "text", "material": True, "card": False},
    "object": {"type": "text", "synonyms": ["объект"], "from": ["body", "subject"]},
    "urgent": {"type": "bool"},
    "approvers": {"type": "people", "most": 3, "departments": "head"},
    "points": {"type": "points"},
    "suppliers": {"type": "mailboxes"},
    "item": {"type": "choice", "of": ["a", "b"], "ask": "Какая?"},
    "day": {"type": "date"},
    "term": {"type": "term"},
    "goals": {"type": "goals"},
    "inn": {"type": "inn"},
    "kpp": {"type": "kpp"},
    "bic": {"type": "bic"},
    "reg_number": {"type": "text", "from": []},
    "reg_date": {"type": "date", "from": []},
}
"""Fields of every type but an account, whose change is another law (`tests/test_payees.py`)."""


@st.composite
def rule_files(draw: Draw, office: Directory) -> dict[str, Any]:
    """A whole file of one to four stages; `read_process` may still refuse it."""
    fields: dict[str, Any] = {name: {"label": WORDS, **rule} for name, rule in FIELDS.items()}
    for name in ("object", "item"):
        fields[name]["required"] = draw(st.sampled_from([False, False, True, "urgent"]))
    file: dict[str, Any] = {
        "process": "request",
        "title": WORDS,
        "summary": "{object}",
        "register": {"name": "requests", "number": "З-{year}-{seq:04}"},
        "starts_with": {"address": ["zayavka"], "subject": ["заявка"]},
        "fields": fields,
        "stages": [{f"s{n}": draw(stages(office, n))} for n in range(draw(st.integers(1, 4)))],
        "rework": {
            "returns_to": draw(st.sampled_from(["first stage", "same stage"])),
            "skip_agreed": draw(st.sampled_from(["never", "unless material changed"])),
        },
        "tell_initiator": draw(st.sampled_from(["when all agreed", "each stage"])),
    }
    if draw(st.booleans()):
        file["closing_papers"] = ["approval_sheet"]
    if draw(st.booleans()):
        file["adds_up"] = {"sum": "amount", "within": "30 days"}
    file["archive"] = draw(st.booleans())
    if draw(st.booleans()):
        file["receipt"] = "Готово"
    return file
