"""Nobody is believed to have written a mail unless our own server vouches for exactly him."""

from __future__ import annotations

import random
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.address_grammar import strict_address, strict_domain
from mailflow.core.headers import Field
from mailflow.core.message import parse
from mailflow.core.receiver import ReceiverProfile, marks_of
from mailflow.core.sender import UNPROVEN, Proven, SenderProof, Unproven, prove

MAILS = Path(__file__).parent / "mails" / "sender"
MX = "mx.neon.example"
AUTHSERV = ReceiverProfile("authserv", MX, MX)
EMBEDDED = ReceiverProfile("embedded", MX)
IVAN = "ivan@corp.example"
PASS = "dmarc=pass header.from=corp.example"


def prove_bytes(raw: bytes, profile: ReceiverProfile = AUTHSERV) -> SenderProof:
    return prove(parse(raw), raw, profile)


def prove_mail(name: str, profile: ReceiverProfile = AUTHSERV) -> SenderProof:
    return prove_bytes((MAILS / f"{name}.eml").read_bytes(), profile)


def mail(*results: str, from_: str = "Ivan <ivan@corp.example>", more: str = "", below: str = "") -> bytes:
    """Write a mail as our MX hands it on: its results above its Received line."""
    marks = "".join(f"Authentication-Results: {each}\n" for each in results)
    received = f"Received: from out.corp.example by {MX} with ESMTPS id 1; Mon, 2 Nov 2026 10:15:00 +0300\n"
    rest = f"{below}From: {from_}\n{more}To: pay@neon.example\nSubject: Re\nMessage-ID: <1@corp.example>\n\nok\n"
    return (marks + received + rest).encode("utf-8", "surrogateescape")


def judged(*clauses: str, profile: ReceiverProfile = AUTHSERV, from_: str = "Ivan <ivan@corp.example>") -> SenderProof:
    return prove_bytes(mail("; ".join((MX, *clauses)), from_=from_), profile)


# --- what is believed ----------------------------------------------------------------------------


def test_a_genuine_mail_is_its_writers() -> None:
    assert prove_mail("genuine") == Proven(IVAN, f"dmarc=pass by {MX}")


@pytest.mark.parametrize(
    "clause",
    [
        "dmarc=pass header.from=corp.example",
        "dmarc=pass (p=reject dis=none) header.from=Corp.Example",
        'dmarc=pass reason="policy; ok" header.from=corp.example',
        "dkim=pass header.d=corp.example",
        "dkim=pass header.i=@corp.example header.s=s1 header.b=a/b+c=",
        "dkim=pass header.d=corp.example header.i=@mail.corp.example",
        "dkim=pass header.i=robot@corp.example",
    ],
)
def test_an_aligned_pass_proves_the_writer(clause: str) -> None:
    assert isinstance(judged("spf=none smtp.mailfrom=a@b.example", clause), Proven)


def test_a_signature_of_the_parent_domain_covers_a_department() -> None:
    assert isinstance(judged("dkim=pass header.d=corp.example", from_="i@msk.corp.example"), Proven)


def test_results_in_two_headers_of_two_checkers_add_up() -> None:
    raw = mail(f"{MX}; dkim=none", f"{MX}; {PASS}")
    assert isinstance(prove_bytes(raw), Proven)


def test_an_authenticated_submission_proves_only_with_our_own_server() -> None:
    clause = f"auth=pass smtp.auth={IVAN}"
    assert judged(clause, profile=EMBEDDED) == Proven(IVAN, f"auth=pass by {MX}")
    assert isinstance(judged(clause, profile=AUTHSERV), Unproven)


def test_an_assistants_mail_is_the_assistants() -> None:
    assert prove_mail("assistant_writes_for_the_boss", EMBEDDED) == Proven("anna@neon.example", f"auth=pass by {MX}")


def test_the_address_is_compared_and_given_in_lower_case() -> None:
    assert judged(PASS, from_="IVAN@Corp.Example") == Proven(IVAN, f"dmarc=pass by {MX}")


def test_raw_russian_and_encoded_names_do_not_harm() -> None:
    for name in ("Иван Смирнов", "=?utf-8?b?0JjQstCw0L0=?=", '"Смирнов, Иван"', '"ivan@corp.example"'):
        assert isinstance(judged(PASS, from_=f"{name} <{IVAN}>"), Proven)


def test_reply_to_changes_nobody() -> None:
    assert prove_mail("reply_to_a_stranger") == Proven(IVAN, f"dmarc=pass by {MX}")


# --- what is not ---------------------------------------------------------------------------------


def test_without_a_profile_nothing_is_proven() -> None:
    assert isinstance(prove_mail("genuine", ReceiverProfile("none", MX, MX)), Unproven)
    assert isinstance(prove_mail("genuine", ReceiverProfile("authserv", "", MX)), Unproven)


@pytest.mark.parametrize(
    "name",
    [
        "results_forged_below_received",
        "two_from",
        "from_with_a_space_before_the_colon",
        "from_with_a_folded_name",
        "handed_in_by_somebody_else",
        "signed_by_one_listed_by_arc_for_another",
        "boss_in_the_name_evil_in_the_angle",
    ],
)
@pytest.mark.parametrize("profile", [AUTHSERV, EMBEDDED])
def test_a_forged_mail_is_nobodys(name: str, profile: ReceiverProfile) -> None:
    assert isinstance(prove_mail(name, profile), Unproven)


@pytest.mark.parametrize(
    "authserv_id",
    [
        f"{MX}.evil.example", f"evil.{MX}", f"({MX}) evil.example", f"{MX}(evil)", f'"{MX}"', f"{MX} 2", f"{MX} evil",
        "MX.neon.example", f"{MX}.", f"{MX}/1", f"i=1; {MX}", "", f"evil.example; {MX}", f"{MX},evil",
    ],
)  # fmt: skip
def test_a_name_like_our_servers_is_not_our_servers(authserv_id: str) -> None:
    assert isinstance(prove_bytes(mail(f"{authserv_id}; {PASS}")), Unproven)


@pytest.mark.parametrize(
    "clause",
    [
        "dmarc=fail (dmarc=pass) header.from=corp.example",
        "dmarc=fail header.from=corp.example; dkim=pass header.d=corp.example",
        "dmarc=temperror header.from=corp.example; dkim=pass header.d=corp.example",
        'spf=none reason="dmarc=pass header.from=corp.example"',
        "spf=none (; dmarc=pass header.from=corp.example)",
        "dmarc=pass",
        "dmarc=pass (header.from=corp.example)",
        "dmarc=pass header.from=attack.example",
        "dmarc=pass header.from=corp.example header.from=attack.example",
        "dmarc=pass header.from=xcorp.example",
        "dmarc=pass header.from=corp.example.attack.example",
        "dmarc=pass header.from=corp.example junk",
        'dmarc=pass header.from="corp.example',
        "dmarc=pass header.from=corp.example (unclosed",
        "dmarc=pass header.from=corp.example)",
        "dmarc=pass header.from=corp.example\x00",
        "dmarc=passed header.from=corp.example",
        "dmarc=bestguesspass header.from=corp.example",
        "arc=pass header.d=corp.example; dkim=pass header.d=attack.example",
        "dkim=pass header.from=corp.example",
        "dkim=pass; header.d=corp.example",
        "dkim=pass header.d=corp.example header.i=@attack.example",
        "dkim=pass header.d=corp.example header.d=attack.example",
        "dkim=pass header.i=@corp.example@attack.example",
        "dkim=pass header.d=corp.example header.d=corp.example",
        "dkim=pass header.i=x@attack.example@corp.example",
        "dkim=pass header.i=corp.example",
        "dkim=pass header.d=rp.example",
        "dkim=pass header.d=example",
        "dkim=pass header.d=evilcorp.example",
        "dkim=pass header.d=mail.corp.example",
        "dkim=fail header.d=corp.example",
        "dkim=pass smtp.mailfrom=ivan@corp.example",
        "spf=pass smtp.mailfrom=ivan@corp.example",
        "none",
        "",
        f"{PASS}; auth=pass smtp.auth=petrov@corp.example",
        "auth=pass smtp.auth=ivan@corp.example smtp.auth=ivan@corp.example",
        "auth=pass smtp.auth=ivan@corp.example smtp.auth=evil@attack.example",
        "auth=fail smtp.auth=ivan@corp.example",
        "auth=pass",
        f"{PASS}; =broken",
        f"{PASS}; dmarc=fail header.from=corp.example",
    ],
)
@pytest.mark.parametrize("profile", [AUTHSERV, EMBEDDED])
def test_a_result_that_does_not_say_it_plainly_proves_nothing(clause: str, profile: ReceiverProfile) -> None:
    assert isinstance(judged(clause, profile=profile), Unproven)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (PASS, "dmarc=fail header.from=corp.example"),
        (PASS, "dmarc=none header.from=corp.example"),
        (PASS, "dmarc=pass header.from=attack.example"),
        ("dkim=pass header.d=corp.example", "dkim=fail header.d=corp.example"),
        (PASS, "dmarc=pass (unclosed"),
    ],
)
def test_two_marks_that_disagree_prove_nothing(first: str, second: str) -> None:
    assert isinstance(prove_bytes(mail(f"{MX}; {first}", f"{MX}; {second}")), Unproven)
    assert isinstance(prove_bytes(mail(f"{MX}; {second}", f"{MX}; {first}")), Unproven)


@pytest.mark.parametrize(
    "from_",
    [
        "boss@corp.example <evil@corp.example>",
        "<a@corp.example> <ivan@corp.example>",
        "ivan@corp.example, boss@corp.example",
        "ivan@corp.example boss@corp.example",
        ";ivan@corp.example",
        "ivan@corp.example,",
        "Team: ivan@corp.example;",
        "<@relay.example:ivan@corp.example>",
        "ivan@corp.example (boss@corp.example)",
        "<ivan(comment)@corp.example>",
        '"ivan"@corp.example',
        '"ivan@corp.example" boss@corp.example',
        "=?utf-8?q?ivan?=@corp.example",
        "ivan..s@corp.example",
        ".ivan@corp.example",
        "ivan@corp.example@attack.example",
        "ivan@[192.0.2.1]",
        "ivan@corp_x.example",
        "ivan@-corp.example",
        "иван@corp.example",
        "ivan@сorp.example",
        "ivan@corp",
        "Ivan <ivan@corp.example",
        "Ivan ivan@corp.example>",
        "ivan",
        "<>",
        "",
    ],
)
def test_a_from_that_two_readers_may_read_differently_proves_nothing(from_: str) -> None:
    domain = from_.rpartition("@")[2].strip(" <>();") or "corp.example"
    for checked in ("corp.example", domain):
        assert isinstance(judged(f"dmarc=pass header.from={checked}", from_=from_), Unproven)


@pytest.mark.parametrize(
    "more",
    [
        "From: ivan@corp.example\n",
        "FROM: evil@attack.example\n",
        "From : evil@attack.example\n",
        "From\n : evil@attack.example\n",
        "Sender: a@corp.example\nSender: b@corp.example\n",
        "Reply-To: a@corp.example\nReply-To: b@corp.example\n",
        "Date: Mon, 2 Nov 2026 10:15:00 +0300\nDate: Mon, 2 Nov 2026 10:15:00 +0300\n",
        "Message-ID: <2@corp.example>\n",
        "Sender: a@attack.example\n",
        "Sender: evil@corp.example, b@corp.example\n",
        "Sender:\n",
        "no field at all\nSubject: x\n",
        "X-Fold: a\n \n",
        "X: a\x00b\n",
        "X: a\rFrom: evil@attack.example\n",
        "X: a\r\n",
        "X: y\n" * 1_001,
    ],
)
def test_a_header_that_can_be_read_in_two_ways_proves_nothing(more: str) -> None:
    assert isinstance(prove_bytes(mail(f"{MX}; {PASS}", more=more)), Unproven)


@pytest.mark.parametrize("ends", [b"\n.\r\n", b"\r.\r\n", b"\r\n.\n", b"\r\n.\r", b"\n.\r", b"\r.\r", b"\r\n\x00.\r\n"])
def test_a_mail_that_hides_an_end_of_mail_proves_nothing(ends: bytes) -> None:
    raw = mail(f"{MX}; {PASS}").replace(b"\n", b"\r\n")
    assert isinstance(prove_bytes(raw), Proven)
    assert isinstance(prove_bytes(raw + b"text" + ends + b"MAIL FROM:<a@b.example>\r\n"), Unproven)


def test_without_a_received_line_of_our_mx_no_mark_is_ours() -> None:
    raw = mail(f"{MX}; {PASS}").replace(f"by {MX}".encode(), b"by mx.attack.example")
    assert isinstance(prove_bytes(raw, AUTHSERV), Unproven)
    assert isinstance(prove_bytes(raw, EMBEDDED), Proven)


def test_the_name_of_our_mx_in_a_comment_of_a_received_line_is_not_our_mx() -> None:
    fields = (
        Field("Received", f"from x (sent by {MX} today) by mx.attack.example".encode()),
        Field("Authentication-Results", f"{MX}; {PASS}".encode()),
        Field("Received", f"from y by {MX} with ESMTP".encode()),
    )
    assert len(marks_of(fields, AUTHSERV).results) == 1
    assert marks_of(fields, ReceiverProfile("authserv", MX)).none


def test_a_mark_above_a_forged_received_line_but_below_the_true_one_is_not_ours() -> None:
    forged = f"Authentication-Results: {MX}; {PASS}\nReceived: from a by {MX}; Mon, 2 Nov 2026 10:15:00 +0300\n"
    assert isinstance(prove_bytes(mail(below=forged)), Unproven)
    assert isinstance(prove_bytes(mail(f"{MX}; dmarc=fail header.from=corp.example", below=forged)), Unproven)


def test_a_sender_of_another_domain_needs_its_own_signature() -> None:
    more = "Sender: anna@other.example\n"
    assert isinstance(prove_bytes(mail(f"{MX}; {PASS}", more=more)), Unproven)
    signed = mail(f"{MX}; {PASS}; dkim=pass header.d=other.example", more=more)
    assert prove_bytes(signed) == Proven("anna@other.example", f"dkim=pass other.example by {MX}")


def test_a_message_read_from_other_bytes_proves_nothing() -> None:
    raw = (MAILS / "genuine.eml").read_bytes()
    other = raw.replace(b"\n\nok\n", b"\n\npay at once\n")
    assert isinstance(prove(parse(other), raw, AUTHSERV), Unproven)


def test_a_mail_over_a_limit_proves_nothing() -> None:
    parts = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 1_100
    raw = mail(f"{MX}; {PASS}").replace(b"\n\nok\n", b"\n" + parts)
    assert isinstance(prove_bytes(raw), Unproven)


def test_a_label_of_two_alphabets_is_no_domain() -> None:
    cyrillic_c = "сorp".encode("punycode").decode()
    russian = "фирма".encode("punycode").decode()
    assert strict_domain(f"xn--{cyrillic_c}.example") == ""
    assert strict_domain(f"xn--{russian}.xn--p1ai") == f"xn--{russian}.xn--p1ai"
    assert strict_domain("xn--\u0430.example") == ""
    assert strict_address("a@b.example\n") == ""


# --- laws ----------------------------------------------------------------------------------------

_BITS = st.sampled_from(
    [
        "ivan@corp.example", "boss@corp.example", "evil@attack.example", "<", ">", "(", ")", '"', ",", ";", ":", " ",
        "\\", "=?utf-8?q?", "?=", "\n ", "\t", "@", ".", "Иван", "\x01", "ivan", "corp.example", "\udcff", "[", "]",
    ]
)  # fmt: skip


@given(st.lists(_BITS, max_size=12).map("".join))
@settings(max_examples=400, deadline=None)
def test_whoever_is_proven_is_the_only_address_in_the_from_field(from_: str) -> None:
    raw = mail(f"{MX}; {PASS}", from_=from_)
    proof = prove_bytes(raw)
    assert isinstance(proof, Proven | Unproven)
    if isinstance(proof, Proven):
        third_reader = message_from_bytes(raw, policy=default)["from"]
        assert [each.addr_spec.lower() for each in third_reader.addresses] == [proof.address]
        assert proof.address.endswith("@corp.example")


@given(st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_a_damaged_refusal_never_becomes_a_proof(seed: int) -> None:
    dice = random.Random(seed)
    refusal = "dmarc=fail (p=reject) header.from=corp.example; dkim=pass header.d=attack.example"
    text = bytearray(f"{MX}; {refusal}".encode())
    for _ in range(dice.randint(1, 6)):
        place = dice.randint(0, len(text))
        bit = dice.choice([b"(", b")", b'"', b";", b" ", b"=", b"\\", b"pass", b"\t"])
        text[place : place + dice.randint(0, 3)] = bit
    if b"dmarc=pass" not in text.replace(b" ", b"").replace(b"\t", b""):
        assert isinstance(prove_bytes(mail(text.decode())), Unproven)


@given(st.binary(max_size=600))
@settings(max_examples=150, deadline=None)
def test_any_bytes_get_an_answer(raw: bytes) -> None:
    assert isinstance(prove_bytes(raw, EMBEDDED), Unproven)


@pytest.mark.parametrize("why", UNPROVEN)
def test_every_reason_is_told_in_both_languages_as_a_part_of_a_sentence(why: str) -> None:
    unproven = Unproven(why, "x@evil.example")
    russian, english = unproven.in_("ru"), unproven.in_("en")
    assert russian[0].islower()
    assert english == unproven.reason != russian
    assert not russian.endswith(".")
