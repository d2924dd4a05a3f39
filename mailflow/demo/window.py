"""The decision page in the played day: opened from a letter's link and answered, over HTTP, as a browser does.

Owns: the page's server for as long as somebody looks at it, and the press: GET, then the form with the
code of the letter. Refuses to know: what the press does. After the day the service serves the page itself.
What may go wrong: the letter has no such link, the page refuses the answer (WindowError).
"""

from __future__ import annotations

import asyncio
import html
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from mailflow.app import App
from mailflow.core.answers import Answer
from mailflow.errors import MailflowError
from mailflow.hall import web_of
from mailflow.world import Letter

PATIENCE_SECONDS = 20
_LINK = r"https?://\S+/d/[a-z2-7]+\?choice={choice}\b"
_CODE = re.compile(r": (\d{6})\s*$", re.MULTILINE)
_NONCE = re.compile(r'name="nonce" value="([^"]*)"')
_FORM = re.compile(r'<form[^>]* action="([^"]*)"')
_LABEL = r'name="choice" value="{choice}"[^>]*>\s*([^<]*)'
_TITLE = re.compile(r"<title>([^<]*)</title>")


class WindowError(MailflowError):
    """The page did not take the answer."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """An answer given on the page: who (an address), where, the words beside the mark, the code, the page's answer."""

    who: str
    link: str
    chosen: str
    code: str
    told: str


async def press(app: App, who: str, letter: Letter, choice: Answer) -> Pressed:
    """Let the person open the letter's link, mark the choice, type the code of the letter and send the form."""
    link, code = _link(letter, choice), _code(letter)
    async with _served(app):
        page = await asyncio.to_thread(_ask, link)
        form = {"nonce": _found(_NONCE, page), "choice": str(choice), "comment": "", "code": code}
        told = await asyncio.to_thread(_ask, urllib.parse.urljoin(link, _found(_FORM, page)), form)
    chosen = _found(re.compile(_LABEL.format(choice=re.escape(choice))), page)
    return Pressed(who, link, chosen, code, _found(_TITLE, told))


@asynccontextmanager
async def _served(app: App) -> AsyncIterator[None]:
    """Serve the site's page as long as the block lasts."""
    web = web_of(app)
    running = asyncio.create_task(web.run())
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await web.listening.wait()
        yield
    finally:
        await web.close()
        await running


def _ask(url: str, form: Mapping[str, str] | None = None) -> str:
    """GET a page, or POST its form; WindowError with the page's own words where it refuses."""
    sent = urllib.parse.urlencode(form).encode() if form is not None else None
    # No proxy may stand between two ends of the same process.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, sent, PATIENCE_SECONDS) as answer:
            page: str = answer.read().decode()
            return page
    except urllib.error.HTTPError as refused:
        said = _TITLE.search(refused.read().decode(errors="replace"))
        raise WindowError(f"the page answered {refused.code}: {html.unescape(said[1]) if said else '?'}") from None
    except OSError as lost:
        raise WindowError(f"the page cannot be reached: {lost}") from None


def _link(letter: Letter, choice: Answer) -> str:
    found = re.search(_LINK.format(choice=re.escape(choice)), letter.text)
    if found is None:
        raise WindowError(f"the letter “{letter.subject}” has no link for {choice}")
    return found[0]


def _code(letter: Letter) -> str:
    found = _CODE.findall(letter.text.rpartition("/d/")[2])
    if not found:
        raise WindowError(f"the letter “{letter.subject}” has no code")
    return str(found[0])


def _found(what: re.Pattern[str], page: str) -> str:
    found = what.search(page)
    if found is None:
        raise WindowError(f"the page has no {what.pattern}")
    return html.unescape(found[1]).strip()
