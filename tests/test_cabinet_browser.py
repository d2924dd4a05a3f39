"""The rooms in a real browser, scripts off: phone width, keyboard, dark, print, and mails that try to act."""

from __future__ import annotations

import asyncio

from playwright.async_api import Browser, BrowserContext, Page

from mailflow.core.answers import Answer
from mailflow.edges.web_rooms import SESSION
from tests.loopback import LOOPBACK
from tests.test_web_browser import browser, pytestmark, site  # noqa: F401 - fixtures
from tests.web_site import Site


async def signed_in(
    chromium: Browser, running: Site, person: str, width: int = 360, script: bool = False
) -> BrowserContext:
    context = await chromium.new_context(viewport={"width": width, "height": 740}, java_script_enabled=script)
    cookie = await running.sign_in(person)
    await context.add_cookies([{"name": SESSION, "value": cookie, "url": home(running)}])
    return context


def home(running: Site, path: str = "/") -> str:
    return f"http://{LOOPBACK}:{running.port}{path}"


async def test_a_task_is_decided_from_the_list_by_keyboard_alone(site: Site, browser: Browser) -> None:  # noqa: F811
    case = await site.request()
    page = await (await signed_in(browser, site, "p.petrov")).new_page()
    await page.goto(home(site))
    await page.locator(f"text=Открыть и ответить {case.number}").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_selector("input[value=approve]")
    await page.focus("input[value=approve]")
    await page.keyboard.press("Space")
    await page.focus("textarea")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=Записано: согласовано")
    assert (await site.case(case.id)).assignments[0].decision is not None
    await page.click("text=Мои задачи")
    await page.wait_for_selector("text=Сейчас от вас ничего не ждут")


async def test_no_page_is_wider_than_a_phone_and_each_has_one_heading(site: Site, browser: Browser) -> None:  # noqa: F811
    case = await site.request(counterparty="О" * 120)
    mail = await site.mail(case.id, "x" * 300)
    await site.stray()
    context = await signed_in(browser, site, "sekretar", script=True)
    paths = ["/", "/registers", "/registers/payments", "/boards", "/boards/invoice", "/post"]
    paths += [f"/cases/{case.id}", f"/cases/{case.id}/mail/{mail}"]
    for path in paths:
        page = await context.new_page()
        await page.goto(home(site, path))
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert await page.locator("h1").count() == 1, path
        small = await page.evaluate(
            "[...document.querySelectorAll('button, select, input:not([type=hidden])')]"
            ".filter(one => one.getClientRects().length && one.getBoundingClientRect().height < 24).length"
        )
        assert small == 0, path
        nameless = await page.evaluate(
            "[...document.querySelectorAll('a, button')].filter(one => !one.textContent.trim()).length"
        )
        assert nameless == 0, path


async def test_the_layout_of_a_mail_runs_loads_and_opens_nothing(site: Site, browser: Browser) -> None:  # noqa: F811
    await site.stray(
        "<h1>Акт сверки</h1><script>document.title='run'</script><img src='http://127.0.0.1:1/x.png'>"
        "<style>@import 'http://127.0.0.1:1/x.css'</style><iframe src='http://127.0.0.1:1/'></iframe><p>текст</p>"
    )
    page = await (await signed_in(browser, site, "sekretar", script=True)).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(home(site, "/post"))
    await page.click("summary")
    frame = page.frame_locator("iframe")
    assert await frame.locator("text=Акт сверки").count() == 1
    await asyncio.sleep(0.3)
    assert [url for url in asked if url not in (home(site, "/post"), "about:srcdoc")] == []
    assert await page.title() == "Почта"


async def test_filters_and_pages_of_a_register_work_without_scripts(site: Site, browser: Browser) -> None:  # noqa: F811
    for number, name in enumerate(("ООО «Ромашка»", "АО «Мосводоканал»")):
        case = await site.request(counterparty=name, invoice_number=str(number))
        await site.reply(case.id, "p.petrov", Answer.APPROVE)
    page = await (await signed_in(browser, site, "director", 1200)).new_page()
    await page.goto(home(site, "/registers/payments"))
    await page.click("summary")
    await page.fill("input[name=counterparty]", "водоканал")
    await page.click("text=Показать")
    await page.wait_for_selector("text=Отбор: включён")
    assert await page.locator("tbody tr").count() == 1
    await page.click("tbody a")
    await page.wait_for_selector("h1:has-text('Мосводоканал')")


async def test_a_table_prints_without_menu_and_form_and_in_dark_stays_readable(site: Site, browser: Browser) -> None:  # noqa: F811
    await site.request()
    context = await signed_in(browser, site, "director", script=True)
    page = await context.new_page()
    await page.emulate_media(media="print")
    await page.goto(home(site, "/registers/payments"))
    assert not await page.locator(".menu").is_visible()
    assert await page.locator("table").is_visible()
    await page.emulate_media(media="screen", color_scheme="dark")
    assert await least_contrast(page) >= 4.5
    await page.emulate_media(color_scheme="light")
    assert await least_contrast(page) >= 4.5


async def least_contrast(page: Page) -> float:
    """The smallest contrast of a text with what is behind it (WCAG 2.2, 1.4.3)."""
    return float(
        await page.evaluate(
            """() => {
            const one = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4
            const light = c => .2126 * one(c[0]) + .7152 * one(c[1]) + .0722 * one(c[2])
            const rgb = text => text.match(/[\\d.]+/g).map(Number)
            const behind = e => {
                for (; e; e = e.parentElement) {
                    const c = rgb(getComputedStyle(e).backgroundColor)
                    if (c.length < 4 || c[3] > 0) return c.slice(0, 3)
                }
                return [255, 255, 255]
            }
            const said = e => [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())
            const ratio = e => {
                const a = light(rgb(getComputedStyle(e).color)), b = light(behind(e))
                return (Math.max(a, b) + .05) / (Math.min(a, b) + .05)
            }
            const all = [...document.querySelectorAll('main *, .menu *')]
            return Math.min(...all.filter(e => said(e) && e.getClientRects().length).map(ratio))
            }"""
        )
    )
