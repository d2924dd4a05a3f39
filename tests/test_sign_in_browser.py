"""Signing in with a real browser, scripts off, on a phone."""

from __future__ import annotations

import re

from playwright.async_api import Browser

from tests.loopback import LOOPBACK
from tests.test_web_browser import browser, phone, pytestmark, site  # noqa: F401 - fixtures
from tests.web_site import Site


async def test_a_person_signs_in_with_the_code_and_out_again(site: Site, browser: Browser) -> None:  # noqa: F811
    page = await (await phone(browser)).new_page()
    await page.goto(f"http://{LOOPBACK}:{site.port}/")
    await page.fill("input[name=address]", "p.petrov@neon.example")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("input[name=code]")
    await site.deliver()
    await page.fill("input[name=code]", site.sent_code("p.petrov"))
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=Петров П.П.")
    await page.goto(f"http://{LOOPBACK}:{site.port}/")
    await page.click("text=Выйти")
    assert "Вы вышли" in await page.inner_text("body")


async def test_the_link_of_the_letter_opens_in_the_same_browser_with_one_press(
    site: Site,  # noqa: F811
    browser: Browser,  # noqa: F811
) -> None:
    context = await phone(browser)
    page = await context.new_page()
    await page.goto(f"http://{LOOPBACK}:{site.port}/sign-in")
    await page.fill("input[name=address]", "p.petrov@neon.example")
    await page.click("text=Прислать письмо")
    await page.wait_for_selector("input[name=code]")
    await site.deliver()
    found = re.search(r"http://\S+/enter/\w+", site.letters("p.petrov")[-1].text)
    assert found
    other = await context.new_page()
    await other.goto(found[0])
    await other.click("button:has-text('Войти')")
    assert "Петров П.П." in await other.inner_text("body")
