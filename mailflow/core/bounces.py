"""Bounces: mail that says a letter did not arrive, by the standard or in any server's own words.

Owns: telling a bounce from everything else, and reading out of it the address and the status it names.
Refuses to know: which letter of ours came back, and what follows.
Rules: RFC 3464 and RFC 6533 (delivery reports), RFC 3463 (status codes), RFC 5965 (complaints are no bounces).

Words alone never make a bounce: «Не доставлено: два насоса» is how a person writes too. Without a report there must
be a machine's sign (its name, an empty Return-Path, Auto-Submitted) beside the words, and in a text beside the subject
a reply code of a server or the mail that came back. A mail that is only late is told apart by its `action`, `delayed`:
it did not fail (RFC 3464, 2.3.3), and nobody need act. What may go wrong: a server that puts none of these on what it
writes; its mail is then shown to the secretary as any stranger's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain

from mailflow.core.kinds import Kind, Other
from mailflow.core.message import Message

_MAIL_SYSTEMS = frozenset({"mailer-daemon", "mailerdaemon", "mailer_daemon", "mail-daemon", "mail.daemon", "mdaemon"})
_MACHINES = re.compile(
    r"(?:microsoftexchange[0-9a-f]{20,40}|post[-_.]?master|(?:no|not|do-?not|dont)[-_.]?reply|mail[-_.]?(?:system|admin|delivery)|bounces?|ndr)"
)
_SENDER_NAMED = re.compile(r"[<\"\s]*(?:mailer-daemon|mail delivery (?:sub)?system)\b", re.IGNORECASE)

_SUBJECT = re.compile(
    r"(?:не доставлено|недоставлен|(?:сообщение|письмо) не доставлено|(?:сообщение|письмо) не может быть доставлено|"
    r"ошибка доставки|не вдалося доставити|уведомление о (?:состоянии )?(?:не)?доставк|"
    r"undeliver(?:ed|able)|delivery (?:status notification|failure|has failed|failed|report)|"
    r"mail (?:delivery (?:failed|failure|status)|could not be delivered|system error)|message (?:could )?not delivered|"
    r"returned mail|failure notice|there was an error sending your mail|warning: could not send|"
    r"unzustellbar|non remis|échec de la remise|no se (?:puede|pudo) entregar|não entregue|mancato recapito|"
    r"nie można dostarczyć|mail failure|メールエラー通知)",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"(?:could ?n[o']t|can ?not|can't|was not|were not|has not been|not be) (?:be )?deliver|deliver(?:y|ing) (?:\w+ )?"
    r"(?:has )?failed|undeliver(?:ed|able)|unable to deliver|(?:trouble|failed to|problem) deliver|returned to sender|"
    r"(?:user|recipient|address|mailbox) (?:is |was )?(?:unknown|rejected|full|unavailable|not found|invalid)|"
    r"(?:unknown|invalid|no such) (?:user|recipient|mailbox|address)|mailbox is full|does not exist|"
    r"не (?:было |может быть |был[оаи]? )?доставлен|не удалось доставить|невозможно доставить|недоставленн|"
    r"(?:ящик|адрес\w*|пользовател\w*) (?:получателя )?(?:переполнен|не существует|не найден|недоступен)|"
    r"не вдалося доставити|konnte nicht zugestellt|n.a pas pu être (?:remis|distribué)|"
    r"no se (?:ha podido|pudo) entregar|"
    r"non è stato possibile recapitare|nie można dostarczyć|送信できませんでした|配信できませ",
    re.IGNORECASE,
)
_SERVERS_CODE = re.compile(r"(?<![\d.])(?:[45]\.\d{1,3}\.\d{1,3}(?![\d.])|[45][0-5]\d[ -](?=\D))")
_RETURNED = re.compile(r"^(?:Received|Message-ID|Return-Path): ?\S", re.IGNORECASE | re.MULTILINE)

_STILL_SENT = re.compile(
    r"warning(?: message)? only|\bnot need to resend|no need to resend|"
    r"will (?:be retried|retry|keep trying|continue trying)|"
    r"(?:delivery )?attempts will continue|still being (?:retried|sent)|status notification \([^()]{0,30}\bdelay|"
    r"попытк\w{0,3} (?:отправки|доставки)[^.!?]{0,60} (?:будут|продолж|повтор)|"
    r"не (?:нужно|требуется|надо) (?:отправлять|посылать) \w{0,20} ?повторно|"
    r"повторять отправку не (?:нужно|требуется|надо)|"
    r"(?:задержк\w|задерж[иа]\w{1,8}) (?:доставк|при доставке)|доставка \w{0,20} ?(?:задерж|отложен)",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"(?<![\d.])5(?:\.\d{1,3}\.\d{1,3}(?![\d.])|[0-5]\d[ -](?=\D))")

_ARRIVED = frozenset({"delivered", "deliverable", "relayed", "expanded"})
_DELAYED = "delayed"
_READ = 100_000
_TEXT = 6_000
"""What a server says of a failure stands at the top; below it is the mail that came back."""


def bounce(message: Message) -> Other | None:
    """Say whether the mail is a bounce or another report about a mail of ours, with the sign that tells."""
    return next((found for step in _STEPS if (found := step(message)) is not None), None)


def is_delay(other: Other) -> bool:
    """Tell whether a bounce says only that the mail is late: its server goes on trying, and nobody need act."""
    return other.details.get("action") == _DELAYED


def _report(message: Message) -> Other | None:
    match message.report_type.lower():
        case "" if _is_from_a_machine(message) and _RECIPIENT.search(message.report[:_READ]):
            return _bounce("a machine sends a delivery report", message)
        case "delivery-status" if _has_arrived(message):
            return Other("a delivery report: the mail arrived", Kind.READ_RECEIPT)
        case "delivery-status":
            return _bounce("a delivery report (multipart/report)", message)
        case "feedback-report":
            return Other("a complaint handed on by a mail system (feedback-report)", Kind.AUTO_REPLY)
        case _:
            return None


def _has_arrived(message: Message) -> bool:
    """True when every recipient of the report got the mail."""
    actions = _actions(message.report[:_READ])
    return bool(actions) and actions <= _ARRIVED


def _failed_recipients(message: Message) -> Other | None:
    if message.header("X-Failed-Recipients"):
        return _bounce("X-Failed-Recipients names an address", message)
    return None


def _mail_system(message: Message) -> Other | None:
    names = set(_senders(message))
    if names & _MAIL_SYSTEMS or _SENDER_NAMED.match(message.header("From")):
        return _bounce("written by the mail system", message)
    return None


def _subject(message: Message) -> Other | None:
    opening = _SUBJECT.match(message.subject.strip())
    if opening is None or not (_is_from_a_machine(message) or _is_prefix(message, opening.end())):
        return None
    return _bounce(f"the subject begins «{opening[0].lower()}» as a mail system's does", message)


def _is_prefix(message: Message, end: int) -> bool:
    """«Не доставлено: » before the subject of another mail: so Exchange begins, and no person who answers."""
    rest = message.subject.strip()[end:]
    return rest.startswith(":") and (rest[1:].lstrip().startswith("[") or bool(message.in_reply_to))


def _text(message: Message) -> Other | None:
    told = _TOLD.search(message.text[:_TEXT]) if _is_from_a_machine(message) else None
    if told is None:
        return None
    if not (message.nested or _SERVERS_CODE.search(message.text[:_TEXT]) or _RETURNED.search(message.text[:_READ])):
        return None
    return _bounce(f"a machine says «{' '.join(told[0].lower().split())}»", message)


_STEPS: tuple[Callable[[Message], Other | None], ...] = (_report, _failed_recipients, _mail_system, _subject, _text)


def _is_from_a_machine(message: Message) -> bool:
    paths = message.header_all("Return-Path")[:1]
    null_path = bool(paths) and ("mailer-daemon" in paths[0].lower() or paths[0].strip() in ("<>", ""))
    submitted = message.header("Auto-Submitted").partition(";")[0].strip().lower()
    return null_path or submitted not in ("", "no") or any(_MACHINES.match(name) for name in _senders(message))


def _senders(message: Message) -> Iterator[str]:
    for address in (*message.from_, *message.sender):
        yield address.mail.lower().partition("@")[0]


# ---- what it names

_ACTION = re.compile(r"^Action:[ \t]*(\w{1,20})", re.IGNORECASE | re.MULTILINE)
_RECIPIENT = re.compile(
    r"^(?:Final|Original|X-Actual)-Recipient:[ \t]*(?:[\w-]{1,20};)?[ \t]*<?([^\s<>;]{1,320}@[^\s<>;]{1,255})>?",
    re.IGNORECASE | re.MULTILINE,
)
_STATUS = re.compile(r"^Status:[ \t]*([245]\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)
_ENHANCED = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.]|\d)")
_ADDRESS = re.compile(
    r"(?<![\w.+@-])([\w.+=&'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z][\w-]{1,62})(?![\w@-])", re.IGNORECASE
)
_TO = re.compile(r"^(?:X-)?To:[ \t]*(.{1,400})", re.IGNORECASE | re.MULTILINE)


def _bounce(reason: str, message: Message) -> Other:
    action = _DELAYED if _is_late(message) else ""
    details = {"address": _address(message), "status": _status(message), "action": action}
    return Other(reason, Kind.BOUNCE, {name: value for name, value in details.items() if value})


def _is_late(message: Message) -> bool:
    """Tell whether nothing failed yet: by what the report says of each recipient, else in the server's own words."""
    actions = _actions(message.report[:_READ]) - _ARRIVED
    if actions:
        return actions == {_DELAYED}
    told = f"{message.subject}\n{message.text[:_TEXT]}"
    return _STILL_SENT.search(told) is not None and _REFUSED.search(told) is None


def _actions(report: str) -> set[str]:
    return {action.lower() for action in _ACTION.findall(report)}


def _address(message: Message) -> str:
    """Give the address that failed: as the report says, as the text says, or whom the returned mail was for."""
    failed = message.header("X-Failed-Recipients").partition(",")[0].strip()
    return _reported(message) or failed or _told(message) or _returned_to(message)


def _reported(message: Message) -> str:
    block = _failed_block(message)
    found = _RECIPIENT.search(block)
    return found[1] if found else ""


def _failed_block(message: Message) -> str:
    """Give the fields about the first recipient whose mail failed, else of the first it has not reached."""
    blocks = [block for block in message.report[:_READ].split("\n\n") if _RECIPIENT.search(block)]
    missed = [block for block in blocks if not _actions(block) & _ARRIVED]
    failed = (block for block in missed if _DELAYED not in _actions(block))
    return next(chain(failed, missed, blocks), message.text[:_READ])


def _told(message: Message) -> str:
    """Give the first address the server's own words name that is neither ours nor the mail system's."""
    ours = {address.mail.lower() for address in (*message.to, *message.cc)}
    told = _RETURNED.split(message.text[:_TEXT], maxsplit=1)[0]
    for address in _ADDRESS.findall(told):
        name = address.lower().partition("@")[0]
        if address.lower() not in ours and name not in _MAIL_SYSTEMS and not _MACHINES.match(name):
            return str(address)
    return ""


def _returned_to(message: Message) -> str:
    if message.nested and message.nested[0].to:
        return message.nested[0].to[0].mail
    sources = (
        message.report,
        message.text,
        *(a.content[:_READ].decode("utf-8", "replace") for a in message.attachments),
    )
    headers = (_TO.search(source[:_READ]) for source in sources)
    return next((found[1] for to in headers if to and (found := _ADDRESS.search(to[1]))), "")


def _status(message: Message) -> str:
    stated = _STATUS.search(_failed_block(message)) or _STATUS.search(message.report[:_READ])
    if stated is None or stated[1].startswith("2"):
        stated = _ENHANCED.search(message.text[:_TEXT])
    return stated[1] if stated else ""
