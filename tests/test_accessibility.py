"""WCAG 2.2 AA on every page, by axe-core in a real browser: phone and desktop, light and dark, Russian and English.

axe-core (tests/vendor, MPL-2.0) is part of the tests and of nothing that is shipped. It is put into the page by the
browser's own tools; the pages themselves allow no script.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page

from mailflow.core.answers import Answer
from mailflow.core.directory import read_directory
from mailflow.core.office import Access
from mailflow.indexing import index_waiting
from tests.offices import HERE, neon, shipped_process
from tests.test_cabinet_browser import home, signed_in
from tests.test_web_browser import browser, pytestmark  # noqa: F401 - fixtures
from tests.web_site import Site, served

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ROUNDS: tuple[tuple[str, int, Literal["light", "dark"]], ...] = (
    ("ru", 360, "light"), ("ru", 1200, "dark"), ("en", 360, "dark"), ("en", 1200, "light"),
)  # fmt: skip


@pytest.fixture
async def site(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    text = (HERE / "site" / "directory.yaml").read_text(encoding="utf-8")
    if request.param == "en":
        text = text.replace("  language: ru", "  language: en", 1)
    office = neon(read_directory(text), *(shipped_process(name) for name in ("invoice", "incoming")))
    async with served(tmp_path, office=replace(office, access=Access(operation=("secretary",)))) as running:
        yield running


async def filled(site: Site) -> list[str]:
    """An office with something on every page; give the addresses of those who have signed in."""
    case = await site.request(counterparty="ООО «Ромашка»")
    paid = await site.request(invoice_number="58", amount="18000.00")
    site.later(hours=30)
    await site.reply(paid.id, "p.petrov", Answer.APPROVE, "Берите")
    await site.deliver()
    mail = await site.mail(case.id)
    await site.stray()
    await site.store.pulse("mailbox", site.now, "imap.neon.example: no answer")
    await index_waiting(site.desk)
    lists = [
        "/registers",
        "/registers/payments",
        "/registers/payments?since=x&state=open",
        "/boards",
        "/boards/invoice",
    ]
    own = ["/", "/search", "/search?q=ромашка", "/search?q=zzz", "/reports", "/browsers", "/second-factor"]
    return [*own, *lists, "/post", "/service", f"/cases/{case.id}", f"/cases/{case.id}/mail/{mail}", "/cases/none"]


async def violations(page: Page) -> list[str]:
    """What axe finds on the page that is shown, each with its first place."""
    found: Any = await page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})", RULES
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


@pytest.mark.parametrize(("site", "width", "scheme"), ROUNDS, indirect=["site"])
async def test_no_page_breaks_a_rule_of_wcag_2_2_aa(
    site: Site,
    browser: Browser,  # noqa: F811
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    paths = await filled(site)
    link = site.asked("p.petrov")
    broken: dict[str, list[str]] = {}
    for person, addresses in (
        ("sekretar", paths),
        ("p.petrov", [f"{paths[-3]}/task/1"]),
        ("", ["/sign-in", "/registers", link.path, "/d/none"]),
    ):
        context = await (signed_in(browser, site, person, width, script=True) if person else browser.new_context())
        await context.add_init_script(path=AXE)
        page = await context.new_page()
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": 740})
        for path in addresses:
            await page.goto(home(site, path))
            broken |= {path: found} if (found := await violations(page)) else {}
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
            # Who opens what is not there may read either language: that page says it twice.
            assert await page.locator("h1").count() == (2 if path.endswith("none") else 1), path
        await context.close()
    assert broken == {}


@pytest.mark.parametrize("site", ["ru"], indirect=True)
async def test_the_rules_find_what_is_wrong(site: Site, browser: Browser) -> None:  # noqa: F811
    context = await browser.new_context()
    await context.add_init_script(path=AXE)
    page = await context.new_page()
    await page.set_content("<html><body><img src=x><p style='color:#aaa;background:#fff'>pale</p></body></html>")
    found = {one.partition(":")[0] for one in await violations(page)}
    assert {"image-alt", "color-contrast", "html-has-lang"} <= found
    await context.close()


@pytest.mark.parametrize("site", ["en"], indirect=True)
async def test_in_english_a_task_is_found_decided_and_reported(site: Site, browser: Browser) -> None:  # noqa: F811
    case = await site.request()
    await index_waiting(site.desk)
    page = await (await signed_in(browser, site, "p.petrov")).new_page()
    await page.goto(home(site, "/search"))
    await page.fill("input[name=q]", "ромашка")
    await page.click("text=Find")
    await page.wait_for_selector("mark")
    await page.goto(home(site))
    await page.click(f"text=Open and answer {case.number}")
    await page.click("label:has(input[value=approve])")
    await page.click("form button[type=submit]:not(.plain)")
    await page.wait_for_selector("text=Recorded")
    await page.goto(home(site, "/reports"))
    await page.wait_for_selector("text=Time by person")
    assert await page.locator("html").get_attribute("lang") == "en"
