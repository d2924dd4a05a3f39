"""The pages: an outcome in, a status and the HTML of one whole page out.

Owns: which words stand on which page, and printing them through `templates/web`. Refuses to know: HTTP
and whether anything counts. A page is one document with one inline style, known to the
Content-Security-Policy by its hash; it loads nothing and runs nothing. Everything that people typed is
text: Jinja escapes it, whatever it looks like.
"""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from mailflow.core.pages import (
    Again,
    Already,
    Closed,
    CodeLater,
    CodeSent,
    Complaint,
    Ended,
    Foreign,
    Forged,
    Form,
    Looked,
    NeedsChoice,
    NeedsCode,
    NeedsDate,
    NeedsFactor,
    NeedsReason,
    NeedsTick,
    NoFactor,
    NotYours,
    OldForm,
    Page,
    Pressed,
    Recorded,
    Sheet,
    Stale,
    TooManyCodes,
    TooManyFactors,
    WrongCode,
    WrongFactor,
)
from mailflow.core.pressing import NEEDS_WORDS
from mailflow.core.views import Language
from mailflow.core.visits import Visitor
from mailflow.edges.web_room_words import room_words
from mailflow.edges.web_words import words

OK, REFUSED, FORBIDDEN, MISSING, GONE, WANTING, OFTEN, BROKEN = 200, 400, 403, 404, 410, 422, 429, 503
_STATUS: Mapping[type[Complaint], int] = {
    OldForm: WANTING,
    NeedsChoice: WANTING,
    NeedsReason: WANTING,
    NeedsDate: WANTING,
    NeedsTick: WANTING,
    NeedsCode: FORBIDDEN,
    WrongCode: FORBIDDEN,
    TooManyCodes: OFTEN,
    NeedsFactor: FORBIDDEN,
    WrongFactor: FORBIDDEN,
    TooManyFactors: OFTEN,
    NoFactor: FORBIDDEN,
    Foreign: FORBIDDEN,
    CodeSent: OK,
    CodeLater: OFTEN,
}
_FIELD: Mapping[type[Complaint], str] = {
    NeedsChoice: "choice",
    NeedsReason: "comment",
    NeedsDate: "date",
    NeedsTick: "read",
    NeedsCode: "code",
    WrongCode: "code",
    NeedsFactor: "totp",
    WrongFactor: "totp",
    Foreign: "code",
    CodeSent: "code",
}
"""The field a complaint is about, which the page puts the cursor into."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page to send."""

    status: int
    html: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What stands above the form; `good` where nothing is wrong."""

    title: str
    text: str
    field: str = ""
    good: bool = False


@dataclass(frozen=True, slots=True)
class Here:
    """Who looks at a page and from where: the visitor (None = nobody known), the site's path, the form's nonce.

    `room` is the part of the menu the page belongs to.
    """

    visitor: Visitor | None
    language: Language
    prefix: str
    nonce: str
    room: str = ""


class Pages:
    """Every page of the web part, from the templates of one folder."""

    def __init__(self, folder: Path) -> None:
        self._env = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._style = (folder / "style.css").read_text(encoding="utf-8").strip()
        self._forms = self._env.get_template("form.html.j2")
        self._told = self._env.get_template("told.html.j2")
        self._here: Here | None = None

    @property
    def style_source(self) -> str:
        """Give the inline style as a Content-Security-Policy names it."""
        digest = hashlib.sha256(self._style.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    def seated(self, outcome: Looked | Pressed, path: str, here: Here) -> Shown:
        """Print the same for somebody who has signed in."""
        pages = copy.copy(self)
        pages._here = here
        return pages.shown(outcome, path)

    def shown(self, outcome: Looked | Pressed, path: str, choice: str = "") -> Shown:
        """Print what became of a look or a press. `path` is the link's own; `choice` the button pressed."""
        match outcome:
            case Page():
                return Shown(OK, self._form(outcome, Form(choice=choice), None, path))
            case Again():
                notice = _notice(outcome)
                return Shown(_STATUS[type(outcome.why)], self._form(outcome.page, outcome.form, notice, path))
            case Recorded():
                return Shown(OK, self._recorded(outcome))
            case Forged():
                return self.forged()
            case _:
                return self._ended(outcome, path)

    def forged(self, status: int = MISSING) -> Shown:
        """Print the one page for every link that is not ours: the same bytes for each of them."""
        return Shown(status, self._both("Forged"))

    def refused(self, status: int = REFUSED) -> Shown:
        """Print the page for a form that our own page could not have sent."""
        return Shown(status, self._both("Refused"))

    def room(self, name: str, here: Here, status: int, values: Mapping[str, Any]) -> Shown:
        """Print a page for whoever is here; `values` is what its template shows, nothing of it is taken as HTML."""
        said = {"wrong": "", "address": "", "left": False, "needed": False, **values}
        w = {**words(here.language), **room_words(here.language)}
        page: str = self._env.get_template(f"rooms/{name}.html.j2").render(
            w=w, language=here.language, here=here, style=Markup(self._style), **said
        )
        return Shown(status, page)

    def trouble(self, status: int = BROKEN) -> Shown:
        """Print the page for a world that broke."""
        return Shown(status, self._both("Trouble"))

    def _form(self, page: Page, form: Form, notice: Notice | None, path: str) -> str:
        sheet = page.sheet
        w = words(sheet.language)
        chosen = form.choice if form.choice in page.choices else page.choices[0] if len(page.choices) == 1 else ""
        return self._print(
            self._forms,
            sheet,
            page=page,
            form=form,
            chosen=chosen,
            notice=notice,
            path=path,
            date=form.date or (page.today.isoformat() if "paid" in page.choices else ""),
            factor_page=f"{self._prefix_of(path)}/second-factor",
            needs_words=bool(NEEDS_WORDS.intersection(page.choices)),
            code_hint=w[f"code_{page.coding}"].format(to=sheet.addressee)
            if page.coding in ("letter", "sent", "ask")
            else "",
        )

    def _prefix_of(self, path: str) -> str:
        """Give the site's path: what stands before the address of a link or of a task."""
        return self._here.prefix if self._here is not None else path.rpartition("/d/")[0]

    def _recorded(self, outcome: Recorded) -> str:
        w = words(outcome.sheet.language)
        kind = "Recorded_question" if outcome.question else "Recorded"
        waits = [f"{one.who}, {one.stage}" for one in outcome.sheet.view.waiting]
        lines = [w[f"{kind}_text"]]
        if waits and not outcome.question:
            lines = [f"{w['next']}: {'; '.join(waits)}.", *lines]
        lines += [w["Recorded_undo"]] if not outcome.question else []
        lines += [w["remembered"]] if outcome.browser is not None else []
        title = w[kind].format(said=outcome.said)
        return self._tell(outcome.sheet, title, lines, comment=outcome.comment, good=True)

    def _ended(self, outcome: Ended, path: str) -> Shown:
        w = words(outcome.sheet.language)
        match outcome:
            case Already():
                title = w["Already_own" if outcome.own else "Already"].format(said=outcome.said)
                lines = [w["Already_text"].format(who=outcome.who, when=outcome.when)]
                lines += [w["Already_undo" if outcome.own else "Already_other"]]
                lines += [w["remembered"]] if outcome.browser is not None else []
                page = self._tell(outcome.sheet, title, lines, comment=outcome.comment, good=True, card=True)
                return Shown(OK, page)
            case Stale():
                lines = [w["Stale_task" if outcome.task else "Stale_over"]]
                lines = [f"{outcome.note}.", *lines] if outcome.note else lines
                return Shown(GONE, self._tell(outcome.sheet, w["Stale"], lines, card=True, heading=w["Stale_now"]))
            case Closed():
                lines = [w[f"Closed_{outcome.state}"], w["Closed_next"]]
                return Shown(GONE, self._tell(outcome.sheet, w["Closed"], lines, card=True))
            case NotYours():
                title = w["NotYours"].format(who=outcome.who)
                return Shown(FORBIDDEN, self._tell(outcome.sheet, title, [w["NotYours_text"]]))
            case _:
                assert_never(outcome)

    def _tell(
        self,
        sheet: Sheet,
        title: str,
        lines: list[str],
        comment: str = "",
        good: bool = False,
        card: bool = False,
        heading: str = "",
    ) -> str:
        told = [{"language": sheet.language, "title": title, "lines": lines}]
        return self._print(self._told, sheet, told=told, comment=comment, good=good, card=card, heading=heading)

    def _both(self, key: str) -> str:
        """Print a page nobody is known to read: in both languages, and always the same."""
        languages: tuple[Language, ...] = ("ru", "en")
        told = [{"language": one, "title": words(one)[key], "lines": [words(one)[f"{key}_text"]]} for one in languages]
        return self._print(self._told, None, told=told, comment="", good=False, card=False, heading="")

    def _print(self, template: Any, sheet: Sheet | None, **values: Any) -> str:
        language = sheet.language if sheet is not None else "ru"
        told: str = template.render(
            w={**words(language), **room_words(language)},
            sheet=sheet,
            language=language,
            here=self._here,
            style=Markup(self._style),
            **values,
        )
        return told


def _notice(again: Again) -> Notice:
    """Say why the page is shown again, and beside which field."""
    w, to = words(again.page.sheet.language), again.page.sheet.addressee
    key = _key(again.why)
    text = _notice_text(again.why, key, w)
    return Notice(
        w[key].format(to=to),
        text.format(to=to, left=getattr(again.why, "left", 0)),
        _FIELD.get(type(again.why), ""),
        isinstance(again.why, CodeSent),
    )


def _key(why: Complaint) -> str:
    if isinstance(why, NeedsReason) and why.choice == "question":
        return "NeedsQuestion"
    return type(why).__name__


def _notice_text(why: Complaint, key: str, w: Mapping[str, str]) -> str:
    match why:
        case WrongFactor(left=0):
            return w["WrongFactor_last"]
        case WrongCode(left=0):
            return w["WrongCode_last"]
        case CodeLater(often=True):
            return w["CodeLater_often"]
        case _:
            return w[f"{key}_text"]
