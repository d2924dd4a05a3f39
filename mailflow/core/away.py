"""Holiday replies: a program answers that its owner is not there, until when, and whom to ask meanwhile.

Owns: telling such a reply by its words, for programs that put no sign into the header, and reading from it the day
of return and the substitute. Refuses to know: headers (`automatic`), and who the substitute is (the directory does).

A person mentions a holiday too. So the words count only where they are all there is: the mail answers something, every
sentence speaks of the absence or is a courtesy, nothing is decided and nothing asked. One sentence more, and a person
wrote it. May go wrong: a program that adds other news to its reply; nothing is ever decided by such a mail either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from html import unescape

from mailflow.core import manners
from mailflow.core.away_dates import return_date
from mailflow.core.away_words import ABSENT, AUTOMATIC, AWAY_SUBJECTS, BESIDE, DECIDES, GREETINGS, MACHINE
from mailflow.core.message import Message
from mailflow.core.quote_words import REPLY_SUBJECT
from mailflow.core.reply import fresh
from mailflow.core.said_names import nominative

_LONGEST = 1_500
_HEAD = 1_500
"""Characters at the top of a mail that are searched at all: whoever is away says so there."""
_MARK = re.compile(r"^[\s\[(*«\"!]+")
_BREAK = re.compile(r"(?<=[^\W\d])[.!;]+\s+|\n")
_SOFT_BREAK = re.compile(r"(?<=[\w,])\n(?=[^\W\d_A-ZА-ЯЁ])")
_CONTACT = re.compile(r"[\w.+-]{1,64}@[\w.-]{3,100}|\+?\d[\d ()–-]{5,24}\d|https?://|www\.")
_DECIDES = re.compile(rf"(?<!\w)(?:{DECIDES})(?!\w)")
_FEW_WORDS = 3
_ABOUT_A_HOLIDAY = ("отпуск", "vacation", "holiday", "urlaub", "urlop", "відпустк", "адпачын", "демалыс")

_DEPUTY = re.compile(
    r"(?:обращайтесь|обращаться|обратитесь|обратиться)(?: (?:пожалуйста|срочно))?,? (?:пожалуйста,? )?ко? |"
    r"(?:свяжитесь|связаться|связывайтесь) со? |(?:пишите|звоните|писать|звонить) |"
    r"(?:замеща\w{2,4}|заменя\w{2,4}|замещать|заменять)(?: меня)?(?: будет)?[ :—–-]{1,4}|вместо меня[ :—–-]{1,4}|"
    r"(?:обязанности|и\. ?о\.)(?: исполняет| временно исполняет)?[ :—–-]{1,4}|заместитель[ :—–-]{1,4}|"
    r"\b(?:contact|reach out to|reach|get in touch with|refer to|write to|e-?mail|turn to|covered by|cover is|"
    r"deputy is|"
    r"(?:my )?(?:back-?up|substitute|deputy|replacement|cover)(?: is|:))[ :]{1,3}|"
    r"(?:звертайтес[ья]|звертатис[ья]|зверніться) до |мене (?:заміщу?є|заміщає|замінює)[ :—–-]{1,4}|"
    r"(?:звяртайцеся|звяртацца) да |мяне (?:замяшчае|замяняе)[ :—–-]{1,4}|(?:менің )?орн?ым(?:да|а)[ :—–-]{1,4}|"
    r"wenden sie sich(?: bitte)?(?: in \w+ \w+)?(?: bitte)? an |kontaktieren sie(?: bitte)? |"
    r"vertretung(?: ist| übernimmt| hat)?[ :—–-]{1,4}|vertreten (?:von|durch) |vertritt mich[ :—–-]{1,4}|"
    r"contact(?:er|ez) |adress(?:er|ez)(?:-vous)? à |remplacée? par |joindre |"
    r"contacto con |contactar(?: con| a)? |contacte(?: con| a)? |diríjase a |dirigirse a |me sustituye[ :—–-]{1,4}|"
    r"contattare |rivolg\w+ a |mi sostituisce[ :—–-]{1,4}|sostituit[oa] da |"
    r"kontakt(?:ować się)? z |skontaktować się z |zastępuje mnie[ :—–-]{1,4}|zastępstwo(?: pełni)?[ :—–-]{1,4}",
    re.IGNORECASE,
)
_DEPUTY_FIRST = re.compile(
    r"((?:[^\W\d_][\w.’'-]{0,30} ){1,3})(?:замещает меня|заменяет меня|will (?:cover|be covering|stand in|"
    r"be happy to|assist)|"
    r"is (?:covering|standing in|my (?:back-?up|deputy|substitute|replacement))|vertritt mich|me remplace|"
    r"me sustituye|mi sostituisce|мене заміщу?є|мяне замяшчае|(хабарлас)\w{0,12})",
    re.IGNORECASE,
)
_NAME_WORD = r"(?:[A-ZА-ЯЁІЇЄҐЎӘҒҚҢӨҰҮҺÀ-ÖØ-ÞĄĆĘŁŃÓŚŹŻČŠŽ](?:[\w’'-]{1,30}|\.))"
_NAME = re.compile(rf"{_NAME_WORD}(?: ?{_NAME_WORD}){{0,2}}")
_TITLE = re.compile(r"(?:Herrn?|Frau|Mrs?|Ms|Mme|Mlle|Monsieur|Madame|Sra?|Pan[aią]?|Panem|Panią|Dr|Sig|M)\.? ")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_SKIPPED_WORDS = 6
_DATIVE = re.compile(r"(?:\bко?|\bсо?|пишите|звоните|писать|звонить)\s*$", re.IGNORECASE)
_KAZAKH_DATIVE = re.compile(r"(?:ға|ге|қа|ке|на|не)$")
_TAIL = 120


def subject_says_automatic(message: Message) -> str:
    """Give the opening of the subject that only a program writes, or ''."""
    return _opening(_folded(message.subject), AUTOMATIC)


def subject_says_away(message: Message) -> str:
    """Give the opening of a subject that says its writer is away; '' where a person may have written it."""
    subject = _folded(message.subject)
    opening = _opening(subject, AWAY_SUBJECTS)
    if not opening:
        return ""
    rest = subject.removeprefix(opening).lstrip(' ])*»"!.')
    if (rest.startswith(":") and len(rest) > 1) or text_says_away(message):
        return opening
    alone = not rest or rest[0] in ":-–—|(" or _return_date(rest, message) is not None
    return opening if alone and not _own_words(message) else ""


def text_says_away(message: Message) -> bool:
    """Tell whether a reply says nothing but that its writer is not there, or that nobody wrote it."""
    subject = _folded(message.subject)
    if not _answers(message) and not _has(subject, ABSENT) and not _has(subject, _ABOUT_A_HOLIDAY):
        return False
    head = (message.text[:_HEAD] if message.text.strip() else unescape(message.html[: 10 * _HEAD])).lower()
    if not _has(head, ABSENT) and not _has(head, MACHINE):
        return False
    own = _own_words(message).lower()
    if len(own) > _LONGEST or "?" in own or _DECIDES.search(own):
        return False
    return _has(own, MACHINE) or (_has(own, ABSENT) and _has(own, BESIDE) and all(map(_fits, _sentences(own))))


def absence(message: Message) -> dict[str, str]:
    """Read the day of return and the substitute a holiday reply names, where it surely does."""
    text = _words(message)
    day = _return_date(f"{text}\n{message.subject}", message)
    name, address = _substitute(text, {a.mail.lower() for a in message.from_})
    details = {"until": day.isoformat() if day else "", "substitute": name or address}
    if name:
        details["substitute_address"] = address
    return {key: value for key, value in details.items() if value}


def _return_date(text: str, message: Message) -> date | None:
    return return_date(text, message.date.date()) if message.date is not None else None


def _answers(message: Message) -> bool:
    return bool(message.in_reply_to or message.references or REPLY_SUBJECT.match(message.subject))


def _folded(subject: str) -> str:
    """Give a subject in lower case, its «Re:» and opening brackets off; a forwarded one opens with its «Fwd:»."""
    said = " ".join(subject.split()).lower().replace("ё", "е")
    while found := REPLY_SUBJECT.match(said):
        said = said[found.end() :].lstrip()
    return _MARK.sub("", said)


def _opening(subject: str, openings: tuple[str, ...]) -> str:
    if not subject.startswith(openings):
        return ""
    found = (each for each in openings if subject.startswith(each) and not subject[len(each) :][:1].isalnum())
    return max(found, key=len, default="")


def _has(text: str, signs: Iterable[str]) -> bool:
    for sign in signs:  # noqa: SIM110  asked of every mail: a loop costs half of what `any` does
        if sign in text:
            return True
    return False


def _words(message: Message) -> str:
    return fresh(message).text.replace("\u00a0", " ")


def _own_words(message: Message) -> str:
    return manners.body(_words(message)).strip()


def _sentences(own: str) -> Iterator[str]:
    for piece in _BREAK.split(_SOFT_BREAK.sub(" ", own)):
        if piece.strip():
            yield piece.strip()


def _fits(sentence: str) -> bool:
    """Tell whether a sentence is about the absence, a courtesy, a way to reach somebody, or a name."""
    words = sentence.split()
    if len(words) <= _FEW_WORDS or _has(sentence, ABSENT) or _has(sentence, BESIDE):
        return True
    return sentence.startswith(GREETINGS) or (bool(_CONTACT.search(sentence)) and len(words) <= 10)


def _substitute(text: str, own: set[str]) -> tuple[str, str]:
    """Give the name and the address of whoever is to be asked instead; '' for what is not said."""
    flowing = " ".join(text.split())
    for found in _DEPUTY.finditer(flowing):
        tail = re.split(r"[.!?] (?=[^a-zа-яё(])", flowing[found.end() : found.end() + _TAIL])[0]
        address = next((each for each in _ADDRESS.findall(tail) if each.lower() not in own), "").rstrip(".")
        name = _name(tail, dative=bool(_DATIVE.search(found[0])))
        if name or address:
            return name, address
    before = _DEPUTY_FIRST.search(flowing)
    if before is None:
        return "", ""
    return _KAZAKH_DATIVE.sub("", _name(before[1], dative=False)) if before[2] else _name(before[1], False), ""


def _name(tail: str, dative: bool) -> str:
    """Give the first name in a tail, after at most a few words of what the person is."""
    place = next(_places(tail), None)
    if place is None:
        return ""
    found = _NAME.match(_TITLE.sub("", tail[place:], count=1))
    words = found[0].split() if found else []
    return " ".join(nominative(word) if dative else word for word in words).rstrip(",")


def _places(tail: str) -> Iterator[int]:
    """Give where capitals begin among the first words; an address ends the search."""
    at = 0
    for word in tail.split(" ")[: _SKIPPED_WORDS + 1]:
        if "@" in word:
            return
        if word[:1].isupper():
            yield at
        at += len(word) + 1
