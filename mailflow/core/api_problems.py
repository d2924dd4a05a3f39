"""What can be wrong with a call of the API, as values: the closed set of problems and their words.

Owns: the name, status and words of each (RFC 9457: type, status, title, detail), in Russian and English.
Refuses to know: HTTP headers, JSON, who is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mailflow.core.views import Language

Name = Literal[
    "no-key", "unknown-key", "not-allowed", "not-found", "wrong-method", "wrong-type", "too-long", "too-slow",
    "not-json", "wrong-values", "wrong-cursor", "no-idempotency-key", "other-request", "too-many", "unreadable",
    "unknown-process", "unknown-person", "dead-link", "already-decided", "changed-card", "closed-case", "not-his-turn",
    "needs-choice", "needs-reason", "needs-date", "needs-tick", "needs-code", "wrong-code", "too-many-codes",
    "code-sent-lately", "needs-factor", "wrong-factor", "no-factor", "trouble",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong value: where it stands (RFC 6901) and what is wrong with it, in one sentence."""

    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a call did nothing."""

    name: Name
    words: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    @property
    def status(self) -> int:
        """The status it is answered with (RFC 9110)."""
        return _PROBLEMS[self.name][0]

    def title(self, language: Language) -> str:
        """Say it in one sentence."""
        _, ru, en = _PROBLEMS[self.name]
        return (ru if language == "ru" else en).format(**self.words)


_PROBLEMS: Mapping[Name, tuple[int, str, str]] = {
    "no-key": (
        401,
        "Нужен ключ: заголовок «Authorization: Bearer mfk_…».",
        "A key is needed: the header “Authorization: Bearer mfk_…”.",
    ),
    "unknown-key": (
        401,
        "Этот ключ ничего не открывает: неизвестен, отозван или истёк.",
        "This key opens nothing: unknown, revoked or expired.",
    ),
    "not-allowed": (403, "У ключа нет права {right}.", "The key lacks the right {right}."),
    "not-found": (
        404,
        "Здесь ничего нет, или это не для этого ключа.",
        "There is nothing here, or it is not for this key.",
    ),
    "wrong-method": (405, "По этому адресу так не обращаются.", "This address is not called that way."),
    "wrong-type": (415, "Тело запроса должно быть {wanted}.", "The body must be {wanted}."),
    "too-long": (
        413,
        "Запрос слишком длинный: не более {most} байт.",
        "The request is too long: {most} bytes at most.",
    ),
    "too-slow": (408, "Запрос пришёл не целиком за отведённое время.", "The request did not arrive in time."),
    "not-json": (400, "Тело запроса не читается как JSON.", "The body cannot be read as JSON."),
    "wrong-values": (422, "Некоторые значения не подходят.", "Some values do not fit."),
    "wrong-cursor": (422, "Это не место списка, выданное раньше.", "This is no place of a list that was given out."),
    "no-idempotency-key": (
        400,
        "Нужен заголовок Idempotency-Key: от 1 до 200 печатных знаков.",
        "The header Idempotency-Key is needed: 1 to 200 printable characters.",
    ),
    "other-request": (
        422,
        "С этим Idempotency-Key уже пришёл другой запрос.",
        "Another request came with this Idempotency-Key before.",
    ),
    "too-many": (
        429,
        "Слишком много запросов: повторите через {seconds} с.",
        "Too many requests: try again in {seconds} s.",
    ),
    "unreadable": (400, "Запрос не читается.", "The request cannot be read."),
    "unknown-process": (422, "Нет процесса «{process}».", "There is no process “{process}”."),
    "unknown-person": (422, "Нет сотрудника «{person}».", "There is no person “{person}”."),
    "dead-link": (
        404,
        "Ссылка ничего не открывает: неизвестна, истекла или не для этого ключа.",
        "The link opens nothing: unknown, expired or not for this key.",
    ),
    "already-decided": (409, "Уже решено: {who}, {said}, {when}.", "It is decided already: {who}, {said}, {when}."),
    "changed-card": (
        410,
        "Карточка или круг изменились: действует ссылка из последнего письма.",
        "The card or the round has changed: the link of the newest letter counts.",
    ),
    "closed-case": (410, "Заявка закрыта.", "The case is closed."),
    "not-his-turn": (403, "Теперь решает {who}.", "Now {who} decides."),
    "needs-choice": (
        422,
        "Такого ответа здесь нет; возможны: {choices}.",
        "There is no such answer here; possible are: {choices}.",
    ),
    "needs-reason": (
        422,
        "К этому ответу нужны слова: причина или вопрос.",
        "This answer needs words: a reason or a question.",
    ),
    "needs-date": (422, "Дата не читается.", "The date cannot be read."),
    "needs-tick": (
        422,
        "Нужно подтверждение, что документ прочитан: read = true.",
        "It must be confirmed that the document is read: read = true.",
    ),
    "needs-code": (
        403,
        "Нужен код: из письма со ссылкой или присланный по просьбе.",
        "A code is needed: of the letter with the link, or one sent on request.",
    ),
    "wrong-code": (403, "Код не подошёл; осталось попыток: {left}.", "The code is wrong; tries left: {left}."),
    "too-many-codes": (
        403,
        "Эта ссылка больше не принимает кодов: ответьте письмом.",
        "This link takes no more codes: answer by reply.",
    ),
    "code-sent-lately": (
        429,
        "Код уже отправлен: новый можно запросить позже.",
        "A code was sent a moment ago: ask for another one later.",
    ),
    "needs-factor": (403, "Нужен код второго фактора.", "The code of the second factor is needed."),
    "wrong-factor": (
        403,
        "Код второго фактора не подошёл; осталось попыток: {left}.",
        "The code of the second factor is wrong; tries left: {left}.",
    ),
    "no-factor": (
        403,
        "Второй фактор не настроен или больше не принимается для этой ссылки.",
        "The second factor is not set up, or not taken any more for this link.",
    ),
    "trouble": (503, "Сейчас не получается: ничего не записано.", "It does not work just now: nothing was recorded."),
}
PROBLEMS: Mapping[Name, int] = {name: status for name, (status, _, _) in _PROBLEMS.items()}
"""Every problem with its status."""
