"""HTML mail bodies as lines: what a reader saw, what was hidden from him, what the mail program calls a quote.

Owns: HTML -> lines, in one pass. Refuses to know: what a quote header says (see `quotes`), what the words mean.

The tokenizer is our own: `html.parser` of Python 3.11 takes quadratic time over unclosed markup, and a hostile
mail of 1 MB must be read in well under two seconds. It is tolerant: anything that is not a tag is text.
Which style hides text is told by `veils`; hidden words are given too, marked, so that nobody is deceived by them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from types import MappingProxyType
from typing import NamedTuple

from mailflow.core.insertions import is_picked, is_typed_name
from mailflow.core.lines import Line
from mailflow.core.normal import visible, word_list
from mailflow.core.veils import FOLDING_TAGS, STRUCK_TAGS, Look, StyleSheet, read_styles

_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<[!?][^>]*>?"
    r"|<(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*)(?P<rest>(?:[^>\"']++|\"[^\"]*\"|'[^']*')*+)[^>]{0,9}>?"
    r"|<"
    r"|(?P<text>[^<]++)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([a-zA-Z_:][-\w:.]*)(?:\s*+=\s*+(\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?")
_LONG_TAG = 500
"""Longer ones are read anew each time: what is kept must not be a mail's whole text."""
_SPACE = re.compile(r"\s+")

_VOID = frozenset(word_list("area base br col embed hr img input link meta source track wbr"))
_SILENT = frozenset(word_list("script style title template xml noframes textarea select"))
_BLOCK = frozenset(
    word_list(
        "address article aside blockquote body center dd details div dl dt fieldset figure footer form h1 h2 h3 h4 h5 "
        "h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul"
    )
)
_CLOSES_ITSELF = frozenset(word_list("p li td th tr dd dt"))
_PARAGRAPH = frozenset(word_list("p ul ol table h1 h2 h3 h4 h5 h6 blockquote"))

_CORRECTING = STRUCK_TAGS | {"ins"}
_CHANGING = _CORRECTING | FOLDING_TAGS
"""Tags that say how their text looks without any attribute."""

_QUOTE_NAMES = (
    "mail-quote-collapse", "mail-app-auto-quote", "yahoo_quoted", "protonmail_quote", "zmail_extra",
    "tutanota_quote", "olk_src_body_section",
)  # fmt: skip
_ANSWERED_NAMES = ("gmail_quote", "gmail_quote_container")
_HEADER_NAMES = ("divrplyfwdmsg",)
_CITE_NAMES = ("moz-cite-prefix", "gmail_attr")
_SIGNATURE_NAMES = (
    "gmail_signature", "moz-signature", "ms-outlook-mobile-signature", "mail-app-auto-signature", "applemailsignature",
    "mail-app-auto-default-signature", "protonmail_signature_block", "zmail_signature", "bloop_sign",
)  # fmt: skip


class _Element(NamedTuple):
    """An open element; a tuple, because a hostile page has fifty thousand of them."""

    tag: str
    look: Look
    quoted: bool
    indented: bool
    mark: str = ""
    signature: bool = False
    answered: bool = False
    """Inside the div in which Gmail puts what it quotes, and also what it forwards."""
    typed: bool = False

    def line(self, text: str) -> Line:
        """Give a line that stands in this element."""
        return Line(text, self.quoted, self.indented, mark=self.mark, signature=self.signature)


class _Opened(NamedTuple):
    """What a tag opens inside an element: the new one, and what of a quoted letter begins with it."""

    above: _Element
    element: _Element
    header: str


@dataclass(slots=True)
class _Page:
    """The state of one pass: open elements and the line being written."""

    styles: StyleSheet
    lines: list[Line] = field(default_factory=list)
    open: list[_Element] = field(default_factory=lambda: [_Element("", Look(), False, False)])
    counts: Counter[str] = field(default_factory=Counter)
    seen: list[str] = field(default_factory=list)
    veiled: list[str] = field(default_factory=list)
    header: str = ""
    typed: bool = False
    opened: dict[tuple[int, str, str], _Opened] = field(default_factory=dict)
    row_ends: int = -1
    """Where the row of a table of facts that is open ends: its cells make one line."""

    @property
    def here(self) -> _Element:
        return self.open[-1]


def html_lines(html: str) -> tuple[Line, ...]:
    """Give the lines of a text/html body as a reader sees them; hidden words come as lines marked `hidden`."""
    html = visible(html)
    page = _Page(read_styles(html))
    at = 0
    while match := _TAG.match(html, at):
        at = _take(page, match, html)
    _end_line(page)
    return tuple(page.lines)


def _take(page: _Page, match: re.Match[str], html: str) -> int:
    said, (closing, name, rest, text) = match[0], match.groups()
    if text is not None or said == "<":
        _write(page, visible(unescape(said)) if "&" in said else said)
    elif name is None:
        return match.end()
    elif closing:
        _close(page, name.lower(), match.end())
    else:
        return _start(page, name.lower(), rest, match.end(), html)
    return match.end()


def _start(page: _Page, tag: str, rest: str, at: int, html: str) -> int:
    if tag in _SILENT:
        end = re.compile(rf"</{tag}", re.IGNORECASE).search(html, at)
        return end.start() if end else len(html)
    if tag == "br":
        _end_line(page, keep_blank=True)
    elif tag in ("td", "th"):
        page.seen.append("\t" if at <= page.row_ends else " ")
    elif tag == "tr":
        _end_line(page)
        page.row_ends = _row_ends(html, at)
    elif tag in _BLOCK and at > page.row_ends:
        _end_line(page)
    if tag in ("img", "input"):
        _write(page, _picture(tag, _attributes(rest)))
    if tag in _PARAGRAPH and at > page.row_ends:
        _blank_line(page)
    if tag not in _VOID:
        _open(page, tag, rest)
    return at


_LONGEST_ROW = 6000
_ROW = re.compile(r"</?(tr|table|td|th|br|p|div|img|li)\b[^>]{0,2000}>", re.IGNORECASE)


def _row_ends(html: str, at: int) -> int:
    """Give where the row ends if it is one of facts: two cells or more, one line and no picture in each; else -1."""
    lines: list[int] = []
    for mark in _ROW.finditer(html, at, at + _LONGEST_ROW):
        tag, closes = mark[1].lower(), mark[0].startswith("</")
        if closes:
            if tag in ("tr", "table"):
                return mark.start() if len(lines) > 1 else -1
        elif tag in ("td", "th"):
            lines.append(0)
        elif tag in ("tr", "table", "img", "br", "li"):
            return -1
        elif lines:
            lines[-1] += 1
            if lines[-1] > 1:
                return -1
    return -1


def _open(page: _Page, tag: str, rest: str) -> None:
    if tag in _CLOSES_ITSELF and page.here.tag == tag:
        page.counts[page.open.pop().tag] -= 1
    page.counts[tag] += 1
    opened = _opened(page, tag, rest)
    page.open.append(opened.element)
    page.header = opened.header or page.header


def _opened(page: _Page, tag: str, rest: str) -> _Opened:
    """Read a tag once for each element it is opened in: a page is made of repetition."""
    key = (id(page.here), tag, rest)
    known = page.opened.get(key)
    if known is None:
        # The element above is kept as well, so that no other takes its id.
        known = page.opened[key] = _Opened(page.here, *_read_tag(page.here, tag, _attributes(rest), page.styles))
    return known


def _read_tag(above: _Element, tag: str, attributes: Mapping[str, str], styles: StyleSheet) -> tuple[_Element, str]:
    """Give the element that the tag opens, and whether a quoted letter's `header` or its `cite` begins in it."""
    if not attributes and tag not in _CHANGING and tag not in styles.named:
        return above._replace(tag=tag, indented=above.indented or tag == "blockquote"), ""
    names = [name.lower() for key in ("class", "id") for name in attributes.get(key, "").split()]
    cite = tag == "blockquote" and (
        attributes.get("type", "").lower() == "cite" or "cite" in attributes or above.answered
    )
    style = attributes.get("style", "").lower()
    element = _Element(
        tag,
        look=above.look.under(tag, attributes, styles),
        quoted=above.quoted or cite or _is_named(names, _QUOTE_NAMES),
        indented=above.indented or tag == "blockquote",
        mark=above.mark or (_mark(attributes) if tag == "blockquote" and not above.indented else ""),
        answered=above.answered or (tag == "div" and _is_named(names, _ANSWERED_NAMES)),
        signature=above.signature or _is_signature(names, attributes),
        typed=above.typed or tag in _CORRECTING or is_typed_name(names) or "mso-highlight" in style,
    )
    return element, "header" if _is_named(names, _HEADER_NAMES) else "cite" if _is_named(names, _CITE_NAMES) else ""


def _close(page: _Page, tag: str, at: int) -> None:
    if tag in _BLOCK and at > page.row_ends:
        _end_line(page)
    if tag in _PARAGRAPH and at > page.row_ends:
        _blank_line(page)
    if not page.counts[tag]:
        return
    while page.here.tag != tag:
        page.counts[page.open.pop().tag] -= 1
    page.counts[page.open.pop().tag] -= 1


def _write(page: _Page, text: str) -> None:
    if not text:
        return
    page.typed = page.typed or (bool(text.strip()) and (page.here.typed or is_picked(page.here.look.colour)))
    if page.here.look.veiled:
        page.veiled.append(text)
    else:
        page.seen.append(text if page.counts["pre"] else _SPACE.sub(" ", text))
    if page.counts["pre"] and "\n" in text:
        _end_pre_lines(page)


def _end_line(page: _Page, keep_blank: bool = False) -> None:
    """Close the line being written; `keep_blank` gives a line even when nothing stands on it."""
    text, veiled = "".join(page.seen).strip(), "".join(page.veiled).strip()
    page.seen.clear()
    page.veiled.clear()
    line = page.here.line(text)
    if page.typed:
        line, page.typed = line._replace(typed=True), False
    if veiled:
        page.lines.append(line._replace(text=_SPACE.sub(" ", veiled), hidden=True))
    if text and page.header:
        line = line._replace(header=page.header == "header", cite=page.header == "cite")
        page.header = ""
    if text or (keep_blank and not veiled):
        page.lines.append(line)


def _end_pre_lines(page: _Page) -> None:
    *whole, last = "".join(page.seen).split("\n")
    page.lines.extend(page.here.line(line.rstrip()) for line in whole)
    page.seen[:] = [last]


def _blank_line(page: _Page) -> None:
    if page.lines and not page.lines[-1].blank:
        page.lines.append(page.here.line(""))


def _attributes(rest: str) -> Mapping[str, str]:
    return _kept_attributes(rest) if len(rest) < _LONG_TAG else _read_attributes(rest)


@lru_cache(maxsize=512)
def _kept_attributes(rest: str) -> Mapping[str, str]:
    """Read a tag's attributes once: a page says the same few again and again."""
    return MappingProxyType(_read_attributes(rest))


def _read_attributes(rest: str) -> dict[str, str]:
    if not rest.strip(" \t\r\n/"):
        return {}
    return {name.lower(): unescape(value.strip("\"'")) for name, value in _ATTRIBUTE.findall(rest)}


def _is_named(names: list[str], wanted: tuple[str, ...]) -> bool:
    """Compare by the end: web mail puts a prefix of its own before other programs' names (`x_`, `ecx`)."""
    return bool(names) and any(name.endswith(wanted) or name.startswith(wanted) for name in names)


def _mark(attributes: Mapping[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(attributes.items()))[:300]


def _is_signature(names: list[str], attributes: Mapping[str, str]) -> bool:
    """Outlook on the web calls it `Signature` and nothing more, Mail.ru marks it with an attribute."""
    return (
        _is_named(names, _SIGNATURE_NAMES)
        or attributes.get("id", "").lower().removeprefix("x_") == "signature"
        or "data-signature-widget" in attributes
    )


def _picture(tag: str, attributes: Mapping[str, str]) -> str:
    """Give a box and whether it is ticked; a picture's text when it is a sign: web mail sends 👍 as a picture."""
    if tag == "input":
        is_box = attributes.get("type", "").lower() in ("checkbox", "radio")
        return ("☑ " if "checked" in attributes else "☐ ") if is_box else ""
    alt = attributes.get("alt", "")
    return alt if len(alt) <= 8 and not any(sign.isalnum() for sign in alt) else ""
