"""A condition of a rules file: an expression in CEL over the card and the people, never `eval`.

Owns: compile, check at load, ask at run. Language: Common Expression Language (github.com/google/cel-spec).
Sums are compared with `within` and `over`, which know currencies: sums in two currencies are never
within and never over each other, so a limit in roubles cannot be slipped under in dollars.

    amount.within(initiator.trusted_sum)        amount.over(money("1 000 000 RUB"))
    urgent && cash_flow_item == "Реклама"       object != ""
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from typing import Any, Literal

from mailflow.core.money import Money, parse_money, within

ValueType = Literal["money", "text", "bool", "date", "list", "person"]
Value = Money | str | bool | tuple[str, ...] | Mapping[str, Any] | None

_FUNCTIONS = ("within", "over", "money", "size", "contains", "startsWith", "endsWith", "matches", "lower")
_SAMPLES: dict[str, Any] = {
    "money": {"amount": "1.00", "currency": "RUB"},
    "text": "а",
    "date": "2026-11-20",
    "list": ["а"],
    "person": {"id": "a", "department": "a", "trusted_sum": {"amount": "1.00", "currency": "RUB"}},
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked expression; ask it with `holds`."""

    source: str
    program: Any = field(repr=False, compare=False)

    def holds(self, values: Mapping[str, Value]) -> bool:
        """Say whether it is true of these values; anything but a clean `true` is false."""
        try:
            return self.program.execute(_context(values)) is True
        except (TypeError, ValueError, RuntimeError, KeyError):
            return False


def compile_condition(source: str, known: Mapping[str, ValueType]) -> Condition:
    """Compile and type-check an expression over the `known` names; raise ValueError saying what to mend."""
    import cel  # 0.3 s, most of it a command line we do not use: only when there are rules

    try:
        program = cel.compile(source)
    except ValueError as wrong:
        raise ValueError(f"the condition cannot be read: {_caret(str(wrong))}") from None
    names = program.references()
    _refuse_unknown(names["variables"], names["functions"], known)
    _check_equality(source, known)
    condition = Condition(source, program)
    _check_types(condition, {name: known[name] for name in names["variables"]})
    return condition


def _refuse_unknown(variables: list[str], functions: list[str], known: Mapping[str, ValueType]) -> None:
    for name in variables:
        if name not in known:
            raise ValueError(f"the condition names `{name}`, which is no field: known are {', '.join(sorted(known))}")
    for name in functions:
        if name[0].isalpha() and name not in _FUNCTIONS:
            raise ValueError(f"the condition calls `{name}`, which does not exist: there are {', '.join(_FUNCTIONS)}")


# CEL calls values of two kinds simply unequal, so a comparison that can never hold passes it by.
_EQUALITY = re.compile(r"""(?<![\w.])(\w+)\s*[!=]=\s*("[^"]*"|'[^']*'|true\b|false\b|-?\d[\w.]*)""")
_EQUALITY_BACK = re.compile(r"""("[^"]*"|'[^']*'|\btrue|\bfalse|-?\b\d[\w.]*)\s*[!=]=\s*(\w+)(?![\w.(])""")
_LITERALS: Mapping[str, str] = {"text": "a text in quotes", "date": 'a date in quotes, "2026-12-31"', "bool": "true"}


def _check_equality(source: str, known: Mapping[str, ValueType]) -> None:
    """Refuse `urgent == "да"`: a name compared with a literal of another kind."""
    pairs = [(m[1], m[2]) for m in _EQUALITY.finditer(source)]
    pairs += [(m[2], m[1]) for m in _EQUALITY_BACK.finditer(source)]
    for name, literal in pairs:
        kind = known.get(name)
        given = "bool" if literal in ("true", "false") else "text" if literal[0] in "\"'" else "number"
        if kind is not None and given != ("text" if kind == "date" else kind):
            wanted = _LITERALS.get(kind, "another expression")
            raise ValueError(f"`{name}` is never equal to {literal}: compare it with {wanted}")


def _check_types(condition: Condition, types: Mapping[str, ValueType]) -> None:
    for sample in _samples(types):
        try:
            result = condition.program.execute(_context(sample))
        except (TypeError, ValueError, RuntimeError, KeyError) as wrong:
            raise ValueError(_type_complaint(condition.source, str(wrong), types)) from None
        if not isinstance(result, bool):
            raise ValueError("the condition must be true or false: compare it with something")


def _samples(types: Mapping[str, ValueType]) -> Iterator[dict[str, Any]]:
    """Every mix of the yes/no names: `||` and `&&` hide a wrong side unless both are walked."""
    flags = [name for name, kind in types.items() if kind == "bool"][:8]
    plain = {name: _SAMPLES[kind] for name, kind in types.items() if kind != "bool"}
    for mix in product((True, False), repeat=len(flags)):
        yield {**plain, **dict(zip(flags, mix, strict=True))}


def _type_complaint(source: str, said: str, types: Mapping[str, ValueType]) -> str:
    if "money" in types.values() or "person" in types.values():
        return f"`{source}`: sums are compared with within() and over(), as in amount.within(initiator.trusted_sum)"
    return f"`{source}`: the two sides are of different kinds ({said.split('.')[0]})"


def _caret(said: str) -> str:
    return " ".join(said.split("ERROR:")[-1].split())


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


def _within(amount: Any, limit: Any) -> bool:
    left, right = _sum(amount), _sum(limit)
    return left is not None and right is not None and within(left, right)


def _over(amount: Any, limit: Any) -> bool:
    left, right = _sum(amount), _sum(limit)
    return left is not None and right is not None and left.currency == right.currency and left.amount > right.amount


def _literal(text: str) -> dict[str, str]:
    money = parse_money(text)
    if not isinstance(money, Money):
        raise ValueError(f"{text!r} is not a sum")
    return {"amount": str(money.amount), "currency": money.currency}
