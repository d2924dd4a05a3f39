"""What `mailflow check` asks about our own domain: would the letters we send be taken for forged.

Owns: the order of the questions. Refuses to know: what the answers mean (`core.domain_records`), the name service.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from mailflow.core.domain_records import USUAL_SELECTORS, dkim, dmarc, is_reserved, key_name, policy_names, spf
from mailflow.core.verdict import Unsure, Verdict
from mailflow.edges.name_service import NoAnswer, Texts


async def own_domain(domain: str, texts: Texts, selectors: Sequence[str] = ()) -> AsyncIterator[Verdict]:
    """Look SPF, DMARC and DKIM up; `selectors` are those we sign with, else the usual ones are asked for."""
    if is_reserved(domain):
        yield Unsure(f"SPF, DKIM and DMARC of {domain} were not looked up", "the name is one for examples")
        return
    asked = tuple(selectors) or USUAL_SELECTORS
    names = [domain, *policy_names(domain), *(key_name(each, domain) for each in asked)]
    try:
        answers = await asyncio.gather(*map(texts, names))
    except NoAnswer as none:
        yield Unsure(f"SPF, DKIM and DMARC of {domain} are not known", f"{none}; check again when it does")
        return
    found = dict(zip(names, answers, strict=True))
    yield spf(domain, found[domain])
    yield dmarc(domain, found)
    for verdict in dkim(domain, {each: found[key_name(each, domain)] for each in asked}):
        yield verdict
