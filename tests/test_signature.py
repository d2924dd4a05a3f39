"""A letter leaves with a signature that a stranger's verifier accepts, and that no change of the letter survives."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.edges.signature import ONCE_MORE, Signer
from mailflow.edges.smtp import Accepted, Post, PostSettings
from mailflow.errors import SettingsError
from tests.server_smtp import smtp_sink


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@cache
def signer() -> Signer:
    return Signer.of("neon.example", "m2026", pem(rsa.generate_private_key(65537, 2048)))


def verified(letter: bytes) -> bool:
    """What dkimpy says of the letter, with a name service that knows our key alone."""

    def record(name: bytes, timeout: int = 5) -> bytes | None:
        known = name == b"m2026._domainkey.neon.example."
        return f"v=DKIM1; k=rsa; p={signer().published}".encode() if known else None

    return bool(dkim.verify(letter, dnsfunc=record))


def letter(text: str = "Согласуйте счёт.\n", subject: str = "[СЧ-2026-0001] Счёт: баннеры") -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "Неон <docs@neon.example>"
    mail["To"] = "p.petrov@neon.example"
    mail["Subject"] = subject
    mail["Date"] = "Fri, 20 Nov 2026 12:00:00 +0300"
    mail["Message-ID"] = "<1@neon.example>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Счёт.pdf")
    mail.set_boundary("=_one")
    return mail.as_bytes()


def test_a_stranger_verifies_the_signature() -> None:
    signed = signer().signed(letter())
    assert signed.endswith(letter())
    assert verified(signed)
    assert signed == signer().signed(letter())
    assert max(map(len, signed.partition(b"\r\nFrom:")[0].split(b"\r\n"))) < 100


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=300), st.text(" \tабв", max_size=120)
)
def test_whatever_a_letter_says_its_signature_holds(text: str, subject: str) -> None:
    assert verified(signer().signed(letter(text, f"Счёт {subject}.")))


@pytest.mark.parametrize("body", [b"", b"\r\n", b"\r\n\r\n", b"a \t b  \r\n \r\n\r\n", b"no end", b" \r\n", b"\t"])
def test_a_body_of_blanks_and_line_ends_is_signed_as_others_read_it(body: bytes) -> None:
    head = b"From: a@neon.example\r\nSubject: x  \t y\r\n  z\r\nDate: Fri, 20 Nov 2026 12:00:00 +0300\r\n\r\n"
    assert verified(signer().signed(head + body))


@pytest.mark.parametrize("name", ONCE_MORE)
def test_no_second_field_can_be_added_on_the_way(name: str) -> None:
    signed = signer().signed(letter())
    assert not verified(name.encode() + b": evil@attack.example\r\n" + signed)


@pytest.mark.parametrize(
    ("was", "now"),
    [(b"docs@neon", b"dogs@neon"), (b"p.petrov", b"q.petrov"), (b"20 Nov", b"21 Nov"), (b"auto-gen", b"auto-rep")],
)
def test_a_letter_that_was_changed_does_not_verify(was: bytes, now: bytes) -> None:
    signed = signer().signed(letter())
    assert not verified(signed.replace(was, now, 1))
    assert not verified(re.sub(rb"\r\n\r\n(.)", rb"\r\n\r\nX\1", signed, count=1))


def test_a_field_that_stands_twice_is_signed_twice() -> None:
    twice = b"References: <1@x>\r\nReferences: <2@x>\r\n" + letter()
    assert verified(signer().signed(twice))


@pytest.mark.parametrize(
    ("selector", "key", "what"),
    [
        ("m2026", "no key", "no private key"),
        ("m2026", "short", "at least 2048 bits"),
        ("m2026", "elliptic", "at least 2048 bits"),
        ("a b", "good", "write a name such as"),
        ("", "good", "write a name such as"),
    ],
)
def test_a_key_that_signs_nothing_anybody_accepts_is_refused_with_the_cure(selector: str, key: str, what: str) -> None:
    keys = {
        "short": lambda: pem(rsa.generate_private_key(65537, 1024)),
        "elliptic": lambda: pem(ec.generate_private_key(ec.SECP256R1())),
        "good": lambda: pem(signer().key),
    }
    with pytest.raises(SettingsError, match=what):
        Signer.of("neon.example", selector, keys[key]() if key in keys else key)


async def test_what_arrives_is_signed_and_its_dots_are_whole() -> None:
    async with smtp_sink() as sink:
        post = Post(
            PostSettings("127.0.0.1", sink.port, security="plain", sender_domain="neon.example", signer=signer())
        )
        dotted = letter().replace(b"\r\n--=_one--", b"\r\n.\r\n..two\r\n--=_one--").replace(b"\r\n", b"\n")
        assert isinstance(await post.send("docs@neon.example", "p.petrov@neon.example", dotted), Accepted)
        await post.close()
    [arrived] = sink.letters
    assert b"\r\n.\r\n..two\r\n" in arrived.content
    assert verified(arrived.content)
