"""What `mailflow check` asks about our own domain: would the letters we send be taken for forged.

Owns: the order of the questions. Refuses to know: what the answers mean (`core.domain_records`), the name service.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType

from mailflow.config import Settings
from mailflow.core.domain_records import USUAL_SELECTORS, dkim, dmarc, is_reserved, key_name, policy_names, spf
from mailflow.core.verdict import Unsure, Verdict
from mailflow.edges.name_service import NoAnswer, Texts

_NOBODY: Mapping[str, str] = MappingProxyType({})


async def ours(settings: Settings, texts: Texts) -> AsyncIterator[Verdict]:
    """Look up what the domain of our address says, with the key we sign with if we do."""
    signer = settings.signer()
    signs = {signer.selector: signer.published} if signer is not None else {}
    async for verdict in own_domain(settings.domain, texts, signs):
        yield verdict


async def own_domain(domain: str, texts: Texts, signs: Mapping[str, str] = _NOBODY) -> AsyncIterator[Verdict]:
    """Look SPF, DMARC and DKIM up; `signs` are the keys we sign with by selector, else the usual ones are asked for."""
    if is_reserved(domain):
        yield Unsure(f"SPF, DKIM and DMARC of {domain} were not looked up", "the name is one for examples")
        return
    asked = tuple(signs) or USUAL_SELECTORS
    names = [domain, *policy_names(domain), *(key_name(each, domain) for each in asked)]
    try:
        answers = await asyncio.gather(*map(texts, names))
    except NoAnswer as none:
        yield Unsure(f"SPF, DKIM and DMARC of {domain} are not known", f"{none}; check again when it does")
        return
    found = dict(zip(names, answers, strict=True))
    yield spf(domain, found[domain])
    yield dmarc(domain, found)
    for verdict in dkim(domain, {each: found[key_name(each, domain)] for each in asked}, signs):
        yield verdict
