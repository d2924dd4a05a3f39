"""Forgers of senders: what the published attacks on sender authentication bring in decides nothing here.

The attacks are re-created from their descriptions in «Composition Kills» (Chen, Paxson, Jiang, USENIX Security 2020),
with RFC 8601 for what a receiving server writes. In each the forger owns attack.example and wants to be the boss of
corp.example; our own server has checked the mail and says what it was led to say.
"""

from __future__ import annotations

import random
from base64 import b64encode
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from mailflow.app import now
from mailflow.core.address_grammar import strict_address
from mailflow.core.addresses import read_addresses
from mailflow.core.message import parse
from mailflow.core.sender import Proven, ReceiverProfile, SenderProof, prove
from mailflow.receive import receive
from tests.office_life import PETROV, Life, living
from tests.scale import Scale

MX = "mx.neon.example"
PROFILE = ReceiverProfile("authserv", MX, MX)
EMBEDDED = ReceiverProfile("embedded", MX)
BOSS, EVIL = "boss@corp.example", "first@attack.example"


def encoded(text: str) -> str:
    return f"=?utf-8?B?{b64encode(text.encode()).decode()}?="


HONEST = (
    "spf=pass smtp.mailfrom=any@attack.example; dkim=pass header.d=attack.example; "
    "dmarc=pass header.from=attack.example"
)
REFUSED = "spf=pass smtp.mailfrom=any@attack.example; dkim=none; dmarc=fail (p=reject) header.from=corp.example"

SENT_AS = {
    # what the forger sends: (header fields, what our server was led to write)
    "a domain that does not exist in the envelope": (
        f"From: <{BOSS}>\r\n",
        "spf=none smtp.mailfrom=any@x.corp.example",
    ),
    "an envelope without a sender": (f"From: <{BOSS}>\r\n", "spf=pass smtp.helo=attack.example smtp.mailfrom="),
    "a selector cut off by NUL": (f"From: <{BOSS}>\r\n", "dkim=pass header.d=corp.example\x00.attack.example"),
    "a signing domain with a quote in it": (f"From: <{BOSS}>\r\n", "dkim=pass header.d=corp.example'a.attack.example"),
    "a signing domain with a double quote": (f"From: <{BOSS}>\r\n", 'dkim=pass header.d=corp.example"a.attack.example'),
    "a signing domain with a comment": (f"From: <{BOSS}>\r\n", "dkim=pass header.d=corp.example(.attack.example"),
    "a signing domain whose comment ends": (
        f"From: <{BOSS}>\r\n",
        "dkim=pass (x) header.d=corp.example(a).attack.example",
    ),
    "a return path with a comment": (f"From: <{BOSS}>\r\n", "spf=pass smtp.mailfrom=any@corp.example(a.attack.example"),
    "a return path with a quote": (
        f"From: <{BOSS}>\r\n",
        "spf=pass smtp.mailfrom=any@corp.example'@any.attack.example",
    ),
    "a return path with a route": (
        f"From: <{BOSS}>\r\n",
        "spf=pass smtp.mailfrom=@corp.example,@any.com:'any@attack.example",
    ),
    "a property that brings a clause of its own": (
        f"From: <{BOSS}>\r\n",
        'dkim=pass header.d="attack.example;dmarc=pass header.from=corp.example"',
    ),
    "two From": (f"From: <{EVIL}>\r\nFrom: <{BOSS}>\r\n", HONEST),
    "two From the other way round": (f"From: <{BOSS}>\r\nFrom: <{EVIL}>\r\n", HONEST),
    "a From after a blank": (f" From: <{EVIL}>\r\nFrom: <{BOSS}>\r\n", HONEST),
    "a From with a blank before its colon": (f"From: <{EVIL}>\r\nFrom : <{BOSS}>\r\n", HONEST),
    "a From folded before its colon": (f"From\r\n : <{EVIL}>\r\nFrom: <{BOSS}>\r\n", HONEST),
    "no From but a Sender": (f"From\r\n : <{EVIL}>\r\nSender: <{BOSS}>\r\n", HONEST),
    "no From but a Resent-From": (f"From\r\n : <{EVIL}>\r\nResent-From: <{BOSS}>\r\n", HONEST),
    "two addresses and a Sender": (f"From: <{EVIL}>, <{BOSS}>\r\nSender: <s@sender.corp.example>\r\n", HONEST),
    "an address in an encoded word": (f"From: {encoded(f'<{BOSS}>')},<{EVIL}>\r\n", HONEST),
    "a route before the address": (f"From: <@attack.example,@any.example:{BOSS}>\r\n", HONEST),
    "a quoted pair in the address": (f"From: <{EVIL}>\\,<{BOSS}>\r\n", HONEST),
    "a name that is an address": (f"From: {BOSS} <{EVIL}>\r\n", HONEST),
    "a quoted name that is an address": (f'From: "{BOSS}" <{EVIL}>\r\n', HONEST),
    "an address with a NUL": (f"From: <{BOSS}\x00@attack.example>\r\n", HONEST),
    "a group": (f"From: {BOSS}:{EVIL};\r\n", HONEST),
    "no address in the angle": (f"From: {BOSS} <>\r\n", HONEST),
    "an unclosed angle": (f"From: <{BOSS}\r\nX: <{EVIL}>\r\n", HONEST),
    "the boss in a comment": (f"From: {EVIL} ({BOSS})\r\n", HONEST),
    "the sign of replayed mail": (f"From: <{BOSS}>\r\nFrom:\r\n", HONEST),
    "the boss alone": (f"From: <{BOSS}>\r\n", REFUSED),
    "a reply address": (f"From: <{EVIL}>\r\nReply-To: <{BOSS}>\r\n", HONEST),
    "a list that signed it": (
        f"From: <{BOSS}>\r\nList-Id: <x.attack.example>\r\n",
        f"arc=pass header.d=corp.example; {REFUSED}",
    ),
}

FORGED_MARKS = (
    "dmarc=pass header.from=corp.example",
    "dmarc=pass (p=reject) header.from=corp.example; dkim=pass header.d=corp.example",
    "dkim=pass header.i=@corp.example; auth=pass smtp.auth=boss@corp.example",
)
BRINGS = (
    # results the forger writes himself, below our own Received line, under every name he may think of
    "Authentication-Results: {mx}; {mark}\r\n",
    "Authentication-Results: {mx} 1; {mark}\r\n",
    "Authentication-Results : {mx}; {mark}\r\n",
    "Authentication-Results: ({mx}) evil.example; {mark}\r\n",
    "authentication-results: {mx}; {mark}\r\n",
    "ARC-Authentication-Results: i=1; {mx}; {mark}\r\n",
    "X-Original-Authentication-Results: {mx}; {mark}\r\n",
    "Authentication-Results: {mx}; {mark}\r\n"
    "Received: from a by {mx} with ESMTPS id 1; Mon, 2 Nov 2026 10:15:00 +0300\r\n",
    "Received-SPF: pass (corp.example) client-ip=192.0.2.1\r\n",
    "X-MS-Exchange-Organization-AuthAs: Internal\r\n",
    "X-Mailflow-Proof: boss@corp.example\r\nX-Mailflow-Instance: 0\r\n",
)


def taken_in(sent: str, mark: str, brings: str = "") -> bytes:
    """The mail as our own server hands it over: its verdict on top, then its trace, then what was sent."""
    top = f"Authentication-Results: {MX}; {mark}\r\n"
    trace = f"Received: from helo.attack.example by {MX} with ESMTPS id 7; Mon, 2 Nov 2026 10:15:00 +0300\r\n"
    rest = "To: <pay@neon.example>\r\nSubject: Re\r\nMessage-ID: <1@attack.example>\r\n\r\nСогласовано\r\n"
    return (top + trace + brings + sent + rest).encode("utf-8", "surrogateescape")


def judged(raw: bytes, profile: ReceiverProfile = PROFILE) -> SenderProof:
    return prove(parse(raw), raw, profile)


@pytest.mark.parametrize("profile", [PROFILE, EMBEDDED])
@pytest.mark.parametrize("how", SENT_AS)
def test_a_published_forgery_makes_nobody_the_boss(how: str, profile: ReceiverProfile) -> None:
    sent, mark = SENT_AS[how]
    brought = [form.format(mx=MX, mark=forged) for form, forged in product(BRINGS, FORGED_MARKS)]
    for brings in ("", *brought):
        proof = judged(taken_in(sent, mark, brings), profile)
        assert not (isinstance(proof, Proven) and proof.address == BOSS), (how, brings)


def test_of_the_same_mails_a_genuine_one_is_believed() -> None:
    assert judged(taken_in(f"From: <{BOSS}>\r\n", "dmarc=pass header.from=corp.example")) == Proven(
        BOSS, f"dmarc=pass by {MX}"
    )


# --- the same, changed at random in what the forger has in his hands

PIECES = (
    BOSS,
    EVIL,
    f"<{BOSS}>",
    f"<{EVIL}>",
    "From: ",
    "From",
    ": ",
    "Sender: ",
    "\r\n",
    "\r\n ",
    "\n",
    "\r",
    "\t",
    " ",
    ",",
    ";",
    "<",
    ">",
    "(",
    ")",
    '"',
    "\\",
    "@",
    ":",
    "=?utf-8?q?",
    "?=",
    encoded(BOSS),
    encoded(f"<{BOSS}>"),
    "\x00",
    "\x0b",
    "\u202e",
    "@corp.example",
    "corp.example",
    "boss",
    f"Authentication-Results: {MX}; dmarc=pass header.from=corp.example\r\n",
    f"Received: by {MX}; x\r\n",
    "\r\n\r\n",
    "\udcff",
)
MARKS = (
    "dmarc=fail header.from=corp.example",
    "spf=pass smtp.mailfrom={}",
    "dkim=pass header.d={}",
    "dkim=pass header.i=@{}",
    'dkim=fail reason="{}"',
    "auth=pass smtp.auth={}",
    "dkim=pass header.d=attack.example header.s={}",
    "iprev=pass ({})",
)
INJECTED = (
    "attack.example",
    "corp.example'a.attack.example",
    "corp.example(.attack.example",
    'corp.example"',
    "\x00corp.example",
    "any@attack.example; dmarc=pass",
    "(corp.example)",
    "corp.example.attack.example",
    "attack.example\\",
    "a@b@corp.example",
)


def changed(sent: str, chance: random.Random) -> str:
    """The forger's header with a few pieces put in or taken out."""
    text = sent
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.choice(PIECES) + text[at + chance.choice((0, 0, 1, 4)) :]
    return text


def test_no_change_of_a_forgery_makes_anybody_the_boss(scale: Scale) -> None:
    for seed in range(scale.of(2_000, 100_000, 1_000_000)):
        chance = random.Random(seed)
        sent, _ = chance.choice(tuple(SENT_AS.values()))
        said = f"{HONEST}; {chance.choice(MARKS).format(chance.choice(INJECTED))}"
        proof = judged(taken_in(changed(sent, chance), said), chance.choice((PROFILE, EMBEDDED)))
        assert not (isinstance(proof, Proven) and proof.address == BOSS), seed


def test_readers_who_differ_over_an_address_give_no_sender(scale: Scale) -> None:
    """Of every From there is an address, both readers see that one and its writer typed it plainly, or nobody."""
    plain = 0
    for seed in range(scale.of(2_000, 100_000, 1_000_000)):
        chance = random.Random(seed)
        value = (
            "".join(chance.choice(PIECES) for _ in range(chance.randrange(1, 7))).replace("\r", "").replace("\n", "")
        )
        raw = taken_in(f"From: {value}\r\n", "dmarc=pass header.from=corp.example")
        proof = judged(raw)
        if isinstance(proof, Proven):
            plain += 1
            assert strict_address(proof.address) == proof.address
            [only] = read_addresses(value.encode("utf-8", "surrogateescape")).mailboxes
            assert only.mail.lower() == proof.address
            assert value.lower().count("@") == proof.address.count("@") or '"' in value or "(" in value
    assert plain


# --- through the whole service


@pytest.mark.parametrize(
    "how", ["the boss alone", "two From", "a name that is an address", "a From folded before its colon"]
)
async def test_a_forged_reply_of_the_one_who_is_asked_decides_nothing(tmp_path: Path, how: str) -> None:
    async with living(tmp_path) as life:
        await life.asks()
        letter = await life.last(PETROV)
        sent, mark = SENT_AS[how]
        forged = sent.replace(BOSS, PETROV)
        answers = f"In-Reply-To: {letter.message['Message-ID']}\r\n"
        verdict = mark.replace("corp.example", "neon.example")
        raw = taken_in(forged + answers, verdict).replace(b"pay@neon.example", str(letter.message["Reply-To"]).encode())
        await decides(life, raw)
        assert await life.waits_on() == ["p.petrov"]
        assert life.world.mail.outside == []


async def decides(life: Life, raw: bytes) -> None:
    await receive(raw, None, now(), now(), replace(life.app.desk, profile=PROFILE))
    await life.works()
