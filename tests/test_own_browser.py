"""A person's own rooms in a real browser, scripts off: the QR code is read as a phone would, browsers are stopped."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Browser

from mailflow.core.second_factor import STEP
from tests.test_cabinet_browser import home, signed_in
from tests.test_own_browsers import PETROV, linked, stop_of
from tests.test_second_factor import OLGA, decision, office, waiting
from tests.test_web_browser import browser, pytestmark  # noqa: F401 - fixtures
from tests.web_site import Site, served


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with served(tmp_path, office=office()) as running:
        yield running


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_factor_is_set_up_by_the_qr_code_and_decides(site: Site, browser: Browser, scheme: str) -> None:  # noqa: F811
    context = await signed_in(browser, site, OLGA)
    page = await context.new_page()
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await page.goto(home(site, "/second-factor"))
    await page.click("text=Показать QR-код")
    picture = Image.open(io.BytesIO(await page.locator("svg.qr").screenshot()))
    [read] = zxingcpp.read_barcodes(picture)
    assert read.text.startswith("otpauth://totp/")
    assert await page.locator("text=Открыть в приложении").get_attribute("href") == read.text
    app = pyotp.TOTP(parse_qs(urlsplit(read.text).query)["secret"][0])
    await page.fill("input[name=code]", app.at(site.now))
    await page.click("button:has-text('Подключить')")
    await page.wait_for_selector("text=Второй фактор подключён")
    assert await page.locator("svg.qr").count() == 0
    site.later(seconds=STEP)
    case, _ = await waiting(site)
    await page.goto(home(site))
    await page.click("text=Открыть и ответить")
    await page.check("input[value=approve]")
    await page.click("text=Записать ответ")
    await page.wait_for_selector("text=Нужен второй фактор")
    await page.fill("input[name=totp]", app.at(site.now))
    await page.click("text=Записать ответ")
    await page.wait_for_selector("text=Записано: согласовано")
    assert await decision(site, case) == "approve signed in; second factor"


async def test_a_letters_link_stops_every_browser_on_a_phone(site: Site, browser: Browser) -> None:  # noqa: F811
    await linked(site)
    await site.deliver()
    context = await browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(home(site, stop_of(site, PETROV)))
    await page.click("text=Остановить все")
    await page.wait_for_selector("text=Поставьте галочку")
    assert [one.revoked_at for one in await site.store.browsers(PETROV)] == [None]
    await page.check("input[name=sure]")
    await page.click("text=Остановить все")
    await page.wait_for_selector("text=Остановлено браузеров: 1")
    assert [one.revoked_at for one in await site.store.browsers(PETROV)] == [site.now]


@pytest.mark.parametrize("path", ["/browsers", "/second-factor"])
async def test_these_pages_fit_a_phone(site: Site, browser: Browser, path: str) -> None:  # noqa: F811
    page = await (await signed_in(browser, site, OLGA, script=True)).new_page()
    await page.goto(home(site, path))
    if path == "/second-factor":
        await page.click("text=Показать QR-код")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    assert await page.locator("h1").count() == 1
