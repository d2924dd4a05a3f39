"""Mail nobody wrote by hand: bounces, read receipts, calendar answers, holiday replies, lists.

Owns: telling such mail from a person's. None of it ever decides, and none of it is ever answered.
Rules: RFC 3834 (Auto-Submitted), RFC 3464 and RFC 8098 (reports), RFC 2919 (List-Id), and the
subjects Russian and English systems write. `X-Auto-Response-Suppress` alone is no sign: Exchange
puts it on mail written by people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from mailflow.core.dates import read_date
from mailflow.core.kinds import Kind, Other
from mailflow.core.message import Message

_Step = Callable[[Message], Other | None]

_PREFIX = re.compile(r"^\s*(?:(?:re|fwd?|fw|отв|ответ|пересл)\s*:\s*)+", re.IGNORECASE)
_POSTMASTERS = ("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon")

_SUBJECTS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (Kind.READ_RECEIPT, ("прочтено:", "прочитано:", "read:", "read receipt", "не прочтено:", "not read:")),
    (
        Kind.BOUNCE,
        (
            "не доставлено:",
            "недоставленное сообщение",
            "сообщение не доставлено",
            "undelivered mail",
            "undeliverable",
            "delivery status notification",
            "mail delivery failed",
            "mail delivery failure",
            "returned mail",
            "failure notice",
            "delivery failure",
            "delivery has failed",
        ),
    ),
    (
        Kind.CALENDAR,
        ("принято:", "отклонено:", "под вопросом:", "accepted:", "declined:", "tentative:", "приглашение:"),
    ),
    (
        Kind.AUTO_REPLY,
        (
            "автоматический ответ",
            "автоответ",
            "автоматическое уведомление об отсутствии",
            "automatic reply",
            "auto reply",
            "auto-reply",
            "autoreply",
            "out of office",
            "out of the office",
            "нет на месте",
            "не на рабочем месте",
            "away from my mail",
            "vacation reply",
        ),
    ),
)


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
    match message.report_type.lower():
        case "delivery-status":
            return Other("a delivery report (multipart/report)", Kind.BOUNCE, _bounced(message))
        case "disposition-notification":
            return Other("a read receipt (multipart/report)", Kind.READ_RECEIPT)
        case _:
            return None


def _calendar(message: Message) -> Other | None:
    if message.calendar:
        return Other(f"a calendar part, METHOD:{message.calendar}", Kind.CALENDAR, {"method": message.calendar})
    return None


def _calendar_answer(message: Message) -> Other | None:
    return _calendar(message) if message.calendar.upper() == "REPLY" else None


def _sure_subject(message: Message) -> Other | None:
    found = _subject(message)
    return found if found is not None and found.kind in (Kind.BOUNCE, Kind.AUTO_REPLY) else None


def _subject(message: Message) -> Other | None:
    subject = _PREFIX.sub("", message.subject).strip().lower()
    for kind, openings in _SUBJECTS:
        opening = next((o for o in openings if subject.startswith(o)), None)
        if opening is None or (kind is Kind.CALENDAR and message.calendar == "" and _has_words(message)):
            continue
        return Other(f"the subject begins «{opening}»", kind, _details(kind, message))
    return None


def _has_words(message: Message) -> bool:
    """«Отклонено: дорого» is how a person answers; a meeting's answer carries no text of its own."""
    return bool(message.text.strip() or message.html.strip())


def _postmaster(message: Message) -> Other | None:
    senders = [a.mail.lower().partition("@")[0] for a in (*message.from_, *message.sender)]
    if any(name in _POSTMASTERS for name in senders):
        return Other("written by the mail system (postmaster)", Kind.BOUNCE, _bounced(message))
    if message.header("X-Failed-Recipients"):
        return Other("X-Failed-Recipients names an address", Kind.BOUNCE, _bounced(message))
    return None


_AUTO_HEADERS = ("X-Autoreply", "X-Autorespond", "X-AutoReply-From", "X-Mail-Autoreply", "X-Autogenerated")
_LOOP_HEADERS = ("X-MS-Exchange-Inbox-Rules-Loop",)


def _headers(message: Message) -> Other | None:
    submitted = message.header("Auto-Submitted").split(";")[0].strip().lower()
    if submitted not in ("", "no"):
        return Other(f"Auto-Submitted: {submitted}", Kind.AUTO_REPLY, _away(message))
    sign = next((name for name in (*_AUTO_HEADERS, *_LOOP_HEADERS) if message.header(name)), None)
    if sign is not None:
        return Other(f"the header {sign}", Kind.AUTO_REPLY, _away(message))
    if message.header("Precedence").strip().lower() == "auto_reply":
        return Other("Precedence: auto_reply", Kind.AUTO_REPLY, _away(message))
    return None


def _list(message: Message) -> Other | None:
    if message.header("List-Id") or message.header("List-Unsubscribe"):
        return Other("a mailing list's header", Kind.LIST)
    return None


def _bulk(message: Message) -> Other | None:
    if message.header("Precedence").strip().lower() in ("bulk", "list", "junk"):
        return Other(f"Precedence: {message.header('Precedence').strip()}", Kind.LIST)
    return None


def _null_return_path(message: Message) -> Other | None:
    paths = message.header_all("Return-Path")
    if paths and paths[0].strip() in ("<>", ""):
        return Other("an empty Return-Path: a machine wrote it", Kind.AUTO_REPLY, _away(message))
    return None


_STEPS: tuple[_Step, ...] = (
    _report,
    _calendar,
    _subject,
    _postmaster,
    _headers,
    _list,
    _bulk,
    _null_return_path,
)
"""Asked in this order; the first that knows the mail names it."""

_SURE_STEPS: tuple[_Step, ...] = (
    _report,
    _calendar_answer,
    _sure_subject,
    _postmaster,
    _headers,
    _list,
    _null_return_path,
)

_FINAL_RECIPIENT = re.compile(r"^(?:Final|Original)-Recipient:\s*(?:rfc822;)?\s*<?([^\s<>;]{1,320})>?", re.I | re.M)
_STATUS = re.compile(r"^Status:\s*([245]\.\d{1,3}\.\d{1,3})", re.I | re.M)


def _bounced(message: Message) -> dict[str, str]:
    source = f"{message.report}\n{message.text}"[:100_000]
    address = _FINAL_RECIPIENT.search(source)
    status = _STATUS.search(source)
    failed = message.header("X-Failed-Recipients").split(",")[0].strip()
    details = {"address": address[1] if address else failed, "status": status[1] if status else ""}
    return {name: value for name, value in details.items() if value}


def _details(kind: Kind, message: Message) -> dict[str, str]:
    if kind is Kind.BOUNCE:
        return _bounced(message)
    return _away(message) if kind is Kind.AUTO_REPLY else {}


_UNTIL = re.compile(r"\b(?:до|по|until|till|through|вернусь|returning|return(?: on)?|back(?: on)?)\s+(.{3,30})", re.I)
_DEPUTY = re.compile(
    r"(?:замещает|заменяет|вместо меня|обращайтесь к|обращаться к|please contact|contact)\s*[:—-]?\s*(.{3,60})", re.I
)


def _away(message: Message) -> dict[str, str]:
    """Read the return date and the deputy a holiday reply names, where it surely does."""
    text = message.text[:5000]
    until = next(_dates_said(text, message), None)
    deputy = _DEPUTY.search(text)
    details = {
        "until": until.isoformat() if until else "",
        "substitute": re.split(r"[,;(\n]|\.\s", deputy[1])[0].strip(" .") if deputy else "",
    }
    return {name: value for name, value in details.items() if value}


def _dates_said(text: str, message: Message) -> Iterator[date]:
    if message.date is None:
        return
    for match in _UNTIL.finditer(text):
        words = match[1].split()
        for length in (4, 3, 2, 1):
            day = read_date(" ".join(words[:length]).strip(".,;!"), message.date.date())
            if day is not None:
                yield day
                break
