"""The pages in a real browser, as people and robots use them; scripts off is how the pages are meant to work."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from mailflow.core.answers import Answer
from tests.loopback import LOOPBACK
from tests.web_site import Asked, Site, served

CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no chromium here")


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with served(tmp_path) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=str(CHROMIUM), headless=True, args=ARGS)
        yield chromium
        await chromium.close()


async def phone(browser: Browser, script: bool = False) -> BrowserContext:
    return await browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=script)


def url(site: Site, letter: Asked, choice: str = "approve") -> str:
    return f"http://{LOOPBACK}:{site.port}{letter.path}?choice={choice}"


async def decided(site: Site, case: str) -> list[str]:
    return [a.decision.answer for a in (await site.case(case)).assignments if a.decision is not None]


@pytest.mark.parametrize("script", [False, True])
async def test_the_first_decision_is_a_code_and_a_press_and_the_tenth_one_press(
    site: Site, browser: Browser, script: bool
) -> None:
    context = await phone(browser, script)
    page = await context.new_page()
    case = await site.request()
    letter = site.asked("p.petrov")
    await page.goto(url(site, letter))
    assert await page.locator("input[value=approve]").is_checked()
    await page.fill("input[name=code]", letter.code)
    await page.click("text=Записать ответ")
    assert await page.title() == "Записано: согласовано"
    assert await decided(site, case.id) == ["approve"]
    for _ in range(9):
        case = await site.request()
        await page.goto(url(site, site.asked("p.petrov")))
        assert await page.locator("input[name=code]").count() == 0
        await page.click("text=Записать ответ")
        assert await page.title() == "Записано: согласовано"
        assert await decided(site, case.id) == ["approve"]


async def test_where_money_moves_the_code_is_asked_for_and_nothing_typed_is_lost(site: Site, browser: Browser) -> None:
    page = await (await phone(browser)).new_page()
    case = await site.request()
    await site.reply(case.id, "p.petrov", Answer.APPROVE)
    await site.deliver()
    await page.goto(url(site, site.asked("o.smirnova"), "rework"))
    await page.fill("textarea", "Приложите КП")
    await page.click("text=Прислать код")
    await site.deliver()
    await page.fill("input[name=code]", site.sent_code("o.smirnova"))
    await page.click("text=Записать ответ")
    assert await page.title() == "Записано: на доработку"
    assert await decided(site, case.id) == ["approve", "rework"]
    again = await site.request()
    await site.reply(again.id, "p.petrov", Answer.APPROVE)
    await site.deliver()
    await page.goto(url(site, site.asked("o.smirnova")))
    await page.click("text=Записать ответ")
    assert await page.title() == "Записано: согласовано"


async def test_the_presses_of_a_first_and_a_tenth_decision_where_money_moves(site: Site, browser: Browser) -> None:
    page = await (await phone(browser)).new_page()
    presses: list[tuple[int, int]] = []
    for _ in range(10):
        case = await site.request()
        await site.reply(case.id, "p.petrov", Answer.APPROVE)
        await site.deliver()
        taps = typed = 0
        await page.goto(url(site, site.asked("o.smirnova")))
        taps += 1
        if await page.locator("text=Прислать код").count():
            await page.click("text=Прислать код")
            taps += 1
            await site.deliver()
            code = site.sent_code("o.smirnova")
            await page.fill("input[name=code]", code)
            typed += len(code)
        await page.click("text=Записать ответ")
        taps += 1
        assert await page.title() == "Записано: согласовано"
        presses.append((taps, typed))
    assert presses == [(3, 6), *[(2, 0)] * 9]


async def test_a_payment_is_recorded_with_its_number(site: Site, browser: Browser) -> None:
    page = await (await phone(browser)).new_page()
    case = await site.request()
    for person in ("p.petrov", "o.smirnova"):
        await site.reply(case.id, person, Answer.APPROVE)
    await site.deliver()
    letter = site.asked("buh")
    await page.goto(url(site, letter, "paid"))
    await page.fill("input[name=number]", "345")
    await page.fill("input[name=date]", "2026-11-13")
    await page.fill("input[name=code]", letter.code)
    await page.click("text=Записать ответ")
    assert (await site.case(case.id)).fields["payment_date"] == "2026-11-13"


async def test_a_robot_that_follows_and_submits_everything_decides_nothing(site: Site, browser: Browser) -> None:
    case = await site.request()
    letter = site.asked("p.petrov")
    for choice in ("approve", "reject", "rework"):
        page = await (await phone(browser, script=True)).new_page()
        await page.goto(url(site, letter, choice))
        await _try_everything(page, url(site, letter, choice))
    assert await decided(site, case.id) == []
    await site.reply(case.id, "p.petrov", Answer.APPROVE)
    assert await decided(site, case.id) == ["approve"]


async def _try_everything(page: Page, home: str) -> None:
    """Open every link of the page, press every button with every field filled by a guess."""
    links = await page.locator("a[href]").evaluate_all("all => all.map(one => one.href)")
    for link in links:
        await page.context.request.get(link)
    for number in range(await page.locator("button").count()):
        await page.goto(home)
        for field in await page.locator("input.text, textarea").all():
            if await field.is_visible():
                await field.fill("123456")
        radios = await page.locator("input[type=radio]").all()
        await radios[number % len(radios)].check()
        if number < await page.locator("button").count():
            await page.locator("button").nth(number).click()


async def test_the_token_goes_nowhere_as_a_referer(site: Site, browser: Browser) -> None:
    page = await (await phone(browser)).new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.headers.get("referer", "")))
    await site.request()
    letter = site.asked("p.petrov")
    await page.goto(url(site, letter))
    await page.fill("input[name=code]", letter.code)
    await page.click("text=Записать ответ")
    assert len(sent) >= 2
    assert set(sent) == {""}


async def test_the_style_is_allowed_and_nothing_is_asked_of_anybody_else(site: Site, browser: Browser) -> None:
    page = await (await phone(browser, script=True)).new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    await site.request()
    await page.goto(url(site, site.asked("p.petrov")))
    assert await page.locator("main").evaluate("one => getComputedStyle(one).maxWidth") != "none"
    assert all(one.startswith(f"http://{LOOPBACK}:{site.port}/") for one in asked)
    assert not [one for one in said if "Content Security Policy" in one]


@pytest.mark.parametrize("width", [360, 1200])
async def test_nothing_sticks_out_and_every_target_is_wide_enough_for_a_thumb(
    site: Site, browser: Browser, width: int
) -> None:
    context = await browser.new_context(viewport={"width": width, "height": 800})
    page = await context.new_page()
    await site.request(counterparty="Ж" * 120)
    await page.goto(url(site, site.asked("p.petrov")))
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    for target in await page.locator("label.choice, button").all():
        box = await target.bounding_box()
        assert box is not None
        assert box["height"] >= 44


async def test_both_colour_schemes_are_readable(site: Site, browser: Browser) -> None:
    await site.request()
    letter = site.asked("p.petrov")
    for scheme in ("light", "dark"):
        context = await browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto(url(site, letter))
        for selector in ("h1", "dt", "dd", "small", "button", "a", "legend", ".hash"):
            colours = await page.locator(selector).first.evaluate(_COLOURS)
            assert _contrast(*colours) >= 4.5, (scheme, selector, colours)


_COLOURS = """one => {
  let back = one;
  while (getComputedStyle(back).backgroundColor === 'rgba(0, 0, 0, 0)') back = back.parentElement;
  return [getComputedStyle(one).color, getComputedStyle(back).backgroundColor];
}"""


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(n) / 255 for n in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
