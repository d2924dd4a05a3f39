"""What a story expects, compared with what happened.

Owns: `differences`, every point in which the two part. Pure. Refuses to know: how it came about.
Texts are compared as they are read: any run of white space, wrapped lines and hard spaces are one space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from html import unescape

from mailflow.core.case import Case, FieldValue
from mailflow.stories.form import Expected, ExpectedLetter
from mailflow.stories.postbag import Sent

_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Seen:
    """What can be seen after a step."""

    case: Case | None
    """The case the expectation is about."""
    cases: int
    letters: Sequence[Sent]
    """Those that left since the step before."""
    journal: Sequence[str]
    """The sentences written since the step before."""
    papers: Mapping[str, str]
    """The papers of the case, as HTML."""
    understood: str
    page: str
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Difference:
    """One point in which it came otherwise."""

    what: str
    expected: str
    happened: str


def differences(expected: Expected, seen: Seen) -> list[Difference]:
    """Give everything that is not as expected, in the order of the form."""
    found = [*_of_the_story(expected, seen), *_of_letters(expected, seen)]
    if not _about_a_case(expected):
        return found
    if seen.case is None:
        return [Difference("case", expected.case or "a case", "there is none"), *found]
    return [*_of_the_case(expected, seen.case, seen.zone), *_of_papers(expected, seen.papers), *found]


def _about_a_case(expected: Expected) -> bool:
    plain = (expected.case, expected.number, expected.state, expected.stage, expected.round, expected.waits)
    return any(value is not None for value in plain) or bool(expected.due or expected.fields or expected.papers)


def _unequal(what: str, expected: object, happened: object) -> Iterator[Difference]:
    if expected is not None and expected != happened:
        yield Difference(what, _said(expected), _said(happened))


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "nobody"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "nothing" if value in (None, "") else str(value)


# --- the case


def _of_the_case(expected: Expected, case: Case, zone: tzinfo) -> Iterator[Difference]:
    yield from _unequal("number", expected.number, case.number)
    yield from _unequal("state", expected.state, case.state.value)
    yield from _unequal("stage", expected.stage, case.stage)
    yield from _unequal("round", expected.round, case.round)
    waits = tuple(sorted({a.principal for a in case.open_assignments}))
    yield from _unequal("waits", None if expected.waits is None else tuple(sorted(expected.waits)), waits)
    for person, moment in expected.due.items():
        dues = [a.due_at for a in case.open_assignments if a.principal == person and a.due_at is not None]
        shown = [due.astimezone(zone).replace(tzinfo=None) for due in dues]
        if moment not in shown:
            happened = ", ".join(f"{due:%Y-%m-%d %H:%M}" for due in shown) or "no term"
            yield Difference(f"due of {person}", f"{moment:%Y-%m-%d %H:%M}", happened)
    for name, wanted in expected.fields.items():
        yield from _field(name, wanted, case.fields.get(name))


def _field(name: str, wanted: object, value: FieldValue | None) -> Iterator[Difference]:
    given = None if value == "" or value == () else value
    asked = str(wanted) if isinstance(wanted, int) and not isinstance(wanted, bool) else wanted
    if asked != given:
        yield Difference(f"field {name}", _said(wanted), _said(given))


def _of_papers(expected: Expected, papers: Mapping[str, str]) -> Iterator[Difference]:
    for paper in expected.papers:
        text = papers.get(paper.document, "")
        if not text:
            yield Difference("papers", paper.document, ", ".join(papers) or "none was made")
            continue
        words = as_read(unescape(_TAG.sub(" ", text)))
        yield from _contains(f"paper {paper.document}", paper.says, paper.says_not, words)


def _contains(what: str, says: Sequence[str], says_not: Sequence[str], text: str) -> Iterator[Difference]:
    for wanted in says:
        if as_read(wanted) not in text:
            yield Difference(f"{what} says", f"«{wanted}»", shortened(text))
    for unwanted in says_not:
        if as_read(unwanted) in text:
            yield Difference(f"{what} does not say", f"«{unwanted}»", shortened(text))


# --- the letters


def _of_letters(expected: Expected, seen: Seen) -> Iterator[Difference]:
    if expected.letters == () and seen.letters:
        yield Difference("letters", "none", _listed(seen.letters))
    for wanted in expected.letters or ():
        yield from _letter(wanted, seen.letters)
    if expected.letters_in_all is not None and expected.letters_in_all != len(seen.letters):
        yield Difference(
            "letters in all", str(expected.letters_in_all), f"{len(seen.letters)}: {_listed(seen.letters)}"
        )


def _letter(wanted: ExpectedLetter, letters: Sequence[Sent]) -> Iterator[Difference]:
    his = [one for one in letters if wanted.to in (one.to, one.address) and wanted.kind in (None, one.kind)]
    lacking = [_lacking(wanted, one) for one in his]
    fitting = lacking.count(())
    what = f"letter to {wanted.to}" + (f" ({wanted.kind})" if wanted.kind else "")
    if wanted.count is not None and wanted.count != fitting:
        yield Difference(what, f"{wanted.count} of them", f"{fitting}: {_listed(letters)}")
    elif wanted.count is None and not his:
        yield Difference(what, "one", _listed(letters))
    elif wanted.count is None and not fitting:
        yield from min(lacking, key=len)


def _lacking(wanted: ExpectedLetter, letter: Sent) -> tuple[Difference, ...]:
    what = f"letter to {wanted.to}"
    missing = [name for name in wanted.encloses if name not in letter.files]
    return (
        *_contains(f"{what}: its subject", wanted.subject, (), as_read(letter.subject)),
        *_contains(what, wanted.says, wanted.says_not, as_read(letter.text)),
        *(Difference(f"{what} encloses", name, ", ".join(letter.files) or "nothing") for name in missing),
    )


def _listed(letters: Sequence[Sent]) -> str:
    return "; ".join(f"{one.kind} to {one.to or one.address}" for one in letters) or "no letter left"


# --- the rest


def _of_the_story(expected: Expected, seen: Seen) -> Iterator[Difference]:
    yield from _unequal("cases", expected.cases, seen.cases)
    yield from _unequal("understood as", expected.understood, seen.understood)
    yield from _unequal("page", expected.page, seen.page)
    told = as_read(" · ".join(seen.journal))
    yield from _contains("journal", expected.journal, expected.journal_not, told)


def as_read(text: str) -> str:
    """Give a text as an eye reads it: every run of white space is one space."""
    return " ".join(text.replace("\N{SOFT HYPHEN}", "").split())


def shortened(text: str, most: int = 600) -> str:
    """Give the beginning of a long text."""
    return text if len(text) <= most else text[: most - 1] + "…"
