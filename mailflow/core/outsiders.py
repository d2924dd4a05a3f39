"""People outside the company a case has to do with: where they are written to, and what comes of their answers.

Owns: letters to outside addresses, allowed by a stage of the rules alone, and what somebody outside answers. He decides
nothing and gets no answer: his words are shown to whoever asked, his files lie beside the case.
Refuses to know: offers (`supplying`), how mail is told apart (`classify`).

What may go wrong: an address nobody knows. Then no letter leaves, and the journal says so. An answer from another
address than the one that was written to is a stranger's letter, whatever thread it bears.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailflow.core.card_texts import fill_in, lines_of
from mailflow.core.case import Case, FileVersion
from mailflow.core.effects import Enclosed, SendLetter
from mailflow.core.events import OutsideAnswered
from mailflow.core.mailboxes_named import Outside, outside_of
from mailflow.core.memory import known
from mailflow.core.office import Office
from mailflow.core.payee_names import payee_names
from mailflow.core.rules import NamedStage
from mailflow.core.sender import Proven
from mailflow.core.turn import Turn
from mailflow.core.versions import keep_aside
from mailflow.core.views import Language, LetterView

MOST_ANSWERS = 20
"""Answers from outside passed on in one case; later ones stand in the journal only."""
SHOWS = "shows"
"""The word of a letter that names the fields it shows."""
REQUEST = "request"
"""In `encloses`: the files the case began with; every other word there is a stage whose people sent files."""


def tell_outside(turn: Turn, stage: NamedStage) -> None:
    """Write what the stage says to the addresses the card or the office's list of payees names."""
    found = tuple(_addresses(turn, stage))
    title = stage.rule.title.in_(turn.language)
    if not found:
        turn.because("outside_unknown", stage=title)
        return
    for outside in found:
        turn.letter_outside("counterparty", outside.address, words_outside(turn, stage), enclosed(turn, stage))
    turn.because("told", stage=title, who=", ".join(outside.address for outside in found))


def words_outside(turn: Turn, stage: NamedStage) -> dict[str, str]:
    """Give subject and text of a letter that leaves the company, in the company's language."""
    said = {"subject": stage.rule.subject or stage.rule.title, "text": stage.rule.text or stage.rule.title}
    words = {
        name: fill_in(text.in_(turn.language), turn.case, turn.office, turn.language) for name, text in said.items()
    }
    return {**words, SHOWS: " ".join(stage.rule.shows)}


def enclosed(turn: Turn, stage: NamedStage) -> tuple[Enclosed, ...]:
    """Give the files the rules let out with the letter, each once."""
    files = [file for name in stage.rule.encloses for file in _files(turn.case, name)]
    return tuple(dict.fromkeys(Enclosed(f.name, f.content_type, f.sha256, f.size) for f in files))


def _files(case: Case, name: str) -> Iterator[FileVersion]:
    if name == REQUEST:
        yield from (file for file in case.current_files if file.by == case.initiator)
        return
    said = [a.decision for a in case.assignments if a.stage == name and a.decision is not None]
    yield from (file for file in case.files for one in said if (file.by, file.at) == (one.by, one.at))


def _addresses(turn: Turn, stage: NamedStage) -> Sequence[Outside]:
    """Give who is written to: whom the card names, else whom the list of payees has for this one."""
    stated = turn.case.fields.get(stage.rule.outside, ())
    if stated:
        return outside_of(stated)
    names, inn = set(payee_names(turn.case.fields)), turn.case.fields.get("inn")
    facts = [fact for name in sorted(names) for fact in known(turn.office.facts, "payee", name)]
    same = {fact.said["mail"] for fact in facts if fact.said.get("mail") and inn in (None, "", fact.said.get("inn"))}
    return outside_of(tuple(same)) if len(same) == 1 else ()


def outside_view(letter: SendLetter, case: Case, office: Office) -> LetterView:
    """Give what somebody outside may see: the words of the rules, the fields they let out, the number; no more."""
    company, language = office.directory.company, letter.language
    words = {name: word for name, word in letter.words.items() if name != SHOWS}
    task = case.assignment(letter.assignment)
    return LetterView(
        letter.kind,
        language,
        reader="",
        company=company.full_name or company.name,
        number=case.number,
        due=office.shown_due(task, language) if task is not None else "",
        card=lines_of(letter.words.get(SHOWS, "").split(), case, office, language),
        outside=True,
        words=words,
    )


def heard(turn: Turn, event: OutsideAnswered) -> None:
    """Keep what somebody outside answered, and show it to whoever began the case."""
    show(turn, event, turn.case.initiator)


def show(turn: Turn, event: OutsideAnswered, reader: str) -> None:
    """Keep the files beside the case and show the words, not without end."""
    turn.because("outside_wrote", who=event.address)
    if turn.case.passed_on >= MOST_ANSWERS:
        return
    keep_aside(turn, event.files, event.address, event.text)
    turn.change(passed_on=turn.case.passed_on + 1)
    came = [f for f in turn.case.files if (f.by, f.at) == (event.address, turn.now)]
    language = turn.office.directory.language(reader)
    words = {"who": event.address, "text": event.text or _NO_WORDS[language]}
    words |= {} if isinstance(event.proof, Proven) else {"unproven": "yes"}
    turn.letter("counterparty_wrote", reader, words=words, papers=came)


_NO_WORDS: dict[Language, str] = {"ru": "без слов, только файлы", "en": "no words, only files"}


def returned(turn: Turn, address: str, reason: str) -> None:
    """Tell whoever began the case that a letter to somebody outside came back."""
    words = {"address": address, "reason": reason, "outside": "yes"}
    turn.letter("undelivered", turn.case.initiator, words=words)
