"""A reply as a statement: its words, the phrases found in them, its sentences and segments.

Owns: the grammar, which is small: sentences end at a full stop, a mark or a line end; segments at commas and
dashes; phrases are found in them. Refuses to know: what follows from any of it (see `approvals`, `performing`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from mailflow.core import manners
from mailflow.core.normal import Token, fold, one_slip_apart, tokens
from mailflow.core.phrase_search import Index, Phrase, find
from mailflow.core.said_names import is_name
from mailflow.core.says import Says

MOST_LETTERS = 20_000
"""A longer text is no plain decision; no more of it is read."""

_SENTENCE_MARKS = frozenset("!?…")
_SEGMENT_MARKS = frozenset(',;:()–—"«»“”„')
_DASHES = frozenset("-–—")
_QUIET_MARKS = frozenset(".,!;*_…)")
_QUOTES = {"«": "»", '"': '"', "“": "”", "„": "“", "[": "]", "(": ")"}
_SMALL_WORDS = frozenset({"не", "ни", "not", "на"})
_SLIP_LENGTH = 8
_SLIPS = (Says.YES, Says.PAID, Says.DONE, Says.ACK)
_SLIPS_OF_NO = (Says.REJECT, Says.REWORK)
_SIGNED = re.compile(
    r"(?<!\w)(?:с уважением|с наилучшими пожеланиями|(?:best|kind|warm)?\s?regards|sincerely)\s?[,.!]?\s+"
    r"(?P<who>(?-i:(?:[А-ЯЁA-Z][\w-]{0,30}\.?[ ]?){1,3}))\Z",
    re.IGNORECASE,
)
_LONGEST_CLOSING = 160
QUIET = (Says.POLITE, Says.TAKEN, Says.LOOKED, Says.SORRY)
"""What adds nothing to a decision; `approvals.plain_yes` alone looks at some of it more closely."""


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens `first` to `last` inclusive; `asks`: a question mark closes it."""

    first: int
    last: int
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A person's own words, read once. Token indexes refer to `row`, token offsets to `text`."""

    text: str
    row: tuple[Token, ...]
    phrases: tuple[Phrase, ...]
    sentences: tuple[Span, ...]
    segments: tuple[Span, ...]
    written_on: date
    whole: bool = True

    def said(self, *kinds: Says) -> tuple[Phrase, ...]:
        """Give the phrases of these kinds, in order."""
        return tuple(phrase for phrase in self.phrases if phrase.says in kinds)

    def last_before(self, phrase: Phrase, kind: Says) -> Phrase | None:
        """Give the last phrase of a kind that begins before another phrase."""
        said = self.said(kind)
        at = _last_at(said, phrase.first - 1)
        return said[at] if at >= 0 else None

    def sentence_of(self, phrase: Phrase) -> Span:
        """Give the sentence a phrase stands in."""
        return self.sentences[_last_at(self.sentences, phrase.first)]

    def segment_of(self, phrase: Phrase) -> Span:
        """Give the segment a phrase stands in."""
        return self.segments[_last_at(self.segments, phrase.first)]

    def within(self, span: Span, *kinds: Says) -> tuple[Phrase, ...]:
        """Give the phrases of these kinds that reach into the span."""
        found = []
        for n in range(max(0, _last_at(self.phrases, span.first)), len(self.phrases)):
            phrase = self.phrases[n]
            if phrase.first > span.last:
                break
            if phrase.says in kinds and phrase.last >= span.first:
                found.append(phrase)
        return tuple(found)

    def after(self, phrase: Phrase) -> str:
        """Give the text behind a phrase."""
        return self.text[self.row[phrase.last].end :]

    def before(self, phrase: Phrase) -> str:
        """Give the text before a phrase."""
        return self.text[: self.row[phrase.first].start]

    def next_word(self, phrase: Phrase) -> str:
        """Give the normal form of the token behind a phrase, '' at the end."""
        return self.row[phrase.last + 1].word if phrase.last + 1 < len(self.row) else ""

    def opens_segment(self, phrase: Phrase) -> bool:
        """Tell whether only courtesies stand between the segment's beginning and the phrase."""
        return self.is_quiet(Span(self.segment_of(phrase).first, phrase.first - 1))

    def fills_segment(self, phrase: Phrase) -> bool:
        """Tell whether the phrase and courtesies are all its segment says."""
        span = self.segment_of(phrase)
        return self.is_quiet(Span(span.first, phrase.first - 1)) and self.is_quiet(Span(phrase.last + 1, span.last))

    def is_quiet(self, span: Span, *also: Says) -> bool:
        """Tell whether the span holds nothing but courtesies, names, harmless marks and phrases of kinds `also`."""
        rest = self.unsaid(span, *QUIET, *also)
        return not rest or (is_name(rest) and len(self.unsaid(span, *Says)) == len(rest))

    def unsaid(self, span: Span, *kinds: Says) -> list[Token]:
        """Give the tokens of the span that no phrase of these kinds covers, harmless marks left out."""
        covered = {n for phrase in self.within(span, *kinds) for n in range(phrase.first, phrase.last + 1)}
        return [
            self.row[n] for n in range(span.first, span.last + 1) if n not in covered and not is_harmless(self.row, n)
        ]

    def own_words(self) -> str:
        """Give the text on one line without the courtesies at both ends."""
        loud = [span for span in self.sentences if not self.is_quiet(span)]
        if not loud:
            return fold(self.text)
        return fold(self.text[self.row[loud[0].first].start : self.row[loud[-1].last].end])


def _last_at(parts: Sequence[Span | Phrase], token: int) -> int:
    """Give the index of the last part that begins at or before a token, -1 when none does."""
    return bisect_right(parts, token, key=lambda part: part.first) - 1


def is_harmless(row: Sequence[Token], at: int) -> bool:
    """Tell whether a token is a mark that adds nothing: a full stop, a smile, a dash between words.

    «Согласовано ______» is a line of a form, to be signed; a line of underscores alone is a rule across the page.
    """
    token = row[at]
    if token.kind in ("line", "smile"):
        return True
    if token.kind == "blank":
        return all(other.kind == "line" for other in (*row[max(0, at - 1) : at], *row[at + 1 : at + 2]))
    if token.word in _DASHES:
        before = row[at - 1] if at else None
        after = row[at + 1] if at + 1 < len(row) else None
        starts_line = before is None or before.kind == "line"
        return (starts_line and after is not None and after.kind == "word") or (
            before is not None and before.kind == "word"
        )
    return token.word in _QUIET_MARKS


def statement(text: str, phrases: Index, written_on: date) -> Statement:
    """Read a person's own words: the signature goes, the phrases are found."""
    body = _unsigned(_unquoted(manners.body(text[:MOST_LETTERS])), phrases)
    row = _mended(tokens(body), phrases)
    sentences = tuple(_sentences(row, body))
    segments = tuple(part for span in sentences for part in _segments(row, span))
    return Statement(body, row, find(row, phrases), sentences, segments, written_on, len(text) <= MOST_LETTERS)


def _unsigned(text: str, phrases: Index) -> str:
    """Take the name off a closing on the same line: «Согласовано. С уважением, Ким»."""
    match = _SIGNED.search(text[-_LONGEST_CLOSING:])
    if match is None or find(tokens(match["who"]), phrases):
        return text
    return text[: len(text) - len(match["who"])]


def _unquoted(text: str) -> str:
    """Take the quotation marks off a text that is all between them."""
    bare = text.strip().rstrip(".!")
    close = _QUOTES.get(bare[:1])
    inner = bare[1:-1]
    return inner if close and bare.endswith(close) and len(bare) > 2 and not set(inner) & set('«»"“”„') else text


def _mended(row: tuple[Token, ...], phrases: Index) -> tuple[Token, ...]:
    """Mend one slip of the finger in a long word of decision, when it is the only word we do not know."""
    known = {n for phrase in find(row, phrases) for n in range(phrase.first, phrase.last + 1)}
    strange = [
        n
        for n, token in enumerate(row)
        if n not in known and token.word not in _SMALL_WORDS and not is_harmless(row, n)
    ]
    if len(strange) != 1 or len(row[strange[0]].word) < _SLIP_LENGTH:
        return row
    slip = row[strange[0]]
    meant = next((target for target in _slip_targets(phrases) if one_slip_apart(slip.word, target)), slip.word)
    mended = Token(meant, "word", slip.start, slip.end, slip.capital)
    return (*row[: strange[0]], mended, *row[strange[0] + 1 :])


def _slip_targets(phrases: Index) -> list[str]:
    """Give the long words that decide: all by themselves for a yes, in any phrase for a no."""
    deciding = (row for row, says in phrases.rows.items() if says in _SLIPS_OF_NO or (says in _SLIPS and len(row) == 1))
    return sorted({word for row in deciding for word in row if len(word) >= _SLIP_LENGTH and "*" not in word})


def _sentences(row: Sequence[Token], text: str) -> Iterable[Span]:
    first = 0
    for n, token in enumerate(row):
        if n == len(row) - 1 or _ends_sentence(row, n, text):
            if n + 1 < len(row) and row[n + 1].word in _SENTENCE_MARKS | {")"} and token.word in _SENTENCE_MARKS:
                continue
            yield Span(first, n, any(part.word == "?" for part in row[first : n + 1]))
            first = n + 1


def _ends_sentence(row: Sequence[Token], at: int, text: str) -> bool:
    token = row[at]
    if token.kind == "line" or token.word in _SENTENCE_MARKS:
        return True
    after = row[at + 1]
    if token.word != "." or _is_initial(row, at - 1):
        return False
    return after.kind == "line" or (after.capital and text[token.end : token.end + 1].isspace())


def _is_initial(row: Sequence[Token], at: int) -> bool:
    """Tell whether the full stop behind this token belongs to an initial: «Петров П.П.»."""
    return at >= 0 and row[at].kind == "word" and row[at].capital and row[at].end - row[at].start == 1


def _segments(row: Sequence[Token], sentence: Span) -> Iterable[Span]:
    first = sentence.first
    for n in range(sentence.first, sentence.last + 1):
        if n == sentence.last or _ends_segment(row, n):
            yield Span(first, n, sentence.asks)
            first = n + 1


def _ends_segment(row: Sequence[Token], at: int) -> bool:
    word = row[at].word
    return word in _SEGMENT_MARKS or word == "-" or (word == "." and not _is_initial(row, at - 1))
