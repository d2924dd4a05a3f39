"""`mailflow check` says of our own domain whether letters in its name would be believed, and what to publish."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import pytest

from mailflow.core.verdict import Bad, Good, Unsure, Verdict
from mailflow.domain_checks import own_domain
from mailflow.edges import name_service
from mailflow.edges.name_service import NoAnswer


def key(size: int) -> str:
    return base64.b64encode(b"k" * size).decode()


WELL: Mapping[str, tuple[str, ...]] = {
    "docs.neon.ru": ("v=spf1 redirect=_spf.yandex.net", "yandex-verification: 1"),
    "_dmarc.neon.ru": ("v=DMARC1; p=none; sp=reject",),
    "mail._domainkey.docs.neon.ru": (f"v=DKIM1; k=rsa; p={key(294)}",),
}


async def told(records: Mapping[str, tuple[str, ...]], domain: str = "docs.neon.ru") -> list[Verdict]:
    async def texts(name: str) -> tuple[str, ...]:
        return records.get(name, ())

    return [verdict async for verdict in own_domain(domain, texts)]


async def test_a_domain_in_order_is_good_thrice_by_the_policy_of_the_domain_above() -> None:
    assert await told(WELL) == [
        Good("SPF of docs.neon.ru: v=spf1 redirect=_spf.yandex.net"),
        Good("DMARC at _dmarc.neon.ru: reject"),
        Good("DKIM key mail._domainkey.docs.neon.ru: RSA of 2048 bits or more"),
    ]


async def test_a_domain_that_says_nothing_is_told_what_to_publish() -> None:
    verdicts = await told({})
    assert [type(verdict) for verdict in verdicts] == [Unsure, Unsure, Unsure]
    said = " ".join(f"{verdict.what} {verdict.why}" for verdict in verdicts if isinstance(verdict, Unsure))
    assert "TXT record of docs.neon.ru" in said
    assert "v=DMARC1; p=none; rua=... at _dmarc.docs.neon.ru" in said
    assert "no key under the usual names (mail, mailru, google" in said


@pytest.mark.parametrize(
    ("record", "kind", "what"),
    [
        (("v=spf1 a -all", "v=spf1 mx -all"), Bad, "2 records"),
        (("v=spf1 +all",), Bad, "everybody"),
        (("v=spf1 mx all",), Bad, "everybody"),
        (("v=spf1 " + " ".join(f"include:s{n}.ru" for n in range(11)) + " -all",), Bad, "11 look-ups"),
        (("v=spf1 a mx/24 a:x.ru ip4:10.0.0.1 exists:%{i}.ru ?all",), Unsure, "forbids nobody"),
        (("v=spf1 include:_spf.google.com ~all",), Good, "include:_spf.google.com"),
        (("v=spf10 -all", "v=spf1-all"), Unsure, "there is none"),
    ],
)
async def test_an_spf_record_is_judged_by_what_it_lets_through(record: tuple[str, ...], kind: type, what: str) -> None:
    verdict = (await told({**WELL, "docs.neon.ru": record}))[0]
    assert isinstance(verdict, kind)
    assert what in verdict.what


@pytest.mark.parametrize(
    ("records", "kind", "what"),
    [
        ({"_dmarc.docs.neon.ru": ("v=DMARC1; p=quarantine; sp=none",)}, Good, "_dmarc.docs.neon.ru: quarantine"),
        ({"_dmarc.docs.neon.ru": ("v=DMARC1;p=none",)}, Unsure, "p=none"),
        ({"_dmarc.docs.neon.ru": ("v=DMARC1; p=reject", "v=DMARC1; p=none")}, Bad, "2 records"),
        ({"_dmarc.docs.neon.ru": ("v=DMARC1; rua=mailto:a@neon.ru",)}, Bad, "no policy"),
        ({"_dmarc.docs.neon.ru": ("anything else",)}, Good, "_dmarc.neon.ru: reject"),
    ],
)
async def test_the_nearest_dmarc_policy_counts(records: Mapping[str, tuple[str, ...]], kind: type, what: str) -> None:
    verdict = (await told({**WELL, **records}))[1]
    assert isinstance(verdict, kind)
    assert what in verdict.what


@pytest.mark.parametrize(
    ("record", "kind", "what"),
    [
        (f"k=rsa; p={key(162)}", Unsure, "1024 bits"),
        (f"k=rsa; p={key(90)}", Bad, "shorter"),
        (f"k=ed25519; p={key(32)}", Good, "Ed25519"),
        ("v=DKIM1; p=", Unsure, "revoked"),
        ("v=DKIM1; p=!!!", Bad, "cannot be read"),
    ],
)
async def test_a_dkim_key_is_judged_by_its_kind_and_length(record: str, kind: type, what: str) -> None:
    verdict = (await told({**WELL, "mail._domainkey.docs.neon.ru": (record,)}))[2]
    assert isinstance(verdict, kind)
    assert what in verdict.what


async def test_the_key_letters_are_signed_with_has_to_be_the_published_one() -> None:
    async def judged(record: tuple[str, ...]) -> Verdict:
        async def texts(name: str) -> tuple[str, ...]:
            return record if name == "m2026._domainkey.docs.neon.ru" else ()

        return [each async for each in own_domain("docs.neon.ru", texts, {"m2026": key(294)})][2]

    for record, what in (((), "is not published"), ((f"v=DKIM1; p={key(290)}",), "another key")):
        verdict = await judged(record)
        assert isinstance(verdict, Bad)
        assert what in verdict.what
        assert f"v=DKIM1; k=rsa; p={key(294)}" in verdict.cure
    assert isinstance(await judged((f"v=DKIM1; k=rsa; p={key(294)[:200]} {key(294)[200:]}",)), Good)


async def test_without_a_name_service_it_is_said_plainly_and_nothing_is_called_wrong() -> None:
    async def silent(name: str) -> tuple[str, ...]:
        raise NoAnswer(f"{name}: the name service gives no answer")

    [verdict] = [each async for each in own_domain("docs.neon.ru", silent)]
    assert isinstance(verdict, Unsure)
    assert "are not known" in verdict.what


async def test_a_name_for_examples_is_asked_of_nobody() -> None:
    async def never(name: str) -> tuple[str, ...]:
        raise AssertionError(name)

    for domain in ("neon.example", "docs.test", "localhost"):
        [verdict] = [each async for each in own_domain(domain, never)]
        assert isinstance(verdict, Unsure)


async def test_a_name_service_that_is_not_there_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    import dns.asyncresolver

    nobody = dns.asyncresolver.Resolver(configure=False)
    nobody.nameservers, nobody.port = ["127.0.0.1"], 9
    monkeypatch.setattr(dns.asyncresolver, "default_resolver", nobody)
    monkeypatch.setattr(name_service, "SECONDS", 0.3)
    with pytest.raises(NoAnswer, match=r"docs\.neon\.ru"):
        await name_service.texts("docs.neon.ru")
