"""Bytes to text when the mail names the wrong charset, an unknown one, or none.

Owns: which charset names are obeyed, and the judgement which charset Russian bytes are really in.
Refuses to know: what a header or a part is. Rules: RFC 2045 section 5.2, RFC 2978 (names).
May go wrong: a handful of bytes can be read two ways; then the declared charset is kept.
Names from mails are looked up in tables only: asking `codecs` would import modules by a stranger's word.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from encodings.aliases import aliases
from functools import lru_cache
from math import log2


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text without NUL and lone surrogates, and what had to be done to get it ('' = nothing)."""

    text: str
    note: str = ""


_SINGLE_BYTE = frozenset((
    "latin_1", "ascii", "iso8859_1", "iso8859_2", "iso8859_3", "iso8859_4", "iso8859_5", "iso8859_6",
    "iso8859_7", "iso8859_8", "iso8859_9", "iso8859_10", "iso8859_11", "iso8859_13", "iso8859_14",
    "iso8859_15", "iso8859_16", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256",
    "cp1257", "cp1258", "koi8_r", "koi8_t", "koi8_u", "kz1048", "ptcp154", "cp437", "cp737", "cp775",
    "cp850", "cp852", "cp855", "cp856", "cp857", "cp858", "cp860", "cp861", "cp862", "cp863", "cp864",
    "cp865", "cp866", "cp869", "cp874", "mac_cyrillic", "mac_greek", "mac_iceland", "mac_latin2",
    "mac_roman", "mac_turkish", "tis_620",
))  # fmt: skip
_MULTI_BYTE = frozenset((
    "utf_8", "utf_8_sig", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le", "utf_7",
    "big5", "big5hkscs", "cp932", "cp936", "cp949", "cp950", "euc_jp", "euc_jis_2004", "euc_kr", "gb2312",
    "gbk", "gb18030", "hz", "johab", "shift_jis", "shift_jis_2004", "shift_jisx0213", "iso2022_jp",
    "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3", "iso2022_jp_ext", "iso2022_kr",
))  # fmt: skip
_SEVEN_BIT_STATEFUL = frozenset(("utf_7", "hz", "iso2022_kr")) | {c for c in _MULTI_BYTE if "2022" in c}
_WIDE = frozenset(c for c in _MULTI_BYTE if c.startswith(("utf_16", "utf_32")))
_CYRILLIC = frozenset(("cp1251", "koi8_r", "koi8_u", "iso8859_5", "cp866", "cp855", "mac_cyrillic", "kz1048"))
_DOUBTFUL = _CYRILLIC | {"latin_1", "iso8859_1", "iso8859_15", "cp1252", "mac_roman", "cp437", "cp850"}
"""Charsets that programs name without having looked; a Greek or Hebrew label is believed."""
_NICKNAMES = {
    "koi8": "koi8_r", "koi8r": "koi8_r", "koi8u": "koi8_u", "win_1251": "cp1251", "win1251": "cp1251",
    "windows1251": "cp1251", "cp_1251": "cp1251", "x_cp1251": "cp1251", "ansi": "cp1251", "x_mac_cyrillic":
    "mac_cyrillic", "utf8mb4": "utf_8", "unicode_1_1_utf_8": "utf_8", "unicode_1_1_utf_7": "utf_7", "unicode":
    "utf_16", "iso_8859_8_i": "iso8859_8",
}  # fmt: skip
_PUBLIC_NAMES = {"cp1251": "windows-1251", "koi8_r": "koi8-r", "koi8_u": "koi8-u", "cp866": "ibm866",
                 "iso8859_5": "iso-8859-5", "cp1252": "windows-1252", "utf_8": "utf-8", "mac_cyrillic":
                 "x-mac-cyrillic"}  # fmt: skip
_RUSSIAN = (
    ("cp1251", 1.0), ("koi8_r", 0.0), ("koi8_u", -0.5), ("mac_cyrillic", -0.2), ("cp866", -2.0), ("iso8859_5", -2.0),
)  # fmt: skip
"""With what each is ahead of the others: windows-1251 and the Mac differ in capitals and «я» alone."""
_PER_MILLE = {
    "о": 109, "е": 85, "а": 80, "и": 74, "н": 67, "т": 63, "с": 55, "р": 47, "в": 45, "л": 43, "к": 35,
    "м": 32, "д": 30, "п": 28, "у": 26, "я": 20, "ы": 19, "ь": 17, "г": 17, "з": 16, "б": 16, "ч": 14,
    "й": 12, "х": 10, "ж": 9, "ш": 7, "ю": 6, "ц": 5, "щ": 4, "э": 3, "ф": 3, "ъ": 0.4, "ё": 4,
    "і": 30, "ї": 6, "є": 5, "ґ": 0.3,
}  # fmt: skip
_WEIGHT = {letter: log2(share / 30) for letter, share in _PER_MILLE.items()}
_QUIET = frozenset("«»№–—“”„’‘…§•\u00a0")
_BEFORE_A_CAPITAL = frozenset("‘’“”„–—•")
_SAMPLE = 300
_MAC_CAPITAL = re.compile(rb"[\x80-\x84\x86-\x9f]")
"""Without one there is nothing to tell the Mac by; \\x85 alone is an ellipsis in windows-1251."""
_CLEARLY_BETTER = 3.0
_NO_SENSE = -1.0
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BOMS = ((codecs.BOM_UTF8, "utf_8_sig"), (codecs.BOM_UTF16_LE, "utf_16"), (codecs.BOM_UTF16_BE, "utf_16"))


def codec_name(label: str) -> str:
    """Give the Python codec of a charset label, or '' when the label is not one we obey."""
    name = re.sub(r"[^a-z0-9]+", "_", label[:60].lower()).strip("_")
    name = _NICKNAMES.get(name, name)
    name = aliases.get(name, name)
    return name if name in _SINGLE_BYTE or name in _MULTI_BYTE else ""


def decode(data: bytes, declared: str = "", hint: str = "") -> Decoded:
    """Read bytes as text: UTF-8, then the declared charset, then the likeliest of the Russian ones.

    `hint` is a charset named elsewhere in the mail; it is believed less than `declared`. Never raises.
    """
    codec = codec_name(declared)
    wide = _looks_wide(data[:_SAMPLE]) if 0 in data[:_SAMPLE] or 4 in data[:_SAMPLE] else ""
    if wide and not data.startswith(_MARKS):
        note = "" if wide.startswith(codec) and codec else f"charset-recovered: {wide.replace('_', '-')}"
        return _fit(data[: len(data) // 2 * 2].decode(wide, "replace"), note)
    if data.isascii() and codec not in _SEVEN_BIT_STATEFUL and not (codec in _WIDE and 0 in data):
        return _fit(data.decode("ascii"), "")
    found = _by_mark(data) or _by_declared_multibyte(data, codec) or _by_utf8(data, codec)
    if found is None:
        found = _by_judgement(data, codec, codec_name(hint))
    elif again := _written_twice(found.text):
        found = Decoded(again, "charset-recovered: encoded twice")
    unknown = f"charset-unknown: {declared[:40]}" if declared and not codec and found.note else ""
    return _fit(found.text, unknown or found.note)


def _looks_wide(sample: bytes) -> str:
    """Name the UTF-16 a sample is in, or '': every second byte of Russian or English there is 4 or 0."""
    if len(sample) < 6:
        return ""
    for codec, high, low in (("utf_16_le", sample[1::2], sample[0::2]), ("utf_16_be", sample[0::2], sample[1::2])):
        if 10 * sum(byte in (0, 4) for byte in high) >= 9 * len(high) and sum(byte == 0 for byte in low) * 4 < len(low):
            return codec
    return ""


def _fit(text: str, note: str) -> Decoded:
    """Replace what no store takes: NUL and lone surrogates."""
    text = text.replace("\x00", "\ufffd")
    return Decoded(_SURROGATE.sub("\ufffd", text) if _SURROGATE.search(text) else text, note)


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _by_mark(data: bytes) -> Decoded | None:
    """Obey a byte order mark."""
    codec = next((codec for mark, codec in _BOMS if data.startswith(mark)), "")
    text = _strict(data, codec) if codec else None
    return None if text is None else Decoded(text)


def _by_declared_multibyte(data: bytes, codec: str) -> Decoded | None:
    """Obey a declared multi-byte charset that fits: its bytes seldom fit by accident."""
    if codec not in _MULTI_BYTE or (codec in _WIDE and 0 not in data):
        return None
    text = _strict(data, codec)
    return None if text is None else Decoded(text)


def _by_utf8(data: bytes, codec: str) -> Decoded | None:
    """Take valid UTF-8 for UTF-8, unless it is two or three letters a Russian codec explains better."""
    text = _strict(data, "utf_8")
    if text is None:
        return None
    if codec in _CYRILLIC and sum(ch > "\x7f" for ch in text[:_SAMPLE]) < 4:
        declared = data.decode(codec, "replace")
        if russian_score(declared) > max(1.0, russian_score(text)):
            return Decoded(declared)
    return Decoded(text, "charset-recovered: utf-8")


_LEADS = "РСÐÑ╨╤пя"
"""What the first byte of a Russian letter in UTF-8 looks like to a program that takes it for another charset."""
_TAKEN_FOR = ("cp1251", "latin_1", "cp1252", "koi8_r", "cp866")
_MANY_ACCENTS = 10
"""A few accented letters in a row are somebody's abbreviation; ten and hardly a plain one are in no language."""
_LATIN = re.compile("[\u00c0-\u00ff]")


def _written_twice(text: str) -> str:
    """Give the text that was taken for another charset before it was written as UTF-8, or '' where nothing was."""
    strange = [ch for ch in text[:_SAMPLE] if ch > "\x7f"]
    if len(strange) < 6:
        return ""
    if 5 * sum(ch in _LEADS for ch in strange) >= 2 * len(strange):
        return next((found for codec in _TAKEN_FOR if (found := _undone(text, codec, ("utf_8",)))), "")
    latin = _LATIN.findall(text[:_SAMPLE])
    plain = sum(ch.isalpha() and ch.isascii() for ch in text[:_SAMPLE])
    accented = len(latin) >= _MANY_ACCENTS and len(latin) > 2 * plain
    return _undone(text, "latin_1", ("cp1251", "koi8_r")) if accented else ""


def _undone(text: str, taken_for: str, really: tuple[str, ...]) -> str:
    """Take back one false reading; '' unless what comes out is plainly Russian and no true letter is beside it."""
    bytewise = text.translate(_byte_of(taken_for))
    if any(ch > "\xff" and ch.isalpha() for ch in bytewise):
        return ""
    data = bytewise.encode("latin_1", "replace")
    for codec in really:
        found = data.decode(codec, "replace")
        letters = sum(ch > "\x7f" for ch in found[:_SAMPLE])
        score, whole = russian_score(found[:_SAMPLE]), "\ufffd" not in found[: _SAMPLE // 2]
        if letters > 2 and whole and score > 0.2 * letters and score > russian_score(text[:_SAMPLE]) + letters:
            return found
    return ""


@lru_cache
def _byte_of(codec: str) -> dict[int, int]:
    """Give the byte of each character of a charset; one that has no character stands for itself."""
    pairs = ((bytes([byte]).decode(codec, "replace"), byte) for byte in range(0x80, 0x100))
    return {(byte if ch == "\ufffd" else ord(ch)): byte for ch, byte in pairs}


def _by_judgement(data: bytes, codec: str, hint: str) -> Decoded:
    """Choose among single-byte charsets by how Russian (or how Western) the result looks."""
    declared = codec if codec in _SINGLE_BYTE and codec != "ascii" else ""
    if declared and (declared not in _DOUBTFUL or _is_plainly_russian(data, declared)):
        return Decoded(data.decode(declared, "replace"))
    if _is_damaged_utf8(_sample(data)):
        return Decoded(data.decode("utf_8", "replace"), "charset-replaced: utf-8")
    best, score = _likeliest(data, declared, hint if hint in _CYRILLIC else "")
    if score < _NO_SENSE * max(1, sum(byte > 0x7F for byte in _sample(data)) - 1):
        return Decoded(data.decode("utf_8", "replace"), "charset-replaced: utf-8")
    note = "" if best == declared else f"charset-recovered: {_PUBLIC_NAMES.get(best, best)}"
    return Decoded(data.decode(best, "replace"), note)


def _is_damaged_utf8(sample: bytes) -> bool:
    """Tell UTF-8 with a few bad bytes from another charset: most characters still come out whole."""
    text = sample.decode("utf_8", "replace")
    return 2 * text.count("\ufffd") <= len(sample) - len(text)


def _is_plainly_russian(data: bytes, codec: str) -> bool:
    text = _sample(data).decode(codec, "replace")
    return codec in _CYRILLIC and russian_score(text) > 0.6 * sum(ch > "\x7f" for ch in text)


def _likeliest(data: bytes, declared: str, hint: str) -> tuple[str, float]:
    """Name the codec under which a sample of the bytes reads best, and how well; the declared one has a start."""
    sample = _sample(data)
    scores = {codec: _score(sample, codec) + start for codec, start in _RUSSIAN}
    if not _MAC_CAPITAL.search(sample):
        del scores["mac_cyrillic"]
    scores["cp1252"] = _western_score(sample.decode("cp1252", "replace")) - 0.5
    if hint:
        scores[hint] = scores.get(hint, _score(sample, hint)) + _CLEARLY_BETTER
    if declared:
        own = russian_score if declared in _CYRILLIC else _western_score
        scores[declared] = own(sample.decode(declared, "replace")) + _CLEARLY_BETTER
    best = max(scores, key=lambda codec: (scores[codec], codec == declared))
    return best, scores[best]


def _sample(data: bytes) -> bytes:
    """Give the stretch of bytes around the first ones that are not ASCII."""
    first = re.search(rb"[\x80-\xff]", data)
    start = max(0, first.start() - 20) if first else 0
    return data[start : start + _SAMPLE]


def _score(sample: bytes, codec: str) -> float:
    return russian_score(sample.decode(codec, "replace"))


def russian_score(text: str) -> float:
    """Sum how usual each Russian letter is; capitals after small letters and Latin neighbours cost."""
    score, before = 0.0, " "
    for ch in text:
        if ch > "\x7f":
            score += _letter_score(ch, before)
        elif ch.isalpha() and before > "\x7f" and before.isalpha():
            score -= 3.0
        before = ch
    return score


def _letter_score(ch: str, before: str) -> float:
    small = ch.lower()
    if small not in _WEIGHT:
        return 0.0 if ch in _QUIET else -3.0
    score = _WEIGHT[small] - (1.0 if ch == small and before in _BEFORE_A_CAPITAL else 0.0)
    if ch != small:
        score -= 2.5 if before.islower() else 0.3
    return score - 3.0 if before < "\x80" and before.isalpha() else score


def _western_score(text: str) -> float:
    """Sum for Western text: an accented letter beside a plain one is usual, a run of them is not."""
    score, before = 0.0, " "
    for ch in text:
        accented, after_letter = ch > "\x7f", before.isalpha()
        if accented and not ch.isalpha():
            score -= 0.0 if ch in _QUIET else 2.0
        elif accented and after_letter:
            score += -2.0 if before > "\x7f" else 0.5
        elif after_letter and before > "\x7f" and ch.isalpha():
            score += 0.5
        before = ch
    return score
