"""Who really wrote a mail: one function, one closed value.

Owns: `prove`. Nothing else in mailflow decides who wrote a mail. Absent proof is `Unproven`.
First the mail must name one writer in one way only: the scan of its bytes, our address parser and
mail-parser agree, and nothing in the header block can be read twice. Then our own server must vouch for
that writer. An assistant's mail (a Sender other than From) is the Sender's. Reply-To identifies nobody.
Refuses to know: who is staff. Rules: RFC 8601 (Authentication-Results), RFC 5322 section 3.6.2, RFC 7489.
May go wrong: an honest but odd mail stays unproven; its writer is asked to confirm by another way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from mailflow.core.address_grammar import strict_address, strict_domain
from mailflow.core.addresses import read_addresses
from mailflow.core.authentication import Clause, Results
from mailflow.core.headers import values_of
from mailflow.core.message import Message
from mailflow.core.receiver import Marks, ReceiverProfile, marks_of
from mailflow.core.views import Language


@dataclass(frozen=True, slots=True)
class Proven:
    """The mail was written by the holder of `address` (lower case); `by` says what proves it."""

    address: str
    by: str


@dataclass(frozen=True, slots=True)
class Unproven:
    """Nobody is proven to have written the mail: `why` in a word, `detail` from the mail or its marks."""

    why: str
    detail: str = ""

    @property
    def reason(self) -> str:
        """Why, as one English sentence, for logs and operators."""
        return self.in_("en")

    def in_(self, language: Language) -> str:
        """Why, as one sentence in the reader's language."""
        ru, en = UNPROVEN.get(self.why, (self.why, self.why))
        return (ru if language == "ru" else en).format(detail=self.detail)


UNPROVEN: Mapping[str, tuple[str, str]] = {
    # why: (ru, en)
    "api": (
        "заявку прислала система «{detail}» по своему ключу, а не сам сотрудник",
        "the system {detail} sent the request with its key, not the person",
    ),
    "no_profile": (
        "для ящика не указан почтовый сервер, чьим отметкам верить",
        "the mailbox has no receiver profile, so no mark of a server is believed",
    ),
    "other_bytes": ("письмо прочитано не из этих байтов", "the message was not read from these bytes"),
    "two_readings": ("заголовок письма читается двояко ({detail})", "the header can be read in two ways ({detail})"),
    "from": ("в поле «От» не ровно один адрес", "the From header does not name exactly one plain address"),
    "sender": (
        "в поле Sender не ровно один адрес",
        "the Sender header does not name exactly one plain address",
    ),
    "no_mark": ("наш почтовый сервер не отметил это письмо", "our mail server has not marked this mail"),
    "not_vouched": (
        "наш почтовый сервер не подтвердил, что писал {detail}",
        "our mail server does not vouch for {detail}",
    ),
    "malformed_mark": ("отметка нашего почтового сервера испорчена", "the mark of our mail server is malformed"),
    "dmarc": ("наш почтовый сервер сообщил dmarc={detail}", "our mail server says dmarc={detail}"),
    "other_domain": (
        "наш почтовый сервер проверил другой домен отправителя",
        "our mail server has checked another From domain",
    ),
    "other_submitter": (
        "письмо сдал на отправку {detail}, а не тот, кто в нём назван",
        "the mail was handed in by {detail}, not by the writer it names",
    ),
    "marks_disagree": (
        "две отметки нашего почтового сервера противоречат друг другу",
        "two marks of our mail server disagree",
    ),
    "another_writer": (
        "письмо написал {detail}, а не тот, кто в поле «От»",
        "the mail was written by {detail}, not by the writer named in From",
    ),
}
"""Every reason there is, without a stop: it stands inside other sentences."""


SenderProof = Proven | Unproven


_BLOCKING = frozenset((
    "addresses-differ", "bare-cr", "bare-lf", "depth-limit", "duplicate-header", "empty", "envelope-line",
    "header-blank-fold", "header-limit", "header-line", "header-missing", "header-space", "headers-differ",
    "leading-junk", "line-limit", "mail-parser", "nul", "part-header-limit", "part-limit",
))  # fmt: skip
"""Defects with which two servers may have read two different writers."""

_WEIGHED = frozenset(("auth", "dkim", "dmarc"))
_NO_VERDICT = frozenset(("none", "bestguesspass"))


@dataclass(frozen=True, slots=True)
class _Writers:
    """The strict addresses a mail names: `author` is in From, `writer` is the Sender or else the author."""

    author: str
    writer: str


def prove(message: Message, raw: bytes, profile: ReceiverProfile) -> SenderProof:
    """Say who wrote the mail, or why nobody is proven to have; never raises.

    `message` is what `parse(raw)` gave. `Proven.by` reads like "dmarc=pass by mx.neon.example".
    """
    if profile.kind == "none":
        return Unproven("no_profile")
    if message.sha256 != hashlib.sha256(raw).hexdigest():
        return Unproven("other_bytes")
    blocking = next((each for each in message.defects if each.partition(":")[0] in _BLOCKING), "")
    if blocking:
        return Unproven("two_readings", blocking)
    writers = _writers(message)
    if isinstance(writers, Unproven):
        return writers
    return _verdict(writers, marks_of(message.as_written, profile), profile)


def _writers(message: Message) -> _Writers | Unproven:
    """Read From and Sender by the narrow grammar; they must be what the message says."""
    author = _one_strict(values_of(message.as_written, "from"))
    if not author or [each.mail.lower() for each in message.from_] != [author]:
        return Unproven("from")
    named = values_of(message.as_written, "sender")
    if not named:
        return _Writers(author, author)
    writer = _one_strict(named)
    if not writer or [each.mail.lower() for each in message.sender] != [writer]:
        return Unproven("sender")
    return _Writers(author, writer)


def _one_strict(values: tuple[bytes, ...]) -> str:
    """Give the one address of the one field, or '' when there is any doubt."""
    if len(values) != 1:
        return ""
    found = read_addresses(values[0])
    if found.issues or len(found.mailboxes) != 1:
        return ""
    return strict_address(found.mailboxes[0].mail)


def _verdict(writers: _Writers, marks: Marks, profile: ReceiverProfile) -> SenderProof:
    """Weigh what our server says; any objection outweighs any proof."""
    if marks.none:
        return Unproven("no_mark")
    objection = _objection(writers, marks)
    if objection is not None:
        return objection
    proof = _proof(writers, marks, profile)
    if not proof:
        return Unproven("not_vouched", writers.writer)
    return Proven(writers.writer, f"{proof} by {profile.name or profile.mx}")


def _objection(writers: _Writers, marks: Marks) -> Unproven | None:
    """Say what speaks against the writer, if anything does."""
    if not all(each.readable for each in marks.results):
        return Unproven("malformed_mark")
    for clause in _clauses(marks):
        if clause.method in ("dmarc", "compauth") and clause.result not in (*_NO_VERDICT, "pass"):
            return Unproven("dmarc", clause.result[:20])
        if clause.method == "dmarc" and not _speaks_of(clause, _domain(writers.author)):
            return Unproven("other_domain")
        submitter = clause.property("smtp.auth").lower() if clause.method == "auth" else ""
        if clause.result == "pass" and "@" in submitter and submitter != writers.writer:
            return Unproven("other_submitter", submitter[:80])
    if marks.submitter not in ("", writers.writer):
        return Unproven("other_submitter", marks.submitter[:80])
    return None if _agree(marks.results) else Unproven("marks_disagree")


def _clauses(marks: Marks) -> list[Clause]:
    return [clause for each in marks.results for clause in each.clauses]


def _speaks_of(clause: Clause, domain: str) -> bool:
    """Tell whether every header.from of the clause is that domain; a clause without one speaks of nobody."""
    return all(_checked(value) == domain for name, value in clause.properties if name == "header.from")


def _checked(header_from: str) -> str:
    """Give the domain of a header.from: RFC 8601 has the domain there, Mail.ru writes the whole address."""
    return strict_domain(header_from) or _domain(strict_address(header_from))


def _agree(results: tuple[Results, ...]) -> bool:
    """Tell whether no two headers differ over one method; a mail may carry signatures of several domains."""
    seen: dict[tuple[str, str], bool] = {}
    for each in results:
        said: dict[tuple[str, str], bool] = {}
        for clause in each.clauses:
            if clause.method in _WEIGHED:
                subject = (clause.method, _signer(clause) if clause.method == "dkim" else "")
                said[subject] = said.get(subject, False) or clause.result == "pass"
        if any(seen.get(subject, passed) != passed for subject, passed in said.items()):
            return False
        seen |= said
    return True


def _proof(writers: _Writers, marks: Marks, profile: ReceiverProfile) -> str:
    """Name what vouches for the writer, or give ''."""
    if marks.inside and _domain(writers.writer) == profile.domain:
        return "from inside"
    if marks.submitter == writers.writer:
        return "handed in"
    return _clause_of_proof(writers, _clauses(marks), profile)


def _clause_of_proof(writers: _Writers, clauses: list[Clause], profile: ReceiverProfile) -> str:
    """Name the clause that vouches for the writer, DMARC's before others, or give ''."""
    for clause in sorted(clauses, key=lambda each: each.method != "dmarc"):
        if clause.result != "pass":
            continue
        checked = _checked(clause.property("header.from"))
        if clause.method == "dmarc" and checked == _domain(writers.writer):
            return "dmarc=pass"
        if clause.method == "dkim" and _is_aligned(_signer(clause), _domain(writers.writer)):
            return f"dkim=pass {_signer(clause)}"
        submitted = clause.property("smtp.auth").lower() == writers.writer
        if profile.kind == "embedded" and clause.method == "auth" and submitted:
            return "auth=pass"
    return ""


def _signer(clause: Clause) -> str:
    """Give the domain of a DKIM clause, or '' when header.d and header.i are missing, odd, or at odds."""
    named = {key for key, _ in clause.properties}
    domain = strict_domain(clause.property("header.d"))
    user, at, agent = clause.property("header.i").rpartition("@")
    if "header.i" not in named:
        return domain
    agent = strict_domain(agent) if at and "@" not in user else ""
    if "header.d" not in named:
        return agent
    return domain if _is_aligned(domain, agent) else ""


def _is_aligned(domain: str, wanted: str) -> bool:
    """Tell whether a signing domain covers the wanted one: itself, or a parent of two labels or more."""
    return bool(domain) and (domain == wanted or wanted.endswith(f".{domain}"))


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
