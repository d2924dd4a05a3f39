"""Ways to damage a mail: each takes the bytes and a dice, and gives other bytes.

Owns: the table `MUTATIONS`. Refuses to know: what a reader makes of the result. The same dice give the same mail.
"""

from __future__ import annotations

import base64
import quopri
from collections.abc import Callable
from random import Random

Mutation = Callable[[bytes, Random], bytes]

MOST = 2_000_000
"""Bytes of a mutated mail: nesting and doubling stop here."""

CHARSETS = (
    b"utf-8", b"koi8-r", b"windows-1251", b"cp866", b"x-mac-cyrillic", b"iso-8859-5", b"us-ascii", b"utf-16",
    b"utf-16le", b"utf-32", b"utf-7", b"iso-2022-jp", b"gb18030", b"hz-gb-2312", b"big5", b"euc-kr", b"cp1252",
    b"unknown-8bit", b"x-martian", b"idna", b"punycode", b"unicode_escape", b"rot13", b"zip", b"../etc", b"",
    b"utf-8\x00", b'"', b"utf-8;", b"\xd1\x8e", b"a" * 300,
)  # fmt: skip
TOKENS = (
    b"\x00", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\t", b" ", b":", b";", b",", b"<", b">", b"@", b'"', b"\\", b"(",
    b")", b"=?", b"?=", b"=?utf-8?b?", b"=?koi8-r?q?", b"--", b"-- \r\n", b"=\r\n", b"=3D", b"%", b"*0*=", b"'",
    b"&#", b"<!--", b"<style>", b"]]>", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b$B", b"~{",
    b"+AGE-", b"\xe2\x80\xae", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"begin 644 a\n", b"From ", b">From ", b".\r\n",
    b"\x80", b"\xd0", b"\xd0\xb0",
)  # fmt: skip
NAMES = (
    b"From", b"Sender", b"Reply-To", b"To", b"Cc", b"Subject", b"Date", b"Message-ID", b"In-Reply-To", b"References",
    b"Content-Type", b"Content-Transfer-Encoding", b"Content-Disposition", b"Content-ID", b"MIME-Version",
    b"Received", b"Return-Path", b"Delivered-To", b"Auto-Submitted", b"Precedence", b"List-Id",
    b"X-Failed-Recipients", b"Authentication-Results", b"X-Mailflow-Instance", b"Disposition-Notification-To",
)  # fmt: skip
VALUES = (
    b"", b"<>", b"<a@b.example>", b"a@b.example, c@d.example", b'"a" <b@c.example> <d@e.example>',
    b"Team: a@b.example;", b"boss@corp.example <evil@attack.example>", b"(((((", b"=?utf-8?b?0YHRhw==?=",
    b"=?utf-16?b?//4=?=", b"\xd1\xf7\xb8\xf2", b"Mon, 99 Nov 2026 99:99:99 +9999", b"Thu, 1 Jan 0001 00:00:00 -2359",
    b"Fri, 31 Dec 9999 23:59:59 -1200", b"no", b"bulk", b"auto-replied (rejected)", b"multipart/mixed",
    b"multipart/mixed; boundary=", b'multipart/mixed; boundary="a b"',
    b"multipart/report; report-type=delivery-status; boundary=x", b"message/rfc822", b"message/delivery-status",
    b"message/disposition-notification", b"message/partial; id=1; number=1", b"message/external-body",
    b"text/html; charset=utf-8", b"text/calendar; method=REPLY", b"application/ms-tnef; name=winmail.dat",
    b"application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", b"base64", b"quoted-printable", b"x-uuencode",
    b"8bit", b"attachment; filename*0*=utf-8''%D1%81; filename*2=x", b"attachment; filename=../../etc/passwd",
    b"attachment; filename==?koi8-r?b?8/7z?=", b"a" * 1200, b"=?utf-8?q?=00=0D=0A?=",
)  # fmt: skip


def _flip_bits(raw: bytes, dice: Random) -> bytes:
    data = bytearray(raw)
    for _ in range(dice.randint(1, 1 + len(data) // 200)):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def _put_token(raw: bytes, dice: Random) -> bytes:
    for _ in range(dice.randint(1, 6)):
        at = dice.randint(0, len(raw))
        raw = raw[:at] + dice.choice(TOKENS) + raw[at + dice.randint(0, 3) :]
    return raw


def _put_huge_token(raw: bytes, dice: Random) -> bytes:
    at, many = dice.randint(0, len(raw)), dice.choice((100, 1_000, 10_000, 40_000))
    return raw[:at] + dice.choice(TOKENS) * many + raw[at:]


def _drop_span(raw: bytes, dice: Random) -> bytes:
    start = dice.randint(0, len(raw))
    return raw[:start] + raw[start + dice.randint(1, max(1, len(raw) // 3)) :]


def _cut_off(raw: bytes, dice: Random) -> bytes:
    return raw[: dice.randint(0, len(raw))]


def _double_span(raw: bytes, dice: Random) -> bytes:
    start = dice.randint(0, len(raw))
    stop = dice.randint(start, len(raw))
    return raw[:stop] + raw[start:stop] * dice.randint(1, 3) + raw[stop:]


def _change_line_ends(raw: bytes, dice: Random) -> bytes:
    even = raw.replace(b"\r\n", b"\n")
    kind = dice.choice((b"\n", b"\r\n", b"\r", b"\n\r", b"\r\r\n", b""))
    if dice.random() < 0.5:
        return even.replace(b"\n", kind)
    return b"".join(line + dice.choice((b"\n", b"\r\n", b"\r")) for line in even.split(b"\n"))


def _lie_about_charset(raw: bytes, dice: Random) -> bytes:
    label = dice.choice(CHARSETS)
    at = raw.lower().find(b"charset=", dice.randint(0, len(raw)))
    if at < 0:
        return _put_field(raw, b"Content-Type", b"text/plain; charset=" + label, dice)
    stop = min(
        (raw.find(mark, at + 8) for mark in (b"\r", b"\n", b";") if raw.find(mark, at + 8) > 0), default=len(raw)
    )
    return raw[: at + 8] + label + raw[stop:]


def _recode(raw: bytes, dice: Random) -> bytes:
    """Write the body in another charset than the header says; sometimes twice over."""
    head, blank, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")
    codec = dice.choice(("cp1251", "koi8-r", "cp866", "mac-cyrillic", "iso8859-5", "utf-16", "utf-8"))
    text = body.decode("utf-8", "replace")
    if dice.random() < 0.3:
        text = text.encode("utf-8").decode(dice.choice(("cp1251", "latin-1", "cp866")), "replace")
    return head + blank + text.encode(codec, "replace")


def _put_field(raw: bytes, name: bytes, value: bytes, dice: Random) -> bytes:
    lines = raw.split(b"\n")
    end = next((n for n, line in enumerate(lines) if not line.strip()), len(lines))
    lines.insert(dice.randint(0, end), name + b": " + value + b"\r")
    return b"\n".join(lines)


def _edit_header(raw: bytes, dice: Random) -> bytes:
    return _put_field(raw, dice.choice(NAMES), dice.choice(VALUES), dice)


def _change_value(raw: bytes, dice: Random) -> bytes:
    """Give a field that is there another value, or take it away."""
    lines = raw.split(b"\n")
    at = [n for n, line in enumerate(lines[:200]) if b":" in line and not line.startswith((b" ", b"\t"))]
    if not at:
        return raw
    n = dice.choice(at)
    name = lines[n].partition(b":")[0]
    lines[n : n + 1] = [] if dice.random() < 0.2 else [name + b": " + dice.choice(VALUES) + b"\r"]
    return b"\n".join(lines)


def _shuffle_lines(raw: bytes, dice: Random) -> bytes:
    lines = raw.split(b"\n")
    start = dice.randrange(len(lines))
    some = lines[start : start + dice.randint(2, 30)]
    dice.shuffle(some)
    return b"\n".join((*lines[:start], *some, *lines[start + len(some) :]))


def _damage_boundary(raw: bytes, dice: Random) -> bytes:
    lines = raw.split(b"\n")
    borders = [n for n, line in enumerate(lines) if line.startswith(b"--")]
    if not borders:
        return _put_field(raw, b"Content-Type", b"multipart/mixed; boundary=x", dice)
    n = dice.choice(borders)
    line = lines[n].rstrip(b"\r")
    others = (b"", line + b"--", line[:-1], b" " + line, line + b" ", line * 2, line.upper(), b"--", line[2:])
    lines[n] = dice.choice(others) + b"\r"
    return b"\n".join(lines)


def _nest(raw: bytes, dice: Random) -> bytes:
    """Put the mail into another one, as a mail, a file or a part, to any depth."""
    for level in range(dice.choice((1, 2, 3, 5, 60))):
        if len(raw) > MOST // 2:
            break
        border = b"n%d" % level if dice.random() < 0.9 else b"n"
        kind = dice.choice((b"message/rfc822", b"message/rfc822", b"multipart/alternative; boundary=n0", b"text/plain"))
        head = (
            b"From: n@b.example\r\nTo: docs@b.example\r\nSubject: n\r\nContent-Type: multipart/mixed; boundary="
            + border
        )
        raw = (
            head
            + b"\r\n\r\n--"
            + border
            + b"\r\nContent-Type: "
            + kind
            + b"\r\n\r\n"
            + raw
            + b"\r\n--"
            + border
            + b"--"
        )
    return raw


def _wrap(raw: bytes, dice: Random) -> bytes:
    """Encode the body once more and say so, or not."""
    head, blank, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")
    encodings = {b"base64": base64.encodebytes, b"quoted-printable": quopri.encodestring}
    name = dice.choice(tuple(encodings))
    said = b"\r\nContent-Transfer-Encoding: " + name if dice.random() < 0.7 else b""
    return head + said + blank + encodings[name](body)


def _as_container(raw: bytes, dice: Random) -> bytes:
    """Say the mail is one of the formats that hold files inside."""
    return _put_field(raw, b"Content-Type", dice.choice(VALUES[-14:-8]), dice)


MUTATIONS: tuple[Mutation, ...] = (
    _flip_bits, _put_token, _put_token, _put_huge_token, _drop_span, _cut_off, _double_span, _change_line_ends,
    _lie_about_charset, _recode, _edit_header, _edit_header, _change_value, _shuffle_lines, _damage_boundary, _nest,
    _wrap, _as_container,
)  # fmt: skip


def mutated(raw: bytes, dice: Random) -> bytes:
    """Damage a mail one to five times."""
    for _ in range(dice.choice((1, 1, 2, 3, 5))):
        raw = dice.choice(MUTATIONS)(raw or b"\r\n", dice)[:MOST]
    return raw
