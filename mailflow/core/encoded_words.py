"""Header values to text: encoded-words, and the raw 8-bit bytes people put there instead.

Owns: RFC 2047 encoded-words, joined over word borders before they are decoded; unfolding.
Refuses to know: the structure of a header; the caller has cut addresses and parameters apart first.
May go wrong: an encoded-word that cannot be read stays as it was written.
"""

from __future__ import annotations

import binascii
import contextlib
import re

from mailflow.core.charsets import Decoded, decode

# No part of the pattern crosses a question mark, so a failed try costs no second look at the rest.
_WORD = re.compile(rb"=\?([!->@-~]{1,80})\?([bBqQ])\?([^?\r\n]*)\?=")
_FOLD = re.compile(rb"(?:\r\n|\r|\n)[ \t]*")
_CONTROL = re.compile("[\x00-\x1f\x7f\x80-\x9f]+")
_INVISIBLE = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def unfold(value: bytes) -> bytes:
    """Join a folded header value with one space at each fold."""
    if b"\n" not in value and b"\r" not in value:
        return value.strip(b" \t")
    return _FOLD.sub(b" ", value).strip(b" \t")


def decode_value(value: bytes, hint: str = "") -> Decoded:
    """Read an unfolded header value as text on one line; control characters become spaces."""
    if value.isascii() and b"=?" not in value:
        return Decoded(_one_line(value.decode("ascii")))
    texts, notes, end = [], [], 0
    for start, stop, charset, data in _runs(value):
        gap = decode(value[end:start], hint=hint)
        word = decode(data, declared=charset, hint=hint)
        texts += [gap.text, word.text]
        notes += [gap.note, word.note]
        end = stop
    tail = decode(value[end:], hint=hint)
    worth = [note for note in (*notes, tail.note) if note and note != "charset-recovered: utf-8"]
    return Decoded(_one_line("".join((*texts, tail.text))), worth[0] if worth else "")


def visible(text: str) -> str:
    """Drop characters that show nothing or turn the line around: a name must look like what it is."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def base64_bytes(text: bytes) -> bytes:
    """Decode base64 as a mail client does: junk skipped, padding ends the data, a lone last sign dropped."""
    end = text.find(b"=")
    whole = memoryview(text)[: len(text) if end < 0 else end + (2 if text[end + 1 : end + 2] == b"=" else 1)]
    with contextlib.suppress(binascii.Error):  # As a rule; a large file is not copied for it.
        return binascii.a2b_base64(whole)
    data = text.partition(b"=")[0]
    try:
        return binascii.a2b_base64(data + b"==")
    except binascii.Error:
        letters = _NOT_BASE64.sub(b"", data)
        return binascii.a2b_base64(letters[: len(letters) // 4 * 4])


def _one_line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip() if not text.isprintable() else text.strip()


def _runs(value: bytes) -> list[tuple[int, int, str, bytes]]:
    """Find encoded-words; neighbours of one charset are one run, so a character may be split between them."""
    runs: list[tuple[int, int, str, bytes]] = []
    for found in _WORD.finditer(value):
        charset = found[1].partition(b"*")[0].decode("ascii").lower()
        data = _word_bytes(found[2], found[3])
        near = bool(runs) and not value[runs[-1][1] : found.start()].strip(b" \t")
        if near and runs[-1][2] == charset:
            runs[-1] = (runs[-1][0], found.end(), charset, runs[-1][3] + data)
        else:
            start = runs[-1][1] if near else found.start()
            runs.append((start, found.end(), charset, data))
    return runs


def _word_bytes(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"bB":
        return base64_bytes(text)
    return binascii.a2b_qp(text.replace(b"_", b" "), header=False)
