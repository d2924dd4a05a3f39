"""What `mailflow check` sees of the mail servers: the mailbox, the post, and who would be proven.

Owns: which questions are asked and what their answers mean for this site. Refuses to know: IMAP and SMTP (the edges),
how a sender is proven (`core.sender`), printing. Nothing is sent and nothing in the mailbox is changed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailflow.config import Settings
from mailflow.core.directory import Directory
from mailflow.core.headers import scan
from mailflow.core.message import Message, parse
from mailflow.core.receiver import ReceiverProfile
from mailflow.core.receiver_guess import Guess, NoGuess, guess
from mailflow.core.sender import Proven, SenderProof, Unproven, prove
from mailflow.core.verdict import Bad, Good, Unsure, Verdict
from mailflow.edges import smtp_glance
from mailflow.edges.imap_glance import Glance, Seen

LOOKED_AT = 20
SHOWN = 10
CLOCKS_APART = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Judged:
    """One mail of the mailbox and what is known of its writer."""

    received: datetime | None
    author: str
    proof: SenderProof


def mailbox(settings: Settings, directory: Directory | None, now: datetime) -> Iterator[Verdict]:
    """Log in, look at the folders, and judge the newest mails."""
    glance = Glance.open(settings.imap())
    if isinstance(glance, Bad):
        yield glance
        return
    with closing(glance):
        yield from glance.abilities(now)
        yield from glance.folders()
        yield plus_addresses(settings)
        mails = glance.newest(LOOKED_AT)
    yield from clocks(mails, now)
    yield from senders(mails, settings.receiver(), directory, settings.web is not None)


async def post(settings: Settings, now: datetime) -> AsyncIterator[Verdict]:
    """Log in, and ask whether our address may send."""
    async for verdict in smtp_glance.examined(settings.post(), settings.mailbox.address, now):
        yield verdict


def plus_addresses(settings: Settings) -> Verdict:
    """Say how to find out what no server tells."""
    if not settings.mailbox.plus_addresses:
        return Good("no plus-addresses: replies are known by the letter they answer")
    local, _, domain = settings.mailbox.address.partition("@")
    return Unsure(
        f"whether {local}+anything@{domain} is delivered to {local}@{domain} cannot be asked",
        f"send a mail to {local}+test@{domain}; if it comes back, write plus_addresses = false under [mailbox]",
    )


def clocks(mails: Sequence[Seen], now: datetime) -> Iterator[Verdict]:
    """Compare our clock with the server's, by the newest mail: it cannot have come later than now."""
    newest = max((mail.received for mail in mails if mail.received is not None), default=now)
    if newest - now > CLOCKS_APART:
        yield Bad(
            f"the newest mail came at {newest.astimezone(now.tzinfo):%Y-%m-%d %H:%M} UTC, which is later than now here",
            "set the clock of this machine, and let it be kept right (NTP)",
        )


def senders(
    mails: Sequence[Seen], profile: ReceiverProfile, directory: Directory | None, has_page: bool
) -> Iterator[Verdict]:
    """Say who wrote the newest mails by the profile; without one, propose a profile and judge by that."""
    proposed = guess([scan(mail.headers) for mail in mails]) if mails else NoGuess("There is no mail in the mailbox.")
    if profile.kind == "none":
        yield _propose(proposed, has_page)
        if isinstance(proposed, NoGuess):
            return
        profile = replace(proposed.profile, domain=profile.domain)
    judged = [_judge(mail, profile) for mail in mails if mail.raw][:SHOWN]
    yield from map(_shown, judged)
    yield _summary(judged, profile, proposed, directory)


def _propose(proposed: Guess | NoGuess, has_page: bool) -> Verdict:
    what = "[mailbox.receiver] kind is none: nobody is proven, so no reply decides"
    if isinstance(proposed, NoGuess):
        cure = f"send a mail from a colleague's address and check again; ask the provider ({proposed.reason})"
    else:
        cure = f"{_written(proposed)}; compare the name with what your provider says"
    if has_page:
        return Unsure(what, f"links decide all the same; {cure}")
    return Bad(what, cure)


def _written(proposed: Guess) -> str:
    profile = proposed.profile
    keys = {"kind": profile.kind, "authserv_id": profile.authserv_id, "mx": profile.mx}
    lines = ", ".join(f'{key} = "{value}"' for key, value in keys.items() if value)
    return f"write under [mailbox.receiver]: {lines} ({proposed.fits} of {proposed.seen} mails carry this mark)"


def _judge(mail: Seen, profile: ReceiverProfile) -> Judged:
    message = parse(mail.raw)
    return Judged(mail.received, _author(message), prove(message, mail.raw, profile))


def _author(message: Message) -> str:
    named = message.from_[0].mail if message.from_ else "nobody"
    return "".join(c for c in named if c.isprintable())[:80]


def _shown(mail: Judged) -> Verdict:
    when = f" of {mail.received:%Y-%m-%d %H:%M}" if mail.received is not None else ""
    match mail.proof:
        case Proven(address=address, by=by):
            return Good(f"mail{when} from {mail.author}: {address} is proven, {by}")
        case Unproven(reason=reason):
            return Unsure(f"mail{when} from {mail.author}: nobody is proven", reason)


def _summary(
    judged: Sequence[Judged], profile: ReceiverProfile, proposed: Guess | NoGuess, directory: Directory | None
) -> Verdict:
    """Say whether staff are proven: a stranger who is not is an everyday thing."""
    staff = [mail for mail in judged if directory is not None and directory.by_address(mail.author) is not None]
    proven = sum(isinstance(mail.proof, Proven) for mail in staff)
    if not staff:
        return Unsure(
            "no mail of anybody in the directory lies in the mailbox",
            "whether your people are proven is not seen yet: send a mail from a colleague's address and check again",
        )
    if proven:
        return Good(f"{proven} of {len(staff)} mails of your people are proven")
    if isinstance(proposed, Guess) and replace(proposed.profile, domain=profile.domain) != profile:
        return Bad(f"none of {len(staff)} mails of your people is proven", _written(proposed))
    return Bad(
        f"none of {len(staff)} mails of your people is proven",
        "correct [mailbox.receiver]; the reasons above say what is missing",
    )
