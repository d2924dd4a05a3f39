"""What a domain says about mail in its name: SPF, DKIM and DMARC, judged for the letters we send.

Owns: which names are asked for, and what their records mean. Refuses to know: how a name is looked up.
Rules: RFC 7208 (one SPF record, ten look-ups), RFC 6376 section 3.6.1, RFC 7489 section 6.6.3, RFC 6761 (names that
are never looked up). What may go wrong: a DKIM key under a name nobody told us; so none found is no mistake.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence

from mailflow.core.verdict import Bad, Good, Unsure, Verdict

RESERVED = frozenset(("example", "invalid", "localhost", "test", "local"))
USUAL_SELECTORS = ("mail", "mailru", "google", "selector1", "selector2", "default", "dkim", "s1", "s2", "k1")
"""Names under which the large providers and the usual software publish their keys."""
_LOOK_UPS = ("include:", "a", "mx", "ptr", "exists:", "redirect=")
_MOST_LOOK_UPS = 10
_SHORTEST_RSA, _GOOD_RSA = 160, 290
"""Bytes of a published RSA key of 1024 and of 2048 bits."""
_ASK = "ask your mail provider for it and publish it as a TXT record of"


def is_reserved(domain: str) -> bool:
    """Tell whether the name is one of those kept for examples and for this machine alone."""
    return domain.rpartition(".")[2].lower() in RESERVED


def policy_names(domain: str) -> list[str]:
    """Give where the DMARC policy of a domain may stand, its own first, then that of each domain above it."""
    labels = domain.split(".")
    return [f"_dmarc.{'.'.join(labels[n:])}" for n in range(max(len(labels) - 1, 1))]


def key_name(selector: str, domain: str) -> str:
    """Give where a DKIM key stands."""
    return f"{selector}._domainkey.{domain}"


def spf(domain: str, texts: Sequence[str]) -> Verdict:
    """Judge the TXT records of a domain by its SPF record."""
    found = [text for text in texts if text.lower().split(" ")[0] == "v=spf1"]
    if not found:
        return Unsure(f"SPF of {domain}: there is none", f"our letters may land in spam: {_ASK} {domain}")
    if len(found) > 1:
        return Bad(f"SPF of {domain}: there are {len(found)} records, so none counts", "join them into one")
    terms = found[0].lower().split()[1:]
    if {"+all", "all"} & set(terms):
        return Bad(f"SPF of {domain}: it lets everybody send in its name", "end it with ~all or -all")
    asked = sum(_looks_up(term) for term in terms)
    if asked > _MOST_LOOK_UPS:
        return Bad(f"SPF of {domain}: it asks for {asked} look-ups, ten are allowed", "take out what sends no more")
    if not any(term in ("~all", "-all") or term.startswith("redirect=") for term in terms):
        return Unsure(f"SPF of {domain}: it forbids nobody", "end it with ~all, then -all, once every sender is named")
    return Good(f"SPF of {domain}: {found[0][:200]}")


def _looks_up(term: str) -> bool:
    bare = term.lstrip("+-~?")
    return any(
        bare.startswith(one) if one[-1] in ":=" else bare.split(":")[0].split("/")[0] == one for one in _LOOK_UPS
    )


def dmarc(domain: str, found: Mapping[str, Sequence[str]]) -> Verdict:
    """Judge the DMARC policy: the records of the first of `policy_names` that has one."""
    for name in policy_names(domain):
        policies = [text for text in found.get(name, ()) if text.lower().replace(" ", "").startswith("v=dmarc1")]
        if len(policies) > 1:
            return Bad(f"DMARC at {name}: there are {len(policies)} records, so none counts", "leave one")
        if policies:
            return _policy(name, _tags(policies[0]), own=name == f"_dmarc.{domain}")
    return Unsure(
        f"DMARC of {domain}: there is none",
        f"anybody may write in your colleagues' names: publish v=DMARC1; p=none; rua=... at _dmarc.{domain}",
    )


def _policy(name: str, tags: Mapping[str, str], own: bool) -> Verdict:
    says = (tags.get("p", "") if own else tags.get("sp") or tags.get("p", "")).lower()
    if says in ("reject", "quarantine"):
        return Good(f"DMARC at {name}: {says}")
    if says == "none":
        return Unsure(
            f"DMARC at {name}: p=none", "mail forged in your name is delivered: make it quarantine, then reject"
        )
    return Bad(f"DMARC at {name}: it has no policy", "write p=none, p=quarantine or p=reject into it")


def dkim(domain: str, found: Mapping[str, Sequence[str]], signs: Mapping[str, str]) -> list[Verdict]:
    """Judge the DKIM keys by selector; `found` holds the records of every one asked for, `signs` our own keys."""
    if signs:
        return [_ours(key_name(each, domain), key, "".join(found[each])) for each, key in signs.items()]
    keys = {selector: _tags("".join(texts)) for selector, texts in found.items() if texts}
    judged = [_key(key_name(selector, domain), tags) for selector, tags in keys.items() if "p" in tags]
    if judged:
        return judged
    names = ", ".join(found)
    return [
        Unsure(
            f"DKIM of {domain}: no key under the usual names ({names})",
            "let your mail provider sign for your domain; if it does already, compare the name in a letter's source",
        )
    ]


def _ours(name: str, key: str, record: str) -> Verdict:
    """Judge the record of a key we sign with: without it every letter of ours has a signature that fails."""
    cure = f"publish this TXT record there: v=DKIM1; k=rsa; p={key}"
    tags = _tags(record)
    if "p" not in tags:
        return Bad(f"DKIM key {name}: letters are signed with it, and it is not published", cure)
    if tags["p"].replace(" ", "") != key:
        return Bad(f"DKIM key {name}: another key is published than letters are signed with", cure)
    return _key(name, tags)


def _key(name: str, tags: Mapping[str, str]) -> Verdict:
    try:
        key = base64.b64decode(tags["p"].replace(" ", ""), validate=True)
    except (binascii.Error, ValueError):
        return Bad(f"DKIM key {name}: it cannot be read", "publish it again as the provider gave it, in one record")
    if not key:
        return Unsure(f"DKIM key {name}: it is revoked (p= is empty)", "nothing signed with it counts")
    if tags.get("k", "rsa").lower() == "ed25519":
        return Good(f"DKIM key {name}: Ed25519")
    if len(key) < _SHORTEST_RSA:
        return Bad(f"DKIM key {name}: shorter than 1024 bits, which nobody accepts", "make one of 2048 bits")
    if len(key) < _GOOD_RSA:
        return Unsure(f"DKIM key {name}: 1024 bits", "it is accepted today; make one of 2048 bits")
    return Good(f"DKIM key {name}: RSA of 2048 bits or more")


def _tags(record: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in record.split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}
