"""Parameters of Content-Type and Content-Disposition, in every form mail programs write them.

Owns: `name=value; ...` -> a table; RFC 2231 continuations and charsets, RFC 2047 words, raw bytes.
Refuses to know: what a parameter is for. Time grows with the length; the caller has cut the field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import unquote_to_bytes

from mailflow.core.charsets import decode
from mailflow.core.encoded_words import decode_value

_PARAMETER = re.compile(r';[ \t]*([^=;\s]{1,80})[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_SEGMENTS = 100


@dataclass(frozen=True, slots=True)
class Written:
    """One parameter as it stands in a field: its name in lower case (`name*0*` and all), its value without quotes."""

    name: str
    value: str


def parameters(value: bytes) -> dict[str, str]:
    """Read the parameters of an unfolded field: names in lower case, values as latin-1, the first wins."""
    table: dict[str, str] = {}
    for each in parameters_written(value):
        table.setdefault(each.name, each.value)
    return table


def parameters_written(value: bytes) -> tuple[Written, ...]:
    """Give every parameter of an unfolded field in order, those that stand twice too."""
    found = _PARAMETER.finditer(value.decode("latin-1"))
    return tuple(Written(each[1].lower(), _unquoted(each[2].strip())) for each in found)


def parameter(table: dict[str, str], name: str, hint: str = "") -> str:
    """Give a parameter as text: `name*`, then `name*0...`, then `name`; '' when there is none."""
    if f"{name}*" in table:
        return _extended([(table[f"{name}*"], True)])
    segments = _segments(table, name)
    if segments:
        return _extended(segments)
    return decode_value(table.get(name, "").encode("latin-1"), hint).text


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    return _ESCAPED.sub(r"\1", value[1:].removesuffix('"'))


def _segments(table: dict[str, str], name: str) -> list[tuple[str, bool]]:
    """Collect `name*0`, `name*1*`, ... in order, each with whether it is percent-encoded."""
    segments: list[tuple[str, bool]] = []
    for number in range(_SEGMENTS):
        plain, coded = f"{name}*{number}", f"{name}*{number}*"
        if coded in table:
            segments.append((table[coded], True))
        elif plain in table:
            segments.append((table[plain], False))
        else:
            break
    return segments


def _extended(segments: list[tuple[str, bool]]) -> str:
    """Join RFC 2231 segments first: a character, even a percent sign, may be split between two of them."""
    first, coded = segments[0]
    charset, quote, rest = first.partition("'")
    if coded and quote and "'" in rest:
        segments = [(rest.partition("'")[2], True), *segments[1:]]
    else:
        charset = ""
    runs = groupby(segments, key=lambda segment: segment[1])
    octets = ((coded, "".join(text for text, _ in run).encode("latin-1")) for coded, run in runs)
    data = b"".join(unquote_to_bytes(run) if coded else run for coded, run in octets)
    if data.startswith(b"=?"):
        return decode_value(data).text
    return " ".join(decode(data, charset).text.splitlines()).strip()
