"""The people: who clicks late, twice, changes his mind, forwards, is away; and the machines beside them.

Owns: what everybody does with a letter, drawn from the seed, and `Said`, the truth about it: who meant what, about
which task, since when. Every decision of the product is held against this book. Refuses to know: how the product works;
people have their mailbox and the pages behind its links.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from mailflow.core.answers import Answer
from mailflow.core.case import Ask
from mailflow.core.pages import Again, Form, Page, Press
from mailflow.stories.postbag import Draft, File, Sent, read_letter

if TYPE_CHECKING:
    from simulation.world import World

_CODE = re.compile(r"\b(\d{3}) (\d{3})\b")
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@dataclass(frozen=True)
class Received:
    """A letter of ours in somebody's mailbox."""

    kind: str
    person: str
    address: str
    case: str
    at: datetime
    assignment: str
    ask: Ask | None
    content: bytes = field(repr=False)

    @cached_property
    def sent(self) -> Sent:
        """Read it: most letters are not."""
        return Sent(self.kind, self.person, self.address, self.case, self.at, read_letter(self.content))


@dataclass(frozen=True, slots=True)
class Said:
    """What a person truly meant, from that moment on."""

    person: str
    assignment: str
    answer: Answer
    at: datetime


REPLIES: Mapping[Ask, Mapping[Answer, tuple[str, ...]]] = {
    Ask.APPROVAL: {
        Answer.APPROVE: ("Согласовано", "Согласен.", "да, согласовано", "Утверждаю"),
        Answer.REJECT: ("Отклоняю: слишком дорого", "Отклонено, такие расходы не нужны"),
        Answer.REWORK: ("На доработку: приложите договор", "Не согласовано, приложите договор"),
    },
    Ask.PAYMENT: {Answer.PAID: ("Оплачено, п/п 345 от 20.11.2026", "Оплачено п/п № 12 от 19.11.2026")},
    Ask.EXECUTION: {Answer.DONE: ("Готово", "Сделано")},
    Ask.ACKNOWLEDGEMENT: {Answer.ACKNOWLEDGE: ("Ознакомлен",)},
}
MUTTERED = (
    "Не уверен, что это стоит согласовывать",
    "А с юристами согласовано?",
    "Позвоните мне, обсудим",
    "Если Петров не против, то согласен",
    "ок, но сумму надо уточнить",
    "> Согласовано",
    "Получил, посмотрю завтра.",
    "",
)
"""None of these is a decision."""
FREE = ("Сумма: 90 000,00", "Статья: Реклама\nВ бюджете: да", "Договор приложу завтра, бюджет согласован на совещании")
LINKS: Mapping[Ask, Mapping[Answer, Form]] = {
    Ask.APPROVAL: {
        Answer.APPROVE: Form(choice="approve"),
        Answer.REJECT: Form(choice="reject", comment="слишком дорого"),
        Answer.REWORK: Form(choice="rework", comment="приложите договор"),
    },
    Ask.PAYMENT: {Answer.PAID: Form(choice="paid", number="345", date="2026-11-20")},
    Ask.EXECUTION: {Answer.DONE: Form(choice="done")},
    Ask.ACKNOWLEDGEMENT: {Answer.ACKNOWLEDGE: Form(choice="acknowledge", read="yes")},
}
AWAY = (
    ("Автоответ: {}", "Я в отпуске до 30.11. По срочным вопросам пишите Петрову.", {}),
    ("Automatic reply: {}", "I am out of the office. Approved requests will wait.", {"Auto-Submitted": "auto-replied"}),
    ("Re: {}", "Согласовано", {"Auto-Submitted": "auto-replied", "Precedence": "bulk"}),
)
"""What vacation programs write; the last one quotes the word it must not be believed."""


class People:
    """Everybody who reads letters, and what reads them before and beside him."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._chance = world.chance("people")
        self.said: list[Said] = []
        self.machines: set[str] = set()
        """Message-IDs of mails no person wrote."""
        self.dutiful = False
        self._cookies: dict[str, str] = {}
        self._codes: dict[str, str] = {}
        self._deeds: list[tuple[int, Callable[[Received], Awaitable[None]]]] = [
            (6, self._presses),
            (5, self._replies),
            (2, self._presses_twice),
            (2, self._is_of_two_minds),
            (2, self._mutters),
            (2, self._passes_on),
            (2, self._lets_it_lie),
        ]

    async def reads(self, letter: Received) -> None:
        """Let everything happen that one letter leads to."""
        if letter.kind == "code":
            self._codes[letter.person] = _code_in(letter.sent.text)
        if letter.ask is None or letter.kind not in ("ask", "reminder", "consult"):
            return
        if not self.dutiful:
            await self._machines(letter)
        await self._later(0.1 * HOUR if self.dutiful else self._chance.choice((60.0, HOUR, 9 * HOUR, 3 * DAY)))
        weights = [weight for weight, _ in self._deeds]
        [(_, deed)] = self._chance.choices(self._deeds, weights)
        await (self._answers(letter) if self.dutiful else deed(letter))

    async def _later(self, about: float) -> None:
        await asyncio.sleep(about * self._chance.uniform(0.2, 1.8))

    # --- what people do

    async def _answers(self, letter: Received) -> None:
        await (self._presses(letter) if self._chance.random() < 0.5 else self._replies(letter))

    async def _presses(self, letter: Received, answer: Answer | None = None) -> None:
        forms = LINKS.get(letter.ask, {}) if letter.ask else {}
        if not forms or not letter.sent.link():
            await self._replies(letter, answer)
            return
        answer = answer or self._drawn(forms)
        self._means(letter, answer)
        await self._press(letter, forms[answer], self._cookies.get(letter.person, ""))

    async def _presses_twice(self, letter: Received) -> None:
        forms = LINKS.get(letter.ask, {}) if letter.ask else {}
        answer = self._drawn(forms) if forms else None
        await asyncio.gather(self._presses(letter, answer), self._presses(letter, answer))

    async def _is_of_two_minds(self, letter: Received) -> None:
        """Say two things by two ways, at once or one after the other: one of them counts, and only one."""
        await asyncio.gather(self._presses(letter), self._replies(letter))

    async def _replies(self, letter: Received, answer: Answer | None = None) -> None:
        texts = REPLIES.get(letter.ask, {}) if letter.ask else {}
        if not texts:
            self._write(letter, self._chance.choice(FREE))
            return
        answer = answer or self._drawn(texts)
        self._means(letter, answer)
        self._write(letter, self._chance.choice(texts[answer]))

    async def _mutters(self, letter: Received) -> None:
        self._write(letter, self._chance.choice(MUTTERED))

    async def _passes_on(self, letter: Received) -> None:
        """Forward the letter: a colleague says yes to it, and presses its link in his own browser.

        He means it; whether he may is another law.
        """
        others = [person for person in self._world.office.directory.people if person != letter.person]
        colleague = self._chance.choice(sorted(others))
        self.said.append(Said(colleague, letter.assignment, Answer.APPROVE, self._world.now()))
        self._write(letter, "Согласовано", by=colleague)
        form = next(iter(LINKS.get(letter.ask, {}).values()), None) if letter.ask else None
        if form is not None and letter.sent.link():
            await self._press(letter, form, self._cookies.get(colleague, ""), code="")

    async def _lets_it_lie(self, letter: Received) -> None:
        """Wait for the reminder."""

    def _drawn(self, answers: Mapping[Answer, object]) -> Answer:
        weights = [6 if answer in (Answer.APPROVE, Answer.PAID, Answer.DONE) else 1 for answer in answers]
        return self._chance.choices(list(answers), weights)[0]

    def _means(self, letter: Received, answer: Answer) -> None:
        self.said.append(Said(letter.person, letter.assignment, answer, self._world.now()))
        self._world.tell(f"{letter.person} means {answer} about {letter.assignment[-40:]}")

    # --- machines

    async def _machines(self, letter: Received) -> None:
        if letter.sent.link() and self._chance.random() < 0.25:
            await self._scanned(letter)
        if self._chance.random() < 0.15:
            subject, text, headers = self._chance.choice(AWAY)
            name = self._write(letter, text, subject=subject.format(letter.sent.subject), headers=headers)
            self.machines.add(name)
        if self._chance.random() < 0.15:
            self._write(letter, "Согласовано", proven=False)

    async def _scanned(self, letter: Received) -> None:
        """Follow the link, fill in its form and send it: what gateways do before a letter is shown to anybody."""
        for answer in LINKS.get(letter.ask, {}) if letter.ask else {}:
            for code in ("", "000000"):
                await self._press(letter, LINKS[letter.ask or Ask.APPROVAL][answer], "", code)

    # --- how it is done

    def _write(self, letter: Received, text: str, by: str = "", proven: bool = True, **more: object) -> str:
        writer = self._world.office.directory.people[by or letter.person].address
        to = str(letter.sent.message["Reply-To"] or self._world.address).rpartition("<")[2].rstrip("> ")
        subject = str(more.get("subject") or f"Re: {letter.sent.subject}")
        headers = dict(more.get("headers") or {})  # type: ignore[call-overload]
        if not proven:
            headers["Authentication-Results"] = "mx.stories.example; dmarc=pass header.from=neon.example"
        draft = Draft(writer, to, subject, text, self._world.now(), (), headers, letter.sent, proven)
        return self._world.mail(draft)

    async def _press(self, letter: Received, form: Form, cookie: str, code: str | None = None) -> None:
        """Open the page, fill it in and send it; without `code`, type the one that was sent."""
        token = letter.sent.link()
        page = await self._world.look(token, cookie)
        if not isinstance(page, Page):
            return
        whole = replace(form, nonce=page.nonce)
        typed = await self._typed(letter, whole, cookie, page) if code is None else code
        outcome = await self._world.press(Press(token, replace(whole, code=typed), cookie, "simulated"))
        minted = getattr(outcome, "browser", None)
        if minted is not None:
            self._cookies[letter.person] = minted.text
        if code is None and isinstance(outcome, Again) and self._chance.random() < 0.5:
            await self._replies(letter, next((a for a, f in LINKS[letter.ask].items() if f == form), None))  # type: ignore[index]

    async def _typed(self, letter: Received, form: Form, cookie: str, page: Page) -> str:
        if page.coding == "letter":
            return _code_in(letter.sent.text)
        if page.coding == "ask":
            self._codes.pop(letter.person, None)
            await self._world.send_code(Press(letter.sent.link(), form, cookie, "simulated"))
            await self._later(5 * MINUTE)
        return self._codes.get(letter.person, "")

    # --- whoever begins something

    def asks_to_pay(self) -> None:
        """Let somebody ask for an invoice to be paid."""
        number, kopecks = self._chance.randint(1, 99), self._chance.randint(100_000, 90_000_000)
        text = (
            f"Прошу оплатить.\nПодрядчик: ООО «Ромашка»\nСумма: {kopecks // 100},{kopecks % 100:02}\n"
            f"Счёт: № {number} от 12.11.2026\nСтатья: Реклама\nВ бюджете: да\nОплатить до: 30.12.2026\n"
        )
        files = (File(f"Счет {number}.pdf", b"paper %d" % number),) if self._chance.random() < 0.7 else ()
        self._begins(
            self._chance.choice(("i.kuznetsov", "s.orlov", "j.smith", "p.petrov")), "Счёт: баннеры", text, files
        )

    def writes_a_memo(self) -> None:
        """Let somebody write a memo."""
        text = "Кому: Морозов\nТекст: прошу проверить договор аренды до конца месяца."
        self._begins(self._chance.choice(("i.kuznetsov", "s.orlov")), "Служебная записка: договор аренды", text)

    def is_a_stranger(self) -> None:
        """Let somebody outside write."""
        draft = Draft(
            "sales@romashka.example", self._world.address, "Предложение", "Предлагаем баннеры.", self._world.now()
        )
        self._world.mail(draft)

    def _begins(self, who: str, subject: str, text: str, files: tuple[File, ...] = ()) -> None:
        writer = self._world.office.directory.people[who].address
        proven = self._chance.random() < 0.9
        self._world.mail(Draft(writer, self._world.address, subject, text, self._world.now(), files, {}, None, proven))
        if self._chance.random() < 0.15:
            # A careless program: another mail under the same Message-ID.
            more = f"{text}\nПовторно, с уточнением."
            draft = Draft(writer, self._world.address, subject, more, self._world.now(), files, {}, None, proven)
            self._world.mail(draft, same_id=True)


def _code_in(text: str) -> str:
    found = _CODE.search(text)
    return "".join(found.groups()) if found else ""
