"""What a reply decides about an approval: a closed world for yes, and an order in which everything else is tried.

Owns: the rules, each a question put to a statement; the first that answers wins. Refuses to know: words
(see `phrases`).

A yes is plain when every segment of the reply is a yes, a courtesy, a name or what the yes is about. One word
more, and it is at best a yes with remarks, which decides nothing. What may go wrong is therefore a question too many.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mailflow.core.answer_types import Answer, Details, Reading
from mailflow.core.normal import fold, word_list
from mailflow.core.phrase_search import Phrase, index
from mailflow.core.said_dates import first_date
from mailflow.core.said_names import is_given_name, names_in, person_nominative
from mailflow.core.says import Says
from mailflow.core.statements import Span, Statement, is_harmless

Rule = Callable[[Statement], Reading | None]

DECISION_PHRASES = (
    Says.DOUBT, Says.NEGATED, Says.WITHDRAW, Says.DELEGATE, Says.YES, Says.NO, Says.REJECT, Says.REWORK, Says.FIX,
    Says.LATER, Says.WEAK, Says.ASK, Says.PROXY, Says.WOULD, Says.IF, Says.BUT, Says.SOLE, Says.SORRY, Says.TAKEN,
    Says.LOOKED, Says.POLITE, Says.OBJECT, Says.LABEL, Says.WHO, Says.REGRET,
)  # fmt: skip
APPROVAL_INDEX = index(*DECISION_PHRASES)

_NEGATIVE = (Says.NO, Says.REJECT, Says.REWORK, Says.FIX)
_ANSWER_OF = {
    Says.NO: Answer.DECLINE, Says.REJECT: Answer.REJECT, Says.REWORK: Answer.REWORK, Says.FIX: Answer.REWORK,
    Says.ASK: Answer.QUESTION, Says.DELEGATE: Answer.DELEGATE,
}  # fmt: skip
_MOST_REFUSALS = 200
"""Beyond these nobody refuses; the rest of such a text is not looked at."""
_YESES = (Says.YES, Says.WEAK, Says.SOLE)
_DASHES = frozenset("-–—")
_ANSWERS_ANYTHING = frozenset(word_list("да yes угу конечно"))
_BARE_NO = frozenset({"нет", "no"})
_INVERTED = frozenset(word_list("is are does did has was were"))
"""A sentence that begins so asks, with or without its mark."""
_CONSULTS = frozenset(word_list("спросите спроси спросить ask check talk"))
"""«Спросите Петрова» asks for his opinion; «ask Olga, not me» leaves the decision to her."""
_NO_AND_WHY = frozenset(word_list("слишком дорого это так потому мы рано поздно много мало лучше too it because"))
"""Words that begin a reason: «нет слишком дорого» refuses, «нет акта» states a fact."""
_SAYS_WHAT = re.compile(r"(?:\w{2,}[аяе]но|\w{3,}ю|ок|ok|да|yes)")
"""A yes that cannot have the name before it for its subject: «Иван согласовано», but not «Иван согласовал»."""
_LEAD = re.compile(r"[\s:,.;!—–*_-]*(?:(?:причина|потому что|так как|because|reason)\b[\s:,—–-]*)?", re.IGNORECASE)
_ABOUT = re.compile(r"\s(?:про|по|о|об|для|за|насч[её]т|пусть|on|about|for|regarding)\s", re.IGNORECASE)
_TO_WHOM = re.compile(r"[\s:,—–-]*(?:(?:это|этот|его|её|в|к|ко|у|с|на|to|this|it|with)\s+){0,2}([^.,;:!?\n—–]{2,60})")


def nothing_said(s: Statement) -> Reading | None:
    """An empty text, or a text of marks, decides nothing."""
    if any(token.kind in ("word", "number") for token in s.row) or s.phrases:
        return None
    return Reading(Answer.UNCLEAR, fold(s.text) or None, reason="no words of his own")


def withdrawn(s: Statement) -> Reading | None:
    """An earlier decision is taken back."""
    if not s.said(Says.WITHDRAW) or any(span.asks for span in s.sentences) or s.said(Says.WOULD, Says.IF):
        return None
    phrase = s.said(Says.WITHDRAW)[0]
    if not s.opens_segment(phrase):
        return None
    return Reading(Answer.WITHDRAW, s.own_words(), reason="takes an earlier decision back")


def explicit(s: Statement) -> Reading | None:
    """A verb with a colon says it in so many words: «На доработку: …»."""
    verbs = [phrase for phrase in s.said(*_ANSWER_OF) if s.next_word(phrase) == ":" and s.opens_segment(phrase)]
    if not verbs:
        return None
    if len({_ANSWER_OF[verb.says] for verb in verbs}) > 1:
        return Reading(Answer.UNCLEAR, s.own_words(), reason="several decisions with a colon")
    verb = verbs[0]
    if verb.says is Says.DELEGATE:
        return _delegation(s, verb)
    reason = reason_in(s, s.after(verb))
    if verb.says is Says.ASK:
        return Reading(Answer.QUESTION, reason or s.own_words(), reason="asks in so many words")
    return _refusal(s, verb.says, reason)


def plain_yes(s: Statement) -> Reading | None:
    """The whole reply is a yes and courtesies, nothing left over."""
    said = s.said(*_YESES)
    if not s.whole or not said or any(span.asks for span in s.sentences) or s.said(Says.SORRY):
        return None
    if not all(_adds_nothing(s, span) for span in s.segments):
        return None
    if not s.said(Says.YES) and _only_taken(s, said[0]):
        return Reading(Answer.UNCLEAR, s.own_words(), reason="it may say no more than that the letter was seen")
    return Reading(Answer.APPROVE, reason="the whole reply is a yes")


def _adds_nothing(s: Statement, span: Span) -> bool:
    """Tell whether a segment is a yes, a courtesy, a name behind a comma, or «Решение:»."""
    if s.row[span.last].word == ":":
        return bool(s.within(span, Says.LABEL)) and s.is_quiet(Span(span.first, span.last - 1), Says.LABEL)
    if not s.within(span, *_YESES):
        return s.is_quiet(span, Says.LABEL) if s.row[span.last].word in _DASHES else s.is_quiet(span)
    if not s.within(span, Says.YES, Says.WEAK) and s.within(span, Says.SOLE)[0].first != span.first:
        return False  # «спасибо за»: the vote «за» stands first or is none
    return s.is_quiet(span, *_beside_yes(s, span)) and not _names_somebody(s, span)


def _only_taken(s: Statement, yes: Phrase) -> bool:
    """«Ок, принято», «да, получил» may answer «did you get it?»; «проверил, ок» has looked and says yes."""
    looked = s.said(Says.LOOKED)
    says_so = s.row[yes.first].word in _ANSWERS_ANYTHING or any(one.first > yes.first for one in looked)
    return bool(s.said(Says.TAKEN)) or (bool(looked) and says_so)


def _beside_yes(s: Statement, span: Span) -> tuple[Says, ...]:
    """What the yes is about may stand beside a full yes: «счёт согласован», but not «да, это»."""
    full = s.within(span, Says.YES) or any(s.row[weak.first].word == "approve" for weak in s.within(span, Says.WEAK))
    return (*_YESES, Says.OBJECT) if full else _YESES


def wished(s: Statement) -> Reading | None:
    """«Согласовал бы» is a wish."""
    if s.said(Says.WOULD) and s.said(Says.YES, Says.WEAK, Says.NO):
        return Reading(Answer.UNCLEAR, s.own_words(), reason="a wish, not a decision")
    return None


def asked(s: Statement) -> Reading | None:
    """A question mark makes a question of the reply, unless another sentence decides."""
    if not any(span.asks for span in s.sentences):
        return None
    for phrase in (*_refusals(s), *counted_yes(s)):
        span = s.sentence_of(phrase)
        if not span.asks and not s.within(span, Says.IF):
            return None
    return Reading(Answer.QUESTION, s.own_words(), reason="asks a question")


def put_off(s: Statement) -> Reading | None:
    """«Посмотрю завтра»: no decision yet."""
    later = s.said(Says.LATER)
    if not later or s.said(Says.YES, Says.REJECT) or any(_is_firm(s, no) for no in _refusals(s)):
        return None
    if any(ask.first < later[0].first and s.opens_segment(ask) for ask in s.said(Says.ASK, Says.DELEGATE)):
        return None
    until = first_date(s.text, s.written_on)
    return Reading(Answer.DEFER, s.own_words(), Details(until=until), "puts the decision off")


def delegated(s: Statement) -> Reading | None:
    """«Передайте Петрову»: somebody else is to decide."""
    if s.said(Says.YES) or _refusals(s):
        return None
    return next((found for phrase in s.said(Says.DELEGATE) if (found := _delegation(s, phrase))), None)


def refused(s: Statement) -> Reading | None:
    """A refusal, sending back or a demand to change; its reason is the rest of the reply."""
    refusals = _refusals(s)
    if not refusals or s.said(Says.NEGATED):
        return None
    first = refusals[0]
    yes = counted_yes(s)
    if any(phrase.first < first.first for phrase in yes) or (first.says is Says.FIX and s.said(Says.YES)):
        return None
    after = [phrase for phrase in s.said(Says.YES, Says.WEAK) if phrase.first > first.last]
    if any(phrase.says is Says.YES or s.fills_segment(phrase) for phrase in after):
        return Reading(Answer.UNCLEAR, s.own_words(), reason="says both no and yes")
    last = _last_of_chain(s, refusals)
    kind = last.says if first.says is Says.NO and last.says is not Says.FIX else first.says
    about = (Says.OBJECT, Says.SOLE) if last.says in (Says.NO, Says.REJECT) else ()
    reason = reason_in(
        s, s.text[s.row[_demand_from(s, last)].start :] if last.says is Says.FIX else s.after(last), *about
    )
    return _refusal(s, kind, reason or reason_in(s, s.before(first), *about))


def with_remarks(s: Statement) -> Reading | None:
    """A yes with something left over does not move the stage."""
    if not counted_yes(s):
        return None
    contrary = [no for no in s.said(Says.NO) if no.first == no.last]
    if contrary or s.said(Says.DOUBT, Says.PROXY, Says.NEGATED, Says.REJECT, Says.REWORK):
        return Reading(Answer.UNCLEAR, s.own_words(), reason="a yes that is not surely the writer's own")
    return Reading(Answer.APPROVE_WITH_REMARKS, s.own_words(), reason="a yes and something more")


def asked_for(s: Statement) -> Reading | None:
    """«Вложение не открывается, пришлите ещё раз» is a question without its mark."""
    opening = {span.first for span in s.sentences}
    asks = s.said(Says.ASK, Says.AFTERWARD) or [who for who in s.said(Says.WHO) if _first_word(s, who) in opening]
    if (asks or any(s.row[first].word in _INVERTED for first in opening)) and not s.said(Says.DOUBT):
        return Reading(Answer.QUESTION, s.own_words(), reason="asks for something")
    return None


def _first_word(s: Statement, phrase: Phrase) -> int:
    """Give where the phrase's sentence begins when only courtesies stand before it, else the phrase itself."""
    first = s.sentence_of(phrase).first
    return first if s.is_quiet(Span(first, phrase.first - 1)) else phrase.first


def unclear(s: Statement) -> Reading:
    """Nothing fits: the writer is asked."""
    return Reading(Answer.UNCLEAR, s.own_words() or None, reason="no decision found")


APPROVAL_RULES: tuple[Rule, ...] = (
    nothing_said, withdrawn, explicit, plain_yes, wished, asked, put_off, delegated, refused, with_remarks,
    asked_for, unclear,
)  # fmt: skip
"""In this order; the first rule that answers wins."""


def states_a_fact(s: Statement) -> bool:
    """Tell whether words that decide nothing say something of the matter, as the reason of a refusal does.

    «Слишком дорого» does. «Ну ок», «?» have nothing of their own; «ошибся», «согласовал бы» speak against a refusal.
    """
    own = s.unsaid(Span(0, len(s.row) - 1), *DECISION_PHRASES) if s.row else []
    return any(token.kind in ("word", "number") for token in own) and not s.said(*_AGAINST_A_REFUSAL)


_AGAINST_A_REFUSAL = (
    Says.YES, Says.NEGATED, Says.WITHDRAW, Says.REGRET, Says.WOULD, Says.PROXY, Says.PAID, Says.DONE, Says.ACK,
)  # fmt: skip


def counted_yes(s: Statement) -> tuple[Phrase, ...]:
    """Give the yeses that count beside other words: strong ones anywhere but in a condition, a weak one only first."""
    weak = s.said(Says.WEAK)[:1]
    return tuple(
        phrase
        for phrase in sorted((*s.said(Says.YES), *weak), key=lambda phrase: phrase.first)
        if (phrase.says is Says.YES or (_comes_first(s, phrase) and s.row[phrase.first].word != "+"))
        and not _in_condition(s, phrase)
    )


def reason_in(s: Statement, text: str, *also: Says) -> str:
    """Give the reason a piece of the statement's text states; '' when it is all courtesy, or of the kinds `also`."""
    start = s.text.find(text) if text else -1
    span = [n for n, token in enumerate(s.row) if start <= token.start < start + len(text)] if start >= 0 else []
    if not span or s.is_quiet(Span(span[0], span[-1]), *also) or not _has_words(s, span):
        return ""
    loud = [part for part in s.sentences if part.last >= span[0] and part.first <= span[-1] and not s.is_quiet(part)]
    end = s.row[min(loud[-1].last, span[-1])].end if loud else start + len(text)
    return fold(_LEAD.sub("", s.text[start:end], count=1)).rstrip(" ,;:—–-")


def _has_words(s: Statement, span: list[int]) -> bool:
    return any(s.row[n].kind in ("word", "number") for n in span)


def _refusal(s: Statement, kind: Says, reason: str) -> Reading:
    if not reason:
        return Reading(Answer.NEED_REASON, None, Details(refusal=_ANSWER_OF[kind]), "a refusal without its reason")
    return Reading(_ANSWER_OF[kind], reason, reason="a refusal with its reason")


def _refusals(s: Statement) -> list[Phrase]:
    """Give the refusing phrases that stand where a decision stands."""
    found = []
    for phrase in s.said(*_NEGATIVE)[:_MOST_REFUSALS]:
        word = s.row[phrase.first].word
        if s.sentence_of(phrase).asks or _in_condition(s, phrase):
            continue
        if word in _BARE_NO and phrase.first == phrase.last and not _stands_alone(s, phrase):
            continue
        stands = s.opens_segment(phrase) or (phrase.says is Says.FIX and _is_demand(s, phrase))
        if phrase.says is Says.NO or (stands and s.next_word(phrase) not in ("не", "not")):
            found.append(phrase)
    return found


def _is_demand(s: Statement, phrase: Phrase) -> bool:
    """«Сумму снизьте»: an imperative demands wherever it stands, unless it is denied."""
    before = s.row[phrase.first - 1].word if phrase.first else ""
    return s.row[phrase.last].word.endswith("те") and before not in ("не", "если")


def _is_firm(s: Statement, phrase: Phrase) -> bool:
    """Tell a refusal from a mere «нет» before «посмотрю завтра»."""
    return phrase.says is not Says.FIX and s.row[phrase.first].word not in _BARE_NO


def _stands_alone(s: Statement, phrase: Phrase) -> bool:
    """«Нет.» and «нет, дорого» refuse; «нет акта» states a fact."""
    after = s.row[phrase.last + 1 : phrase.last + 2]
    ends = not after or after[0].kind in ("line", "mark", "smile") or after[0].word in _NO_AND_WHY
    return (ends or s.fills_segment(phrase)) and s.opens_segment(phrase)


def _demand_from(s: Statement, demand: Phrase) -> int:
    """«Сумму снизьте»: what is to be changed may stand before the demand."""
    return demand.first if s.opens_segment(demand) else s.segment_of(demand).first


def _last_of_chain(s: Statement, refusals: list[Phrase]) -> Phrase:
    """«Не согласовано. На доработку. …»: refusals that follow one another are one refusal; the last names its kind."""
    last = refusals[0]
    for phrase in refusals[1:]:
        between = range(last.last + 1, phrase.first)
        repeats = phrase.says is Says.NO and s.row[last.first].word not in _BARE_NO
        if repeats or not all(is_harmless(s.row, n) or s.row[n].word == "," for n in between):
            break
        last = phrase
    return last


def _in_condition(s: Statement, phrase: Phrase) -> bool:
    """Tell whether the phrase is itself the condition: «если согласовано, то …»."""
    condition = s.last_before(phrase, Says.IF)
    return condition is not None and condition.first >= s.segment_of(phrase).first


def _comes_first(s: Statement, phrase: Phrase) -> bool:
    """Tell whether nothing but courtesies and restrictions stands before the phrase."""
    for span in s.segments:
        if span.first >= phrase.first:
            return True
        if not s.is_quiet(Span(span.first, min(span.last, phrase.first - 1)), Says.BUT):
            return False
    return True


def _names_somebody(s: Statement, span: Span) -> bool:
    """«Согласовано Петров П.П.» is somebody's mark: a name may stand beside a yes behind a comma or a greeting only."""
    names = s.unsaid(span, *Says)
    if not names:
        return False
    greeted = any(s.row[polite.last].end + 1 >= names[0].start > s.row[polite.last].start
                  for polite in s.within(span, Says.POLITE))  # fmt: skip
    plain = all(_SAYS_WHAT.fullmatch(s.row[yes.first].word) for yes in s.within(span, *_YESES))
    return not (greeted and plain and all(is_given_name(name.word) for name in names))


def _delegation(s: Statement, phrase: Phrase) -> Reading | None:
    to = _before_verb(s, phrase) or _whom(s.after(phrase))
    if not to:
        return None
    consults = all(
        _CONSULTS & {token.word for token in s.row[one.first : one.last + 1]} for one in s.said(Says.DELEGATE)
    )
    reason = "a colleague's opinion is wanted" if consults else "somebody else is to decide"
    return Reading(Answer.DELEGATE, s.own_words(), Details(to=to, opinion=consults), reason)


def _before_verb(s: Statement, phrase: Phrase) -> str:
    """«Петров решает»: the name stands before the verb."""
    if s.row[phrase.first].word not in ("решает", "should", "is"):
        return ""
    names = names_in(s.text[s.row[s.segment_of(phrase).first].start : s.row[phrase.first].start], dative=False)
    return names[-1] if names else ""


def _whom(text: str) -> str:
    match = _TO_WHOM.match(text)
    if match is None:
        return ""
    said = fold(_ABOUT.split(match[1], maxsplit=1)[0])
    words = said.split()
    names = names_in(said, dative=False)
    if names:
        return names[0] if said.startswith(words[0][:1]) and words[0][:1].isupper() else ""
    return " ".join(person_nominative(word) for word in words) if len(words) <= 3 else ""
