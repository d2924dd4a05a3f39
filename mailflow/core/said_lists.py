"""Lists as letters state them: goals with their weights, points with whom they are given to and by which day.

Owns: text -> items, an item as the one line fields keep («Запустить рассылку — 40 %», «Петров П.П. — представить
план (до 20.11.2026)»), and that line -> the item again. Refuses to know: who the named people are.

What may go wrong: a list without numbers or bullets is taken for one only where every line of it shows the mark of
its kind (a weight, a name before a dash); all else is no list, and is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mailflow.core.dates import DATE_PATTERN, format_date, read_date
from mailflow.core.money import fold
from mailflow.core.said_names import is_name_text, nominative

MOST_ITEMS = 100
LONGEST_ITEM = 1_000
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal; `weight` in percent, None where none is stated."""

    text: str
    weight: Decimal | None

    def __str__(self) -> str:
        return self.text if self.weight is None else f"{self.text} — {_plain(self.weight)} %"


@dataclass(frozen=True, slots=True)
class Point:
    """One point: what is to be done, by whom (names in the nominative, as said), by which day."""

    text: str
    executors: tuple[str, ...] = ()
    due: date | None = None

    def __str__(self) -> str:
        term = f" (до {format_date(self.due)})" if self.due else ""
        return f"{', '.join(self.executors)}{' — ' if self.executors else ''}{self.text}{term}"


# --- the line a field keeps


_GOAL_LINE = re.compile(r"(.*) — ([0-9]{1,3}(?:\.[0-9]{1,2})?) %")
_POINT_LINE = re.compile(r"(?:(?P<who>[^—]*) — )?(?P<text>.*?)(?: \(до (?P<due>[0-9.]{10})\))?", re.DOTALL)


def goal_of(line: str) -> Goal:
    """Give the goal a field keeps as this line."""
    match = _GOAL_LINE.fullmatch(line)
    return Goal(match[1], Decimal(match[2])) if match else Goal(line, None)


def point_of(line: str) -> Point:
    """Give the point a field keeps as this line."""
    match = _POINT_LINE.fullmatch(line)
    if match is None:
        return Point(line)
    who = tuple(name for name in (match["who"] or "").split(", ") if name)
    return Point(match["text"], who, read_date(match["due"], date(2000, 1, 1)) if match["due"] else None)


def weights_agree(goals: Sequence[Goal]) -> bool:
    """Say whether every goal has a weight and the weights make 100 %."""
    weights = [goal.weight for goal in goals if goal.weight is not None]
    return len(weights) == len(goals) and sum(weights) == WHOLE


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


# --- items of a text

_NUMBER = re.compile(r"\s{0,8}(?:(?:п\.|пункт|цель|goal|point)\s?(?:№\s?)?[0-9]{1,2}[.):]?\s|[0-9]{1,2}(?:[.)]\s?|\t)"
                     r"(?=\D))", re.IGNORECASE)  # fmt: skip
_BULLET = re.compile(r"\s{0,8}[-–—•*·▪◦]\s+")


def items_of(text: str) -> tuple[str, ...]:
    """Give the items of the numbered, else of the bulleted list a text holds; a line without a mark goes on the item.

    An empty line after an item ends it; what follows the list is no part of it.
    """
    lines = text.splitlines()
    for mark in (_NUMBER, _BULLET):
        if any(mark.match(line) for line in lines):
            return tuple(_items(lines, mark))
    return ()


def _items(lines: Sequence[str], mark: re.Pattern[str]) -> Iterator[str]:
    item: list[str] = []
    for line in lines:
        found = mark.match(line)
        if found or not line.strip():
            yield from _whole(item)
            item = [line[found.end() :]] if found else []
        elif item:
            item.append(line)
    yield from _whole(item)


def _whole(item: list[str]) -> Iterator[str]:
    text = " ".join(part.strip(" ") for part in item).strip()[:LONGEST_ITEM]
    if text:
        yield text


# --- goals

_WEIGHT = r"([0-9]{1,3}(?:[.,][0-9]{1,2})?)"
_WEIGHT_LAST = re.compile(
    rf"[\s—–\-:;,|(\[]{{0,6}}(?:(?:с )?вес(?:ом|а)?|weight(?:ed)?)?[ :=—–-]{{0,4}}{_WEIGHT} ?(?:%|процент\w{{0,3}})"
    r"[\s).\];,]{0,4}$",
    re.IGNORECASE,
)
_WEIGHT_NAMED = re.compile(
    rf"[\s—–\-:;,|(\[]{{0,6}}\b(?:вес|weight)[ :=—–-]{{1,4}}{_WEIGHT} ?(?:%|процент\w{{0,3}})?[\s).\];,]{{0,4}}$",
    re.IGNORECASE,
)
_WEIGHT_CELL = re.compile(r"\t ?(0[.,][0-9]{1,2}|1|[0-9]{1,3}) ?%?\s*$")
_WEIGHT_FIRST = re.compile(rf"\(?{_WEIGHT} ?%\)?[\s—–\-:;,|]{{1,6}}(?=\S)")


def goals_in(text: str) -> tuple[Goal, ...]:
    """Give the goals a text lists, each with its weight; () where it lists none."""
    items = [item for item in items_of(text) if not _is_sum(item)][:MOST_ITEMS]
    if not items:
        items = [line.strip() for line in text.splitlines() if line.strip() and _weighed(line) is not None]
    goals = tuple(_goal(item) for item in items)
    if all(goal.weight is None for goal in goals):
        bare = tuple(_bare(item) for item in items)
        goals = bare if bare and weights_agree(bare) else goals
    return _as_percent(goals)


_WEIGHT_BARE = re.compile(r"\s*[—–\-:;,|\t(]\s*([0-9]{1,3})\)?\s*$")


def _bare(item: str) -> Goal:
    """Read a number at the end as a weight: it is one if all of them make a hundred."""
    match = _WEIGHT_BARE.search(item)
    return Goal(_tidy(item[: match.start()]), Decimal(match[1])) if match else Goal(item, None)


def _is_sum(item: str) -> bool:
    return re.match(r"(?:итого|всего|total)\b", fold(item)) is not None


def _weighed(line: str) -> re.Match[str] | None:
    if _is_sum(line):
        return None
    found = (pattern.search(line) for pattern in (_WEIGHT_NAMED, _WEIGHT_LAST, _WEIGHT_CELL))
    return next((match for match in found if match), None) or _WEIGHT_FIRST.match(line)


def _goal(item: str) -> Goal:
    match = _weighed(item)
    if match is None:
        return Goal(_tidy(item), None)
    return Goal(_tidy(item[: match.start()] + item[match.end() :]), Decimal(match[1].replace(",", ".")))


def _as_percent(goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
    """Weights written as parts of one («0,4») are weights in percent."""
    weights = [goal.weight for goal in goals]
    if not goals or any(weight is None or weight > 1 for weight in weights):
        return goals
    return tuple(Goal(goal.text, goal.weight * WHOLE if goal.weight is not None else None) for goal in goals)


_SHORT_WORDS = re.compile(
    r"(?<!\w)(?:руб|тыс|коп|шт|г|гг|ед|чел|кв|т\.?д|т\.?п|др|р|млн|млрд|мес|нед|дн|ч|[А-ЯЁA-Z])\.$"
)


def _tidy(text: str) -> str:
    """Take the marks between the parts of an item away; a dot stays where it shortens a word."""
    tidy = " ".join(text.split()).strip(" —–-:;,|")
    return tidy if _SHORT_WORDS.search(tidy) else tidy.strip(" .—–-:;,|")


# --- points

_TERM = re.compile(
    rf"[\s—–\-:;,.|(]{{0,6}}\b(?:срок(?: исполнения)?|до|не позднее|к|due|by|until|deadline)\b[ :—–-]{{0,4}}(?:до )?"
    rf"({DATE_PATTERN})[\s).;,]{{0,4}}",
    re.IGNORECASE,
)
_EXECUTOR = re.compile(
    r"[\s—–\-:;,|(]{0,6}\b(?:исполнител[ьи]|ответственн\w{2}|отв\.|executors?|responsible|owner)[ :—–-]{1,4}"
    r"([^;:()\t]{2,200}?)(?=\s*[.,;]?\s*(?:срок|до|due|by|deadline)\b|[;:()\t]|\.?\s*$|\.\s+[А-ЯЁA-Z][а-яёa-z]{2})",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"((?:[А-ЯЁ][а-яё-]+(?: [А-ЯЁ]\.(?: ?[А-ЯЁ]\.)?)?(?:, | и )?){1,4}) (?=[а-яё]+(?:ть|ти|чь|ться)\b)"
    r"|((?:[A-Z][a-z-]+(?: [A-Z]\.)?(?:, | and )?){1,4}),? to (?=[a-z]+)"
)
"""«Орлову С.П. провести инструктаж», "Orlov S. to send the report"."""
_WHO_FIRST = re.compile(r"([^—–:\t]{2,120}?)(?:\s[—–-]\s|:\s|\t)\s*(?=\S)")
_EVERYBODY = frozenset(
    ("все", "всем", "всем сотрудникам", "все сотрудники", "all", "everybody", "everyone", "all staff")
)


def points_in(text: str, written_on: date) -> tuple[Point, ...]:
    """Give the points a text lists; () where it lists none."""
    items = items_of(text)
    if not items:
        items = tuple(line.strip() for line in text.splitlines() if _names_first(line))
    return tuple(_point(item, written_on) for item in items[:MOST_ITEMS])


def _point(item: str, written_on: date) -> Point:
    item = " ".join(item.replace("\t", " \t ").split(" "))
    executors, rest = _said_executors(item)
    due, rest = _term(rest, written_on)
    return Point(_tidy(rest).replace(" — ", " – "), executors, due)


def _said_executors(item: str) -> tuple[tuple[str, ...], str]:
    if named := _EXECUTOR.search(item):
        executors = _names(named[1])
        if executors:
            return executors, f"{item[: named.start()]} {item[named.end() :]}"
    if first := _names_first(item):
        return _names(first[1]), item[first.end() :]
    told = _TOLD.match(item.strip())
    if told and (executors := _names(told[1] or told[2])):
        return tuple(map(_nominative, executors)), item.strip()[told.end() :]
    cells = item.split("\t")
    named_cell = next((cell for cell in cells[1:] if cell.strip() and _names(cell)), None)
    if named_cell is not None:
        return _names(named_cell), "\t".join(cell for cell in cells if cell is not named_cell)
    return (), item


def _nominative(name: str) -> str:
    return " ".join(nominative(word) for word in name.split())


def _names_first(item: str) -> re.Match[str] | None:
    match = _WHO_FIRST.match(item.strip())
    return match if match and _names(match[1]) else None


def _names(text: str) -> tuple[str, ...]:
    """Give the names a text lists and nothing else; () where anything in it is no name."""
    pieces = [" ".join(piece.split()).strip(" -–—") for piece in re.split(r"[,;/]|\s(?:и|and)\s", text)]
    pieces = [re.sub(r"(?<=[. ][А-ЯЁA-Z])$", ".", piece) for piece in pieces if piece]
    known = all(is_name_text(piece) or fold(piece) in _EVERYBODY for piece in pieces)
    return tuple(pieces) if pieces and known else ()


def _term(text: str, written_on: date) -> tuple[date | None, str]:
    """Take the last day named as a term out of the text; in a table the cell that is a day."""
    for match in reversed(list(_TERM.finditer(text))):
        day = read_date(match[1], written_on)
        if day:
            return day, f"{text[: match.start()]} {text[match.end() :]}"
    for cell in reversed(text.split("\t")[1:]):
        day = read_date(cell, written_on) if cell.strip() else None
        if day:
            return day, text.replace(cell, "", 1)
    return None, text
