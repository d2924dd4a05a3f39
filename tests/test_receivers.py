"""Each kind of mail server marks mail in its own way: the genuine is believed, whatever else is written is not.

The forms are the servers' own, the names and addresses invented.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from mailflow.core.headers import scan
from mailflow.core.message import parse
from mailflow.core.receiver import ReceiverProfile
from mailflow.core.receiver_guess import Guess, guess
from mailflow.core.sender import Proven, SenderProof, Unproven, prove

OLGA = "olga@neon.example"
OURS = "neon.example"
FRONT = "mail-nwsmtp-mxfront-production-main-17.iva.yp-c.yandex.net"
SUBMIT = "mail-nwsmtp-smtp-production-main-51.vla.yp-c.yandex.net"
POSTFIX = "mx.neon.example"

YANDEX_INSIDE = f"""\
Received: from postback16b.mail.yandex.net (postback16b.mail.yandex.net [2a02:6b8:c02:900:1:45:d181:da16])
\tby k6o5hfpbdoiwr2lr.sas.yp-c.yandex.net (notsolitesrv) with LMTPS id 5g30mYc06JQv-Gf
\tfor <docs@neon.example>; Fri, 13 Nov 2026 10:40:29 +0300
Received: by {SUBMIT} (smtp) with ESMTPSA id MDar9oMUjGk0-AVx;
\tFri, 13 Nov 2026 10:40:28 +0300
X-Yandex-Fwd: 1
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=neon.example; s=mail; t=1794555628; bh=x=; h=From; b=y=
Authentication-Results: {SUBMIT}; dkim=pass header.i=@neon.example
"""
YANDEX_OUTSIDE = f"""\
Received: from postback16b.mail.yandex.net (postback16b.mail.yandex.net [2a02:6b8:c02:900:1:45:d181:da16])
\tby k6o5hfpbdoiwr2lr.sas.yp-c.yandex.net (notsolitesrv) with LMTPS id 5g30mYc06JQv-Gf
\tfor <docs@neon.example>; Fri, 13 Nov 2026 10:40:29 +0300
Received: from {FRONT} ({FRONT} [IPv6:2a02:6b8:c0c:1e06:0:640:ef89:0])
\tby postback16b.mail.yandex.net (Yandex) with ESMTPS id 2AE69C0156
\tfor <docs@neon.example>; Fri, 13 Nov 2026 10:40:29 +0300 (MSK)
Received: from out.neon.example (out.neon.example [192.0.2.7])
\tby {FRONT} (mxfront) with ESMTPS id SekYBG2Lk0U0-3EO;
\tFri, 13 Nov 2026 10:40:28 +0300
X-Yandex-Fwd: 1
Authentication-Results: {FRONT}; spf=pass ({FRONT}: domain of neon.example designates 192.0.2.7 as permitted
 sender, rule=[ip4:192.0.2.0/24]) smtp.mail=olga@neon.example; dkim=pass header.i=@neon.example
X-Yandex-Spam: 1
"""
MAILRU = """\
Delivered-To: docs@neon.example
Return-path: <olga@neon.example>
Authentication-Results: mxs.mail.ru; spf=pass (mx289.i.mail.ru: domain of neon.example designates 192.0.2.7 as
 permitted sender) smtp.mailfrom=olga@neon.example smtp.helo=out.neon.example;
\t dkim=pass header.d=neon.example; dmarc=pass header.from=olga@neon.example
Received-SPF: pass (mx289.i.mail.ru: domain of neon.example designates 192.0.2.7 as permitted sender)
Received: from out.neon.example ([192.0.2.7]:33312) by mx289.i.mail.ru with esmtp (envelope-from
 <olga@neon.example>) id 1u7LL7; Fri, 13 Nov 2026 10:40:28 +0300
"""
GOOGLE = """\
Delivered-To: docs@neon.example
Received: by 2002:ac9:2964:0:0:0:0:0 with SMTP id m91csp4255192ocm; Thu, 12 Nov 2026 23:40:29 -0800 (PST)
X-Received: by 2002:a63:36cd:: with SMTP id d196mr2966174pga.280.1583221845340; Thu, 12 Nov 2026 23:40:28 -0800
ARC-Authentication-Results: i=1; mx.google.com; dkim=pass header.i=@neon.example
Return-Path: <olga@neon.example>
Received: from mail-sor-f41.google.com (mail-sor-f41.google.com. [192.0.2.41]) by mx.google.com with SMTPS id
 v2sor1; Thu, 12 Nov 2026 23:40:28 -0800 (PST)
Received-SPF: pass (google.com: domain of olga@neon.example designates 192.0.2.41 as permitted sender)
Authentication-Results: mx.google.com; dkim=pass header.i=@neon.example header.s=google header.b="aB/c+d==";
 spf=pass (google.com: domain of olga@neon.example designates 192.0.2.41 as permitted sender)
 smtp.mailfrom=olga@neon.example; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=neon.example
"""
MICROSOFT_OUTSIDE = """\
Received: from AM6P1.eurprd1.prod.outlook.com (2603:10a6::1) by DB9P1.eurprd1.prod.outlook.com with HTTPS; Fri, 13 Nov
 2026 07:40:29 +0000
Received: from DB5FT1.eop-eur05.prod.protection.outlook.com (2603:10a6::2) by DB6P1.outlook.office365.com
 (2603:10a6::3) with Microsoft SMTP Server (version=TLS1_2) id 15.20.1; Fri, 13 Nov 2026 07:40:29 +0000
Authentication-Results: spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=neon.example; dkim=pass (signature was
 verified) header.d=neon.example;dmarc=pass action=none header.from=neon.example;compauth=pass reason=100
Received-SPF: Pass (protection.outlook.com: domain of neon.example designates 192.0.2.7 as permitted sender)
Received: from out.neon.example (192.0.2.7) by DB5FT1.mail.protection.outlook.com (10.233.1.1) with Microsoft SMTP
 Server (version=TLS1_3) id 15.20.1 via Frontend Transport; Fri, 13 Nov 2026 07:40:28 +0000
X-MS-Exchange-Organization-AuthSource: DB5FT1.eop-eur05.prod.protection.outlook.com
X-MS-Exchange-Organization-AuthAs: Anonymous
"""
MICROSOFT_INSIDE = """\
Received: from PR3P1.eurprd1.prod.outlook.com (2603:10a6::1) by DB9P1.eurprd1.prod.outlook.com with HTTPS; Fri, 13 Nov
 2026 07:40:29 +0000
Received: from PR3P1.eurprd1.prod.outlook.com ([fe80::1]) by PR3P1.eurprd1.prod.outlook.com ([fe80::1%4]) with mapi id
 15.20.1; Fri, 13 Nov 2026 07:40:28 +0000
X-MS-Exchange-Organization-AuthAs: Internal
X-MS-Exchange-Organization-AuthMechanism: 04
X-MS-Exchange-Organization-AuthSource: PR3P1.eurprd1.prod.outlook.com
Authentication-Results: dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=neon.example;
"""
EXCHANGE_INSIDE = """\
Received: from EX01.neon.example ([fe80::1]) by EX01.neon.example ([fe80::1%12]) with mapi id 15.01.2375.028; Fri, 13
 Nov 2026 10:40:28 +0300
X-MS-Exchange-Organization-AuthSource: EX01.neon.example
X-MS-Exchange-Organization-AuthAs: Internal
X-MS-Exchange-Organization-AuthMechanism: 04
"""
POSTFIX_INSIDE = f"""\
Received: from {POSTFIX}
\tby {POSTFIX} with LMTP id oE2XK (envelope-from <olga@neon.example>)
\tfor <docs@neon.example>; Fri, 13 Nov 2026 10:40:28 +0300
Received: from [10.0.0.5] (unknown [10.0.0.5])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\t(Authenticated sender: olga@neon.example)
\tby {POSTFIX} (Postfix) with ESMTPSA id 88BC51A2
\tfor <docs@neon.example>; Fri, 13 Nov 2026 10:40:28 +0300
"""

YANDEX = ReceiverProfile("yandex", domain=OURS)
VK = ReceiverProfile("mailru", domain=OURS)
WORKSPACE = ReceiverProfile("google", domain=OURS)
M365 = ReceiverProfile("microsoft365", domain=OURS)
EXCHANGE = ReceiverProfile("exchange", domain=OURS)
OWN = ReceiverProfile("authserv", "", POSTFIX, OURS)


@dataclass(frozen=True, slots=True)
class Genuine:
    """What a server writes into a genuine mail, and how the proof is told."""

    profile: ReceiverProfile
    marks: str
    by: str


GENUINE = {
    "yandex, from inside": Genuine(YANDEX, YANDEX_INSIDE, "dkim=pass neon.example by Yandex"),
    "yandex, from outside": Genuine(YANDEX, YANDEX_OUTSIDE, "dkim=pass neon.example by Yandex"),
    "mail.ru": Genuine(VK, MAILRU, "dmarc=pass by Mail.ru"),
    "google": Genuine(WORKSPACE, GOOGLE, "dmarc=pass by Google"),
    "microsoft 365, from outside": Genuine(M365, MICROSOFT_OUTSIDE, "dmarc=pass by Microsoft 365"),
    "microsoft 365, from inside": Genuine(M365, MICROSOFT_INSIDE, "from inside by Microsoft 365"),
    "exchange, from inside": Genuine(EXCHANGE, EXCHANGE_INSIDE, "from inside by Exchange"),
    "postfix, handed in": Genuine(OWN, POSTFIX_INSIDE, f"handed in by {POSTFIX}"),
}


def mail(marks: str, from_: str = OLGA, more: str = "") -> bytes:
    """Write a mail as the server hands it on: its own lines, then what came."""
    rest = f"{more}From: Olga <{from_}>\nTo: docs@neon.example\nSubject: Re\nMessage-ID: <1@neon.example>\n\nok\n"
    return (marks + rest).encode()


def proof(raw: bytes, profile: ReceiverProfile) -> SenderProof:
    return prove(parse(raw), raw, profile)


@pytest.mark.parametrize("kind", GENUINE)
def test_a_genuine_mail_is_its_writers(kind: str) -> None:
    genuine = GENUINE[kind]
    assert proof(mail(genuine.marks), genuine.profile) == Proven(OLGA, genuine.by)


@pytest.mark.parametrize("kind", GENUINE)
def test_a_genuine_mark_says_nothing_of_another_writer(kind: str) -> None:
    genuine = GENUINE[kind]
    for other in ("boss@corp.example", "olga@other.example"):
        assert isinstance(proof(mail(genuine.marks, from_=other), genuine.profile), Unproven)


@pytest.mark.parametrize("kind", GENUINE)
@pytest.mark.parametrize("theirs", GENUINE)
def test_a_mark_that_came_with_the_mail_proves_nothing(kind: str, theirs: str) -> None:
    """Every genuine mark, written by the sender below what each server says of a mail it does not vouch for."""
    refused = _refused(kind)
    assert isinstance(proof(mail(refused), GENUINE[kind].profile), Unproven)
    assert isinstance(proof(mail(refused, more=_as_sent_from_outside(GENUINE[theirs].marks)), _of(kind)), Unproven)


@pytest.mark.parametrize("kind", GENUINE)
def test_the_marks_of_one_kind_of_server_are_nothing_to_another(kind: str) -> None:
    for other, genuine in GENUINE.items():
        if _of(kind).kind != genuine.profile.kind and {kind, other} != {
            "microsoft 365, from inside",
            "exchange, from inside",
        }:
            assert isinstance(proof(mail(genuine.marks), _of(kind)), Unproven)


def test_a_mail_from_inside_is_believed_for_addresses_of_our_own_domain_alone() -> None:
    for profile, marks in ((M365, MICROSOFT_INSIDE), (EXCHANGE, EXCHANGE_INSIDE)):
        assert isinstance(proof(mail(marks, from_="olga@partner.example"), profile), Unproven)
        twice = marks + "X-MS-Exchange-Organization-AuthAs: Internal\n"
        assert isinstance(proof(mail(twice), profile), Unproven)
        assert isinstance(proof(mail(marks.replace("Internal", "Anonymous")), profile), Unproven)


@pytest.mark.parametrize(
    ("kind", "genuine", "like_it"),
    [
        ("yandex, from inside", "yandex.net", "evilyandex.net"),
        ("yandex, from outside", "yandex.net", "yandex.net.evil.example"),
        ("google", "by mx.google.com", "by evilmx.google.com"),
        ("google", "by mx.google.com", "by mx.google.com.evil.example"),
        ("microsoft 365, from outside", "mail.protection.outlook.com", "evilmail.protection.outlook.com"),
        ("microsoft 365, from inside", "prod.outlook.com", "prod.eviloutlook.com"),
        ("postfix, handed in", f"by {POSTFIX}", f"by evil{POSTFIX}"),
    ],
)
def test_a_machine_that_is_called_almost_like_the_servers_is_not_the_servers(
    kind: str, genuine: str, like_it: str
) -> None:
    assert genuine in GENUINE[kind].marks
    assert isinstance(proof(mail(GENUINE[kind].marks.replace(genuine, like_it)), _of(kind)), Unproven)


def test_microsofts_doubt_outweighs_a_signature() -> None:
    doubted = MICROSOFT_OUTSIDE.replace("compauth=pass reason=100", "compauth=fail reason=601")
    assert isinstance(proof(mail(doubted), M365), Unproven)


def test_yandex_says_nothing_of_a_domain_that_does_not_sign() -> None:
    unsigned = YANDEX_INSIDE.replace("dkim=pass header.i=@neon.example", "dkim=pass")
    assert isinstance(proof(mail(unsigned), YANDEX), Unproven)


@pytest.mark.parametrize(
    ("genuine", "forged"),
    [
        ("Authenticated sender: olga@neon.example", "Authenticated sender: boss@neon.example"),
        ("Authenticated sender: olga@neon.example", "Authenticated sender: olga"),
        ("(Authenticated sender: olga@neon.example)", "((Authenticated sender: olga@neon.example))"),
        ("with ESMTPSA", "with ESMTPS"),
        (f"by {POSTFIX} (Postfix)", "by mx.evil.example (Postfix)"),
        ("with LMTP id", "with ESMTP id"),
    ],
)
def test_only_whoever_logged_in_to_our_own_server_handed_the_mail_in(genuine: str, forged: str) -> None:
    assert genuine in POSTFIX_INSIDE
    assert isinstance(proof(mail(POSTFIX_INSIDE.replace(genuine, forged)), OWN), Unproven)


def test_a_filter_on_the_machine_hands_the_mail_on_and_a_stranger_who_calls_himself_local_does_not() -> None:
    local = f"Received: from localhost (localhost [127.0.0.1])\n\tby {POSTFIX} (Postfix) with ESMTP id 1; x\n"
    stranger = f"Received: from [127.0.0.1] (evil.example [192.0.2.66])\n\tby {POSTFIX} (Postfix) with ESMTP id 1; x\n"
    assert isinstance(proof(mail(local + POSTFIX_INSIDE), OWN), Proven)
    assert isinstance(proof(mail(stranger + POSTFIX_INSIDE), OWN), Unproven)


@pytest.mark.parametrize("kind", [kind for kind, genuine in GENUINE.items() if genuine.profile is not OWN])
def test_the_kind_is_seen_from_the_mails_in_the_box(kind: str) -> None:
    """A server that marks nothing but its Received line is named by a person."""
    genuine = GENUINE[kind]
    found = guess([scan(mail(genuine.marks))] * 3)
    assert isinstance(found, Guess)
    assert (found.profile.kind, found.fits, found.seen) == (genuine.profile.kind, 3, 3)


def _of(kind: str) -> ReceiverProfile:
    return GENUINE[kind].profile


def _refused(kind: str) -> str:
    """What the same server writes into a mail of a stranger who names Olga as its writer."""
    marks = GENUINE[kind].marks
    for says, says_not in (
        ("dkim=pass header.i=@neon.example", "dkim=pass header.i=@evil.example"),
        ("dkim=pass header.d=neon.example", "dkim=pass header.d=evil.example"),
        ("header.d=neon.example", "header.d=evil.example"),
        ("dmarc=pass", "dmarc=none"),
        ("AuthAs: Internal", "AuthAs: Anonymous"),
        ("\t(Authenticated sender: olga@neon.example)\n", ""),
        ("with ESMTPSA", "with ESMTPS"),
    ):
        marks = marks.replace(says, says_not)
    return marks


def _as_sent_from_outside(marks: str) -> str:
    """Give what a stranger can write of it: Exchange takes its own fields out of what comes from outside."""
    lines = marks.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("X-MS-Exchange-Organization-"))
