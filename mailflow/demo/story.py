"""Playing the table of scenes: each becomes a real mail or a press, mailflow works, the outcome is checked.

Owns: how the mails of the story are made and what was promised to follow. Refuses to know: what is printed.
What may go wrong: mailflow does something else than the scene expects (DemoError naming scene and letters).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import format_datetime

from mailflow.app import now
from mailflow.core.case import Case
from mailflow.core.dates import format_date
from mailflow.core.views import Language
from mailflow.core.worktime import Duration, Unit
from mailflow.demo.house import STRANGER, DemoError, Done, House, Written
from mailflow.demo.papers import Buyer, Line, Payee, invoice_pdf
from mailflow.demo.scans import letter_scan
from mailflow.demo.scene import Act, Bill, Scene
from mailflow.demo.scenes import SCENES
from mailflow.demo.window import Pressed, press
from mailflow.world import Paper

ADVERTISER = "sales@kanctovary.example"
SWINDLER = "bounce@mail.swindler.example"
WATER = "office@mosvodokanal.example"
WATER_NAME: Mapping[Language, str] = {"ru": "АО «Мосводоканал»", "en": "Mosvodokanal JSC"}
TO_ANSWER = Duration(4, Unit.WORKING_DAY)
_SCAN: Mapping[Language, str] = {"ru": "Письмо 01-12-4567.pdf", "en": "Letter 01-12-4567.pdf"}

_FORWARDED: Mapping[Language, str] = {
    "ru": "-------- Пересылаемое сообщение --------\nТема: {subject}\nДата: {sent}\nОт: {supplier}\nКому: {ivan}\n",
    "en": "-------- Forwarded Message --------\nSubject: {subject}\nDate: {sent}\nFrom: {supplier}\nTo: {ivan}\n",
}
# Suppliers write Russian to either office.
_SUPPLIER_WRITES = """Иван, добрый день!

Высылаю счёт № {number}. Срок изготовления — пять дней после оплаты.

--
С уважением,
Анна Лютикова, ООО «Ромашка»
"""


@dataclass(frozen=True, slots=True)
class Morning:
    """Nobody did anything: a working day began at that hour."""

    at: datetime


Deed = Written | Pressed | Morning


@dataclass(frozen=True, slots=True)
class Played:
    """A scene as it went: the deed, what mailflow did, the case afterwards (None where its card is not shown)."""

    number: int
    scene: Scene
    at: datetime
    deed: Deed
    done: Done
    case: Case | None


async def played(house: House, language: Language) -> AsyncIterator[Played]:
    """Play the day scene by scene; DemoError where mailflow does something else than the story says."""
    for number, scene in enumerate(SCENES, 1):
        yield await play_scene(number, scene, house, language)


async def play_scene(number: int, scene: Scene, house: House, language: Language) -> Played:
    """Play one scene; DemoError where mailflow does something else than it says."""
    at = now()
    deed = await _ACTS[scene.act](house, scene, language)
    done = await house.works()
    _check(number, scene, done)
    case = await house.case() if scene.shows_card else None
    return Played(number, scene, at, deed, done, case)


def _check(number: int, scene: Scene, done: Done) -> None:
    came = [(arrived.kind, arrived.person) for arrived in done.letters]
    missing = [f"{kind} to {person}" for kind, person in scene.expects if (kind, person) not in came]
    if missing:
        sent = ", ".join(f"{kind} to {person}" for kind, person in came) or "none"
        raise DemoError(f"scene {number} ({scene.title.en}): expected {', '.join(missing)}; letters sent: {sent}")


# --- acts


async def _strange(house: House, scene: Scene, language: Language) -> Written:
    return await house.write(ADVERTISER, scene.subject.in_(language), scene.says.in_(language))


async def _scan(house: House, scene: Scene, language: Language) -> Written:
    paper = Paper(_SCAN[language], letter_scan(_today(house), language))
    name = WATER_NAME[language]
    return await house.write(WATER, scene.subject.in_(language), scene.says.in_(language), [paper], name=name)


async def _write(house: House, scene: Scene, language: Language) -> Written:
    address = house.person(scene.who).address
    return await house.write(address, scene.subject.in_(language), _says(house, scene, language))


async def _forward(house: House, scene: Scene, language: Language) -> Written:
    ivan = house.person(scene.who)
    zone = house.app.office.hours.zone
    subject = f"Счёт на оплату № {scene.bill.number}"
    block = _FORWARDED[language].format(
        subject=subject,
        sent=format_datetime(now().astimezone(zone) - timedelta(hours=2)),
        supplier=f"Анна Лютикова <{STRANGER}>",
        ivan=f"{ivan.name} <{ivan.address}>",
    )
    text = f"{scene.says.in_(language)}\n\n{block}\n{_SUPPLIER_WRITES.format(number=scene.bill.number)}"
    return await house.write(ivan.address, f"Fwd: {subject}", text, [invoice(_today(house), scene.bill)])


async def _reply(house: House, scene: Scene, language: Language) -> Written:
    address = house.person(scene.who).address
    return await house.reply(address, await house.last(address, scene.about), _says(house, scene, language))


async def _correct(house: House, scene: Scene, language: Language) -> Written:
    address = house.person(scene.who).address
    paper = invoice(_today(house), scene.bill)
    return await house.reply(address, await house.last(address), _says(house, scene, language), [paper])


async def _press(house: House, scene: Scene, language: Language) -> Pressed:
    address = house.person(scene.who).address
    return await press(house.app, address, await house.last(address, scene.about), scene.chooses)


async def _morning(house: House, scene: Scene, language: Language) -> Morning:
    return Morning(await house.morning())


async def _away(house: House, scene: Scene, language: Language) -> Written:
    address = house.person(scene.who).address
    letter = await house.last(address)
    return await house.answer_by_machine(address, letter, scene.subject.in_(language), scene.says.in_(language))


async def _forge(house: House, scene: Scene, language: Language) -> Written:
    address = house.person(scene.who).address
    return await house.forge(address, await house.last(address), scene.says.in_(language), SWINDLER)


_ACTS: Mapping[Act, Callable[[House, Scene, Language], Awaitable[Deed]]] = {
    Act.STRANGE: _strange,
    Act.SCAN: _scan,
    Act.WRITE: _write,
    Act.PRESS: _press,
    Act.MORNING: _morning,
    Act.FORWARD: _forward,
    Act.REPLY: _reply,
    Act.CORRECT: _correct,
    Act.AWAY: _away,
    Act.FORGE: _forge,
}


def _says(house: House, scene: Scene, language: Language) -> str:
    due = house.app.office.time.after(now(), TO_ANSWER).astimezone(house.app.office.hours.zone).date()
    return scene.says.in_(language).format(today=format_date(_today(house), language), due=format_date(due, language))


def _today(house: House) -> date:
    return now().astimezone(house.app.office.hours.zone).date()


def invoice(today: date, bill: Bill) -> Paper:
    """Make the supplier's invoice, three days old, as 1C prints it."""
    line = Line(bill.title, 1, bill.amount)
    issued, until = today - timedelta(days=3), today + timedelta(days=10)
    content = invoice_pdf(bill.number, issued, Payee(), Buyer(), (line,), pay_until=until)
    return Paper(f"Счет {bill.number}.pdf", content)
