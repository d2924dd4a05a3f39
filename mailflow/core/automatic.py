"""Mail nobody wrote by hand: bounces, read receipts, calendar answers, holiday replies, lists.

Owns: telling such mail from a person's by its structure, its headers, its subject (what is a bounce, `bounces` tells;
what a holiday reply says, `away`). None of it ever decides, and none of it is ever answered.
Rules: RFC 3834 (Auto-Submitted), RFC 8098 (read receipts), RFC 5546 (calendar answers), RFC 2919 and 2369 (lists), and
the subjects mail programs write. `X-Auto-Response-Suppress` alone is no sign: Exchange puts it on mail people write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from mailflow.core.away import absence, subject_says_automatic, subject_says_away, text_says_away
from mailflow.core.bounces import bounce
from mailflow.core.kinds import Kind, Other
from mailflow.core.message import Message

_Step = Callable[[Message], Other | None]

_PREFIX = re.compile(r"^\s*(?:(?:re|fwd?|fw|отв|ответ|пересл)\s*:\s*)+", re.IGNORECASE)

_RECEIPTS = (
    "прочтено:", "прочитано:", "не прочтено:", "не прочитано:", "удалено без прочтения:", "уведомление о прочтении",
    "подтверждение прочтения", "read:", "not read:", "read receipt", "return receipt", "deleted without being read:",
    "прачытана:", "оқылды:", "gelesen:", "ungelesen:", "nicht gelesen:", "lesebestätigung", "empfangsbestätigung",
    "lu:", "lu :", "non lu:", "non lu :", "accusé de lecture", "leído:", "no leído:", "confirmación de lectura",
    "letto:", "non letto:", "conferma di lettura", "przeczytano:", "przeczytane:", "nieprzeczytane:", "lida:",
    "gelezen:",
)  # fmt: skip
_DELIVERED = (
    "доставлено:", "ретранслировано:", "уведомление о доставке", "delivered:", "relayed:", "доставлена:", "zugestellt:",
    "remis:", "remis :", "entregado:", "recapitato:", "dostarczono:",
)  # fmt: skip
"""A person writes so too; a machine's sign must stand beside."""
_MEETINGS = (
    "принято:", "отклонено:", "под вопросом:", "предварительно принято:", "приглашение:", "отменено:",
    "предложено новое время:", "accepted:", "declined:", "tentative:", "tentatively accepted:", "invitation:",
    "updated invitation:", "canceled:", "cancelled:", "canceled event:", "new time proposed:", "прийнято:",
    "відхилено:",
    "запрошення:", "zugesagt:", "abgelehnt:", "mit vorbehalt:", "mit vorbehalt zugesagt:", "abgesagt:", "accepté:",
    "accepté :", "refusé:", "refusé :", "provisoire:", "provisoire :", "aceptado:", "aceptada:", "rechazado:",
    "rechazada:", "provisional:", "accettato:", "accettata:", "rifiutato:", "rifiutata:", "provvisorio:",
    "zaakceptowano:", "odrzucono:", "wstępnie:",
)  # fmt: skip
_DISPOSITION = re.compile(r"^Disposition:[ \t]*(?:automatic|manual)-action", re.IGNORECASE | re.MULTILINE)


def automatic(message: Message) -> Other | None:
    """Say what kind of automatic mail it is, with the sign that tells; None for a person's mail."""
    return _first(_STEPS, message)


def surely_automatic(message: Message) -> Other | None:
    """Say the same by the signs alone that no program puts on what a person writes.

    For a colleague's mail that asks for something: mailing programs send it with Precedence: bulk, it comes
    with a meeting, its subject is that of a receipt. It must be seen to; a reply is never read this way.
    """
    return _first(_SURE_STEPS, message)


def _first(steps: tuple[_Step, ...], message: Message) -> Other | None:
    for step in steps:
        found = step(message)
        if found is not None:
            return found
    return None


def _report(message: Message) -> Other | None:
    if message.report_type.lower() == "disposition-notification":
        return Other("a read receipt (multipart/report)", Kind.READ_RECEIPT)
    if message.report and _DISPOSITION.search(message.report[:10_000]):
        return Other("a part that reports what became of a mail", Kind.READ_RECEIPT)
    return None


def _calendar(message: Message) -> Other | None:
    """A published calendar is a file somebody attached; every other method is a program's talk with programs."""
    if message.calendar and message.calendar != "PUBLISH":
        return Other(f"a calendar part, METHOD:{message.calendar}", Kind.CALENDAR, {"method": message.calendar})
    return None


def _calendar_answer(message: Message) -> Other | None:
    return _calendar(message) if message.calendar in ("REPLY", "COUNTER", "REFRESH") else None


def _receipt_subject(message: Message) -> Other | None:
    subject = _subject(message)
    opening = _opening(subject, _RECEIPTS)
    if not opening and subject.startswith(_DELIVERED) and _is_from_machine(message):
        opening = _opening(subject, _DELIVERED)
    return Other(f"the subject begins «{opening}»", Kind.READ_RECEIPT) if opening else None


def _calendar_subject(message: Message) -> Other | None:
    """«Отклонено: дорого» is how a person answers; a meeting's answer carries no text of its own."""
    opening = _opening(_subject(message), _MEETINGS)
    if not opening or message.text.strip() or message.html.strip():
        return None
    return Other(f"the subject begins «{opening}»", Kind.CALENDAR)


def _opening(subject: str, openings: tuple[str, ...]) -> str:
    return next(o for o in openings if subject.startswith(o)) if subject.startswith(openings) else ""


def _subject(message: Message) -> str:
    return _PREFIX.sub("", message.subject).strip().lower()


def _auto_subject(message: Message) -> Other | None:
    opening = subject_says_automatic(message)
    return _auto_reply(f"the subject begins «{opening}»", message) if opening else None


def _away_subject(message: Message) -> Other | None:
    opening = subject_says_away(message)
    return _auto_reply(f"the subject begins «{opening}»", message) if opening else None


def _away_text(message: Message) -> Other | None:
    if text_says_away(message):
        return _auto_reply("it says only that its writer is not there, or that nobody wrote it", message)
    return None


def _auto_reply(reason: str, message: Message) -> Other:
    return Other(reason, Kind.AUTO_REPLY, absence(message))


def _by_lower(*names: str) -> dict[str, str]:
    return {name.lower(): name for name in names}


_AUTO_HEADERS = _by_lower(
    "X-Autoreply", "X-Auto-Reply", "X-Autorespond", "X-Autoresponder", "X-Auto-Response", "X-AutoReply-From",
    "X-Mail-Autoreply", "X-Autogenerated", "X-Vacation", "X-FC-MachineGenerated", "X-MS-Exchange-Inbox-Rules-Loop",
    "X-RT-Loop-Prevention", "X-OTRS-Loop",
)  # fmt: skip
_NOT_SO = ("", "no", "false", "0")


def _named(message: Message, names: Mapping[str, str]) -> list[str]:
    """Give those of the headers that are there; a mail has dozens, so they are walked through once."""
    return [names[name] for key, _ in message.headers if (name := key.lower()) in names]


def _headers(message: Message) -> Other | None:
    submitted = message.header("Auto-Submitted").split(";")[0].strip().lower()
    if submitted not in ("", "no"):
        return _auto_reply(f"Auto-Submitted: {submitted[:60]}", message)
    sign = next((name for name in _named(message, _AUTO_HEADERS) if message.header(name).lower() not in _NOT_SO), "")
    if sign:
        return _auto_reply(f"the header {sign}", message)
    if message.header("Precedence").strip().lower() in ("auto_reply", "auto-reply", "autoreply"):
        return _auto_reply("Precedence: auto_reply", message)
    if "autoresponder" in message.header("X-POST-MessageClass").lower():
        return _auto_reply("the header X-POST-MessageClass", message)
    return None


_LIST_HEADERS = _by_lower("List-Id", "List-Unsubscribe", "List-Post", "Mailing-List", "X-Mailing-List")


def _list(message: Message) -> Other | None:
    if any(message.header(name) for name in _named(message, _LIST_HEADERS)):
        return Other("a mailing list's header", Kind.LIST)
    return None


def _bulk(message: Message) -> Other | None:
    if message.header("Precedence").strip().lower() in ("bulk", "list", "junk"):
        return Other(f"Precedence: {message.header('Precedence').strip()}", Kind.LIST)
    return None


def _null_return_path(message: Message) -> Other | None:
    if _has_null_return_path(message):
        return _auto_reply("an empty Return-Path: a machine wrote it", message)
    return None


def _has_null_return_path(message: Message) -> bool:
    paths = message.header_all("Return-Path")
    return bool(paths) and paths[0].strip() in ("<>", "")


def _is_from_machine(message: Message) -> bool:
    submitted = message.header("Auto-Submitted").split(";")[0].strip().lower()
    return _has_null_return_path(message) or submitted not in ("", "no")


_STEPS: tuple[_Step, ...] = (
    bounce,
    _report,
    _calendar,
    _receipt_subject,
    _calendar_subject,
    _auto_subject,
    _headers,
    _list,
    _bulk,
    _null_return_path,
    _away_subject,
    _away_text,
)
"""Asked in this order; the first that knows the mail names it."""

_SURE_STEPS: tuple[_Step, ...] = (
    bounce,
    _report,
    _calendar_answer,
    _auto_subject,
    _headers,
    _list,
    _null_return_path,
)
