"""Where other people's letters stand in a body: the writer's own lines apart, a forwarded letter apart.

Owns: the rules by which a quote begins and ends. Refuses to know: HTML (lines come marked), decisions, signatures.

Four things begin somebody else's letter, in any language the tables of `quote_words` know:
a line marked as quoted; a *name line* (a date, a name or an address, a verb of writing, a colon, nothing else);
a *header block* (From, Sent, To, Subject with an address or an hour in it); a *divider* (words between dashes).
Marked lines under a name line end where the marks end: what stands below and between is the writer's own. What a
header block or a divider opens reaches to the end, whatever is marked in it: that letter may quote another.
A forwarded letter is content and is given back whole.

What may go wrong: own words that look exactly like a name line are taken for one and lost. A name line must
therefore consist of nothing but dates, names and addresses: «12.11 Петров писал: исправьте» is not one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from mailflow.core.dividers import divider, introduces_forward, is_mark, parts_letters
from mailflow.core.header_blocks import Headers, header_block, header_kind, run_on_headers
from mailflow.core.insertions import has_insertions
from mailflow.core.lines import Line
from mailflow.core.name_lines import glued_name_line, name_line
from mailflow.core.quote_words import MARKDOWN_LINK, MOBILE_TAIL, SENT_FROM_MY

_MOST_OWN_LINES = 2000
"""Nobody writes more; behind so many own lines only marked quotes are looked for."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A forwarded letter as lines; it takes the lines from `start` up to, and without, `end`."""

    headers: Headers
    lines: tuple[Line, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Parts:
    """The writer's own lines, and the letter he forwarded, if any."""

    own: tuple[Line, ...]
    forwarded: Forwarded | None = None
    doubtful: bool = False
    """Words stand where nobody can tell whose they are."""
    cut: tuple[tuple[int, int], ...] = ()
    """Which lines were cut off as quoted: from the first number up to, and without, the second."""


class Kind(Enum):
    """What the rest of the mail says about a letter below: it is answered, it is new here, it is surely forwarded.

    A bare header block introduces a forwarded letter unless the mail is a reply; a name line only when it is a forward.
    """

    REPLY = "reply"
    FIRST = "first"
    FORWARD = "forward"


def split(lines: Sequence[Line], kind: Kind) -> Parts:
    """Part the writer's own lines from others' letters; of several forwarded letters the first is given."""
    own: list[Line] = []
    forwarded: Forwarded | None = None
    marks: set[str] = set()
    doubtful = False
    cut: list[tuple[int, int]] = []
    at = 0
    while at < len(lines) and len(own) < _MOST_OWN_LINES:
        if lines[at].quoted and at and lines[at - 1].quoted and not lines[at - 1].blank:
            if cut and cut[-1][1] == at:
                cut[-1] = (cut[-1][0], at + 1)
            at += 1  # the commonest line of a long thread, and of a hostile one
            continue
        if letter := _forwarded_at(lines, at, kind):
            forwarded = forwarded or letter
            at = letter.end
            continue
        after = _after_quote(lines, at, marks)
        doubtful = doubtful or (after == len(lines) > at + 1 and not lines[at].quoted and _is_doubtful(lines, at))
        if after == at:
            words, after = _own_words(lines, at)
            own.append(words)
            at += 1
        if after > at:
            cut.append((at, after))
        at = after
    own.extend([line for line in lines[at:] if not line.quoted])
    return Parts(_tidy(own), forwarded, doubtful, tuple(cut))


def quoted_lines(lines: Sequence[Line], parts: Parts, known: Set[str]) -> Iterator[Line]:
    """Give the lines cut off that say something, without those that introduce a letter; of a long mail the first.

    `known`: lines, stripped, that introduce none, whatever they look like.
    """
    looked_at = 0
    for begin, end in parts.cut:
        at = begin
        while at < end and looked_at < _MOST_OWN_LINES:
            opening = 0 if lines[at].text.strip() in known else _opening(lines, at).length
            if not opening and not lines[at].blank:
                yield lines[at]
            at += opening or 1
            looked_at += 1


def first_forward(lines: Sequence[Line], kind: Kind) -> Forwarded | None:
    """Find the letter that was forwarded inside these lines; `start` tells what stands above it."""
    letters = (_forwarded_at(lines, at, kind) for at in range(min(len(lines), _MOST_OWN_LINES)))
    return next((letter for letter in letters if letter), None)


def _own_words(lines: Sequence[Line], at: int) -> tuple[Line, int]:
    """Give the writer's words on this line, and the index behind what a program wrote after them on the same line."""
    cut = glued_name_line(lines[at].text)
    if not cut:
        return lines[at], at + 1
    return lines[at]._replace(text=lines[at].text[:cut].rstrip(" -")), _behind(lines, at + 1)


def _forwarded_at(lines: Sequence[Line], at: int, kind: Kind) -> Forwarded | None:
    """Read the forwarded letter that begins on this line; inside a marked quote only its first line may begin one."""
    line = lines[at]
    if line.blank or (line.quoted and _has_quote_above(lines, at)):
        return None
    part = divider(line.text)
    below = _below(lines, at + 1)
    says_so = part.opens_forward or (introduces_forward(line.text) and header_block(lines, below).length > 0)
    if not says_so and kind is Kind.REPLY:
        return None
    begin = below if says_so or parts_letters(line.text) else at
    headers = run_on_headers(part.behind) if part.behind else header_block(lines, begin)
    if headers.length:
        return _letter(lines, at, begin + headers.length, headers)
    if says_so and (name := name_line(lines, begin)):
        return _letter(lines, at, begin + name.length, Headers(name.from_, name.date))
    if says_so or headers != Headers():
        return _letter(lines, at, max(begin, at + 1), headers)
    return _surely_forwarded(lines, at) if kind is Kind.FORWARD else None


def _surely_forwarded(lines: Sequence[Line], at: int) -> Forwarded | None:
    """In a mail that is a forward, whatever would introduce or mark a quote introduces a letter."""
    if line := name_line(lines, at):
        return _letter(lines, at, at + line.length, Headers(line.from_, line.date, "", line.length))
    if lines[at].header or lines[at].quoted:
        return _letter(lines, at, at, Headers())
    return _letter(lines, at, at + 1, Headers()) if divider(lines[at].text).opens_original else None


def _below(lines: Sequence[Line], at: int) -> int:
    """Give the index of the next line that says something, at most two further on."""
    return next((n for n in range(at, min(at + 3, len(lines))) if not lines[n].blank), at)


def _letter(lines: Sequence[Line], at: int, begin: int, headers: Headers) -> Forwarded:
    """Cut a letter out: a marked one ends where its marks end, any other at its closing divider or with the mail."""
    if lines[at].quoted:
        end = _end_of_marks(lines, at)
        return Forwarded(headers, tuple(lines[begin:end]), at, end)
    under = _below(lines, begin)
    if under < len(lines) and divider(lines[under].text).scissors:
        begin = under + 1
    end = _closing(lines, begin, divider(lines[at].text).words)
    return Forwarded(headers, tuple(lines[begin:end]), at, end + 1)


def _closing(lines: Sequence[Line], begin: int, words: str) -> int:
    """Find the divider that closes the letter; a letter forwarded inside it by the same program has one of its own."""
    depth, last = 0, len(lines)
    for n in range(begin, len(lines)):
        part = divider(lines[n].text)
        if part.closes_forward:
            last = n
            if not depth:
                return n
            depth -= 1
        elif words and part.words == words:
            depth += 1
    return last


def _after_quote(lines: Sequence[Line], at: int, marks: set[str]) -> int:
    """Give the index behind the quote that begins on this line, or the same index when none does.

    `marks`: how the program marks what it quotes; the run of marked lines under a name line tells it.
    """
    line = lines[at]
    if line.quoted or (line.mark and line.mark in marks):
        return at + 1
    if line.blank:
        return at
    opening = _opening(lines, at)
    if not opening.length:
        return at
    if not opening.named:
        return len(lines)
    below = _below_all(lines, at + opening.length)
    if below < len(lines) and lines[below].indented:
        marks.add(lines[below].mark)
    return _behind(lines, at + opening.length)


def _behind(lines: Sequence[Line], at: int) -> int:
    """Give the index behind the quote whose name line ends here: its marked lines, else everything."""
    below = _below_all(lines, at)
    if below < len(lines) and (lines[below].quoted or lines[below].indented):
        return _end_of_marks(lines, below)
    return len(lines)


def _below_all(lines: Sequence[Line], at: int) -> int:
    """Give the index of the next line that says something or is marked, however far."""
    return next((n for n in range(at, len(lines)) if lines[n].quoted or not lines[n].blank), len(lines))


@dataclass(frozen=True, slots=True)
class _Opening:
    """What begins a quote: how many lines it takes, and whether it names whose marked lines follow."""

    length: int = 0
    named: bool = False


def _opening(lines: Sequence[Line], at: int) -> _Opening:
    """Read what begins a quote on this line: a header block, a name line, a divider; of length 0 when nothing does."""
    line = lines[at]
    begin = _below(lines, at + 1) if parts_letters(line.text) else at
    if block := header_block(lines, begin).length:
        return _Opening(begin - at + block)
    if name := name_line(lines, at):
        return _Opening(name.length, named=not name.dashed)
    if divider(line.text).opens_original or line.header:
        return _Opening(1)
    return _Opening(_yandex_block(lines, at) or int(line.cite), named=True)


def _is_doubtful(lines: Sequence[Line], at: int) -> bool:
    """Tell whether words in or below a quote nobody closes may be the writer's: typed into it, or behind marked lines.

    Programs that mark no lines write header blocks, but not they alone.
    """
    opening = _opening(lines, at)
    if has_insertions(_first_letter(lines, at + opening.length)):
        return True
    below = _below_all(lines, at + opening.length)
    if opening.named or below == len(lines) or not (lines[below].quoted or lines[below].indented):
        return False
    behind = _below_all(lines, _end_of_marks(lines, below))
    return behind < len(lines) and not _opening(lines, behind).length


def _first_letter(lines: Sequence[Line], begin: int) -> Sequence[Line]:
    """Give the quoted lines that begin here up to the letter they quote themselves."""
    last = min(len(lines), begin + _MOST_OWN_LINES)
    return lines[begin : next((n for n in range(begin, last) if _opening(lines, n).length), last)]


def _yandex_block(lines: Sequence[Line], at: int) -> int:
    """«Кому: …;», «Тема: …;» and then a name line: the phone app of Yandex puts these under a line of dashes."""
    begin = at
    while begin < min(len(lines), at + 4) and (header_kind(lines[begin].text) or parts_letters(lines[begin].text)):
        begin += 1
    if begin == at or begin >= len(lines):
        return 0
    name = name_line(lines, begin)
    return begin - at + name.length if name else 0


def _has_quote_above(lines: Sequence[Line], at: int) -> bool:
    above = next((n for n in range(at - 1, -1, -1) if not lines[n].blank), None)
    return above is not None and lines[above].quoted


def _end_of_marks(lines: Sequence[Line], at: int) -> int:
    """Give the index behind the run of marked lines; blank lines inside the run belong to it."""
    end = at
    for n in range(at, len(lines)):
        if lines[n].quoted or lines[n].indented:
            end = n + 1
        elif not lines[n].blank and not _is_broken_link(lines, n):
            break
    return end


def _is_broken_link(lines: Sequence[Line], at: int) -> bool:
    """A long link in a quote is broken by some programs, and a part of it loses the mark."""
    said = lines[at].text.strip()
    above = lines[at - 1].text if at else ""
    if not (at and lines[at - 1].quoted and said.endswith((")", ">")) and " " not in said.rstrip(">) ")):
        return False
    is_whole = said.startswith(("(http", "<http")) and at + 1 < len(lines) and lines[at + 1].quoted
    return is_whole or above.rfind("http") > max(above.rfind(")"), above.rfind(">"))


def _tidy(own: Sequence[Line]) -> tuple[Line, ...]:
    """Take off what programs add to a person's words: tails of phones, the dashes above a quote."""
    kept = [line for line in own if not is_mobile_tail(line.text)]
    while kept and is_mark(kept[-1].text):
        kept.pop()
    return tuple(kept)


@lru_cache(maxsize=256)
def is_mobile_tail(line: str) -> bool:
    """Tell whether the line is one that phones and mail programs add by themselves."""
    said = MARKDOWN_LINK.sub(r"\1", " ".join(line.split())) if len(line) < 300 else ""
    return any(form.fullmatch(said) for form in (MOBILE_TAIL, SENT_FROM_MY)) if said else False
