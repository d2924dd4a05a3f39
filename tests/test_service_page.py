"""The operator's page: for the roles the settings name, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mailflow.core.office import Access
from tests.offices import neon
from tests.test_cabinet import person
from tests.web_site import served


async def test_whoever_minds_the_service_sees_how_it_does_and_no_case_by_that(tmp_path: Path) -> None:
    office = replace(neon(), access=Access(operation=("personnel",)))
    async with served(tmp_path, office=office) as site:
        case = await site.request()
        await site.store._db.run(
            lambda s: s.rows("UPDATE outbox SET state = 'refused', reason = '550 no such user' RETURNING key")
        )
        await site.store.pulse("mailbox", site.now, "imap.neon.example: no answer")
        site.later(hours=2)
        kim, director = await person(site, "n.kim"), await person(site, "director")
        page = await kim.get("/service")
        for said in ("нужен человек", "imap.neon.example: no answer", "550 no such user", "Карантин", "2 ч"):
            assert said in page.text
        assert "Служба" in (await kim.get("/")).text
        assert (await kim.get(f"/cases/{case.id}")).status == 404
        assert (await director.get("/service")).status == 404
        assert "Служба" not in (await director.get("/")).text
