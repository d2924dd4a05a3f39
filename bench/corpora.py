"""`./run corpora`: public test mails with the reading their authors expect, measured against ours.

Owns: what a corpus' expectation means here, the table and the list of misses. Refuses to know: any single mail;
nothing is special-cased, a doubtful expectation stays a miss.

A corpus is a folder of `NAME.json`, each beside the mail it speaks of (`.eml`, or the body alone as `.txt` or
`.html`). Corpora differ in whether a signature, a phone's tail or a quote between the lines belongs to a reply: ours
and theirs are compared behind our own cut of these, white space folded, so that the person's own words count.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.replies import read_all
from mailflow.core.around import Surroundings
from mailflow.core.automatic import automatic
from mailflow.core.classify import classify
from mailflow.core.kinds import Kind
from mailflow.core.lines import plain_lines
from mailflow.core.message import Message, parse
from mailflow.core.reply import Fresh, fresh, own_words

ROOT = Path(__file__).resolve().parent.parent
NOWHERE = Surroundings(("docs@neon.example",), "", (), {})
SLOW = 1.0
"""Processor seconds one mail may take."""


@dataclass(frozen=True, slots=True)
class Case:
    """One mail of a corpus and what its authors expect of it."""

    corpus: str
    name: str
    message: Message
    expect: dict[str, Any]
    categories: frozenset[str]
    is_bare: bool
    """The corpus holds only the body: a person's reply or forward."""
    by_letters: bool
    """Compare without any white space."""


@dataclass(slots=True)
class Figure:
    """One row of the table."""

    least: float
    right: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def asked(self) -> int:
        return self.right + len(self.misses)

    @property
    def holds(self) -> bool:
        return not self.asked or self.right / self.asked >= self.least

    def count(self, right: bool, miss: str) -> None:
        """Count one case; `miss` is told when it is wrong."""
        self.right += right
        if not right:
            self.misses.append(miss)


Table = dict[str, Figure]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table; 1 when a figure is below its least, 0 else and where there is no corpus."""
    asked = _arguments(arguments)
    folder = asked.folder or _beside()
    if folder is None or not folder.is_dir():
        print("corpora: there is no folder of public mails beside this tree; give one: ./run corpora FOLDER")
        return 0
    table = measure(folder)
    for name, figure in table.items():
        print(_row(name, figure))
    if asked.misses:
        print(*(f"\n{name}: {miss}" for name, figure in table.items() for miss in figure.misses), sep="\n")
    return 0 if all(figure.holds for figure in table.values()) else 1


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run corpora", description="Measure the reading of public test mails.")
    parser.add_argument("folder", nargs="?", type=Path, help="a folder of corpora (default: the one beside this tree)")
    parser.add_argument("--misses", action="store_true", help="list every case that is read otherwise than expected")
    return parser.parse_args(arguments)


def _beside() -> Path | None:
    """Find a folder `corpora` in a neighbour of this tree."""
    return next(iter(sorted(ROOT.parent.glob("*/corpora"))), None)


def measure(folder: Path) -> Table:
    """Read every mail of every corpus in the folder and compare; and the replies listed beside the folder."""
    table: Table = {}
    _decisions(folder.parent / "data" / "replies.jsonl", table)
    for described in sorted(folder.glob("*/*.json")):
        case = _case(described, table)
        if case is not None:
            for measurement in MEASUREMENTS:
                measurement(case, table)
    return dict(sorted(table.items()))


def _decisions(listed: Path, table: Table) -> None:
    """Count the replies whose decision is written down, where there is such a list."""
    for one in read_all(listed) if listed.is_file() else ():
        _figure(table, "decision: as it was meant", 0.95).count(not one.wrong, one.wrong)
        _figure(table, "decision: no yes where there was none", 1.0).count(not one.false_yes, one.id)


def _figure(table: Table, name: str, least: float) -> Figure:
    return table.setdefault(name, Figure(least))


def _row(name: str, figure: Figure) -> str:
    share = 100 * figure.right / figure.asked if figure.asked else 100.0
    verdict = "" if figure.holds else f"   below {100 * figure.least:.0f} %"
    return f"{name:<44} {figure.right:>5} of {figure.asked:<5} {share:5.1f} %{verdict}"


def _case(described: Path, table: Table) -> Case | None:
    """Read one mail whole; an exception of any kind is a crash and is counted."""
    about = json.loads(described.read_text(encoding="utf-8"))
    raw = (described.parent / about["file"]).read_bytes()
    figure = _figure(table, "every mail: read without a crash, in time", 1.0)
    started = time.process_time()
    try:
        message = parse(_mail(raw, about))
        fresh(message)
        classify(message, NOWHERE)
    except Exception as error:  # whatever it is, it is what is counted
        figure.count(False, f"{about['id']}: {type(error).__name__}: {error}")
        return None
    took = time.process_time() - started
    figure.count(took < SLOW, f"{about['id']}: {took:.1f} s")
    bare, letters = about["format"] != "eml", "compare" in about
    return Case(
        described.parent.name, about["id"], message, about["expect"], frozenset(about["categories"]), bare, letters
    )


def _mail(raw: bytes, about: dict[str, Any]) -> bytes:
    """Make a whole mail of a bare body: a reply's subject begins with Re:, a forward's is its own or none."""
    if about["format"] == "eml":
        return raw
    subject = (about.get("subject") or "") if "is_forward" in about["expect"] else "Re: x"
    kind = "html" if about["format"] == "html" else "plain"
    head = f"From: writer@neon.example\nSubject: {subject}\nContent-Type: text/{kind}; charset=utf-8\n"
    return head.encode() + b"Content-Transfer-Encoding: 8bit\n\n" + raw


# ---- replies


def _reply(case: Case, table: Table) -> None:
    expect = case.expect
    if "is_forward" in expect or "reply" not in case.categories:
        return
    figure = _figure(table, f"reply: the fresh part, {case.corpus}", 0.85)
    said = own_words(fresh(case.message).text)
    if "reply_text" in expect:
        theirs = own_words(_unquoted(expect["reply_text"]))
        told = f"{case.name}\n  ours:   {_fold(said)!r}\n  theirs: {_fold(theirs)!r}"
        figure.count(_same(said, theirs, case.by_letters), told)
    elif _PROMISES & expect.keys():
        wrong = list(_broken_promises(said, expect))
        figure.count(not wrong, f"{case.name}\n  ours: {_fold(said)!r}\n  {'; '.join(wrong)}")


_PROMISES = {"reply_regex", "reply_startswith", "later_fragment_regex"}


def _broken_promises(said: str, expect: dict[str, Any]) -> Iterator[str]:
    """Say what the fresh part should hold and does not, or should not and does."""
    if not said.startswith(expect.get("reply_startswith", "")):
        yield f"does not begin {expect['reply_startswith']!r}"
    yield from (f"lacks {form!r}" for form in expect.get("reply_regex", ()) if not re.search(form, said, re.M))
    yield from (f"keeps {form!r}" for form in expect.get("later_fragment_regex", ()) if re.search(form, said, re.M))


def _unquoted(text: str) -> str:
    """Some corpora leave marked quotes above and between the own words."""
    return "\n".join(line.text for line in plain_lines(text) if not line.quoted)


def _same(ours: str, theirs: str, by_letters: bool = False) -> bool:
    joint = "" if by_letters else " "
    return joint.join(ours.split()) == joint.join(theirs.split())


def _fold(text: str) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) < 400 else f"{folded[:300]} … {folded[-90:]}"


# ---- forwards


def _forward(case: Case, table: Table) -> None:
    expect = case.expect
    if "is_forward" not in expect:
        return
    read = fresh(case.message)
    found = read.original is not None
    _figure(table, "forward: recognised", 0.95).count(found == expect["is_forward"], f"{case.name}: {found}")
    if expect["is_forward"]:
        _parts_of_forward(case, read, table)


def _parts_of_forward(case: Case, read: Fresh, table: Table) -> None:
    original, expect = read.original, case.expect
    from_, title, text = (original.from_, original.subject, original.text) if original else ("", "", "")
    sender = expect["forward_from_email"] or expect["forward_from_name"] or ""
    right = sender.lower() in from_.lower() and title == (expect["forward_subject"] or "")
    told = f"{case.name}: {from_!r} {title!r}, not {sender!r} {expect['forward_subject']!r}"
    _figure(table, "forward: sender and subject", 0.90).count(right, told)
    pairs = (("the original's text", text, "quoted_text"), ("the forwarder's own words", read.text, "reply_text"))
    for name, ours, key in pairs:
        theirs = str(expect.get(key) or "")
        told = f"{case.name}\n  ours:   {_fold(ours)!r}\n  theirs: {_fold(theirs)!r}"
        _figure(table, f"forward: {name}", 0.85).count(_same(ours, theirs), told)


# ---- bounces


def _bounce(case: Case, table: Table) -> None:
    """Mails of which their authors say nothing count in a row of their own: real bounces are among them."""
    found = automatic(case.message)
    is_found = found is not None and found.kind is Kind.BOUNCE
    told = f"{case.name}: {found.kind if found else None}, {found.reason if found else ''}; {case.message.subject!r}"
    match _is_bounce(case):
        case True:
            _figure(table, "bounce: found", 0.99).count(is_found, told)
            _figure(table, "bounce: the address read", 0.95).count(bool(found and found.details.get("address")), told)
        case False:
            _figure(table, "bounce: none seen where there is none", 1.0).count(not is_found, told)
        case None:
            _figure(table, "bounce: none seen where nobody says", 0).count(not is_found, told)


def _is_bounce(case: Case) -> bool | None:
    expect = case.expect
    if "is_bounce" in expect:
        return bool(expect["is_bounce"]) or bool(expect.get("is_delivery_status"))
    if "bounce_unlabelled" in case.categories:
        return True
    is_other = {"is_feedback_report", "is_delivery_notice", "is_auto_reply"} & expect.keys()
    return False if is_other or case.is_bare else None


MEASUREMENTS: tuple[Callable[[Case, Table], None], ...] = (_reply, _forward, _bounce)

if __name__ == "__main__":
    sys.exit(main())
