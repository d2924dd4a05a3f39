"""People's names as replies say them: «Петрову П.П.», «Сергею Ивановичу», «Ольга», "Petrov".

Owns: recognising a name by its form, and giving the nominative of a surname, first name or patronymic said in the
dative. Refuses to know: who works here (the directory finds the person, or says that there is none).
What may go wrong: a rare foreign surname keeps its case; the directory compares stems and finds it all the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailflow.core.morphology import nominative_plural
from mailflow.core.normal import Token, clean, tokens, word_list

_FIRST_NAMES = """
    александр алексей анатолий андрей антон аркадий арсений артем артур богдан борис вадим валентин валерий василий
    виктор виталий владимир владислав всеволод вячеслав геннадий георгий герман глеб григорий давид даниил данила денис
    дмитрий евгений егор захар иван игорь илья иосиф ильдар ирек камиль кирилл константин лев леонид макар максим марат
    марк матвей михаил мурат никита николай олег павел петр рамиль рашид ренат роберт родион роман ростислав
    руслан рустам
    савелий святослав семен сергей станислав степан тагир тимофей тимур федор филипп эдуард эльдар юрий яков ян ярослав
    александра алена алина алиса алла анастасия ангелина анжела анна антонина валентина валерия варвара вера вероника
    виктория галина дарья диана дина евгения екатерина елена елизавета жанна зинаида зоя инна ирина карина кира клавдия
    кристина ксения лариса лидия лилия любовь людмила маргарита марина мария милана надежда наталия наталья нина оксана
    олеся ольга полина раиса регина римма светлана серафима снежана софия софья таисия тамара татьяна ульяна юлия яна
    саша леша толя андрюша тоша боря вадик валера вася витя вова володя слава гена жора гриша даня дима женя ваня гоша
    костя леня макс миша коля паша петя рома сережа стас степа тима федя юра аня настя лена катя лиза ира лара люда маша
    надя наташа оля поля рая света соня таня юля оксан
    john james david michael robert william thomas peter paul mark andrew daniel george kevin brian steven edward alex
    nick max ivan sergey sergei dmitry alexey alexei andrey andrei pavel olga anna maria elena irina natalia tatiana
    svetlana ekaterina julia yulia mary jane sarah emma laura linda susan karen lisa kate ann jack tom sam bob ben chris
"""
_BUSINESS_WORDS = frozenset(
    word_list(
        "готов готова основа снова слова здоров здорова такова сурова нова обнова оснований условий слово "
        "дело директор "
        "половина причина отмена оплата сумма цена договор основов выводов вызов остров покров "
        "посев нагрев гнев раз вопросов расходов рублев"
    )
)
FIRST_NAMES = frozenset(_FIRST_NAMES.split())
_SHORT = """
    александр саша шура алекс саня; александра саша шура; алексей леша алеша; анатолий толя; анастасия настя;
    андрей андрюша; анна аня нюра; антон тоша антоша; антонина тоня; аркадий аркаша; артем тема; артур; богдан;
    борис боря; вадим вадик; валентин валя; валентина валя; валерий валера; валерия лера; варвара варя; василий
    вася; вера; вероника ника; виктор витя; виктория вика; виталий виталик; владимир вова володя; владислав влад
    слава; вячеслав слава; галина галя; геннадий гена; георгий гоша жора; григорий гриша; даниил даня данила;
    дарья даша; денис; диана; дмитрий дима митя; евгений женя; евгения женя; егор; екатерина катя; елена лена;
    елизавета лиза; захар; зоя; иван ваня; игорь; илья илюша; инна; ирина ира; кирилл; константин костя; ксения
    ксюша; лариса лара; лев лева; леонид леня; лидия лида; любовь люба; людмила люда мила; маргарита рита; марина;
    мария маша; максим макс; михаил миша; надежда надя; наталия наташа; наталья наташа ната; никита; николай коля;
    оксана; олег; олеся; ольга оля; павел паша; петр петя; полина поля; раиса рая; роман рома; ростислав ростик;
    светлана света; семен сема; сергей сережа; софия соня; софья соня; станислав стас; степан степа; тамара тома;
    татьяна таня; тимофей тима; ульяна уля; федор федя; эдуард эдик; юлия юля; юрий юра; яков яша; яна; ярослав
    ярик слава nicholas nick; alexander alex sasha; maxim max; michael mike; william bill will; robert bob rob;
    thomas tom; samuel sam; benjamin ben; christopher chris; katherine kate; elizabeth liz; james jim jimmy; john
    jack; david dave; daniel dan; steven steve; edward ed; anthony tony; richard rick; joseph joe; jennifer jen;
    susan sue; andrew andy
"""


def _short_names() -> dict[str, frozenset[str]]:
    """Give each full first name the short ones it is called by, in all their cases."""
    table: dict[str, frozenset[str]] = {}
    for line in _SHORT.split(";"):
        full, *short = line.split()
        forms = {stem + end for name in short for stem, ends in [_stem(name)] for end in ends}
        table[full] = frozenset(forms)
    return table


def _stem(name: str) -> tuple[str, tuple[str, ...]]:
    if name.endswith("а") and not name.isascii():
        return name[:-1], ("а", "ы", "и", "е", "у", "ой", "ей")
    if name.endswith("я"):
        return name[:-1], ("я", "и", "е", "ю", "ей")
    return name, ("",) if name.isascii() else ("", "а", "у", "ом", "е")


DIMINUTIVES = _short_names()
"""Full first name -> what it is shortened to, in every case."""

_PATRONYMIC = re.compile(r"[а-я]{3,}(?:вич|ьич|мич|вна|чна)(?:у|е)?|[а-я]{2,}(?:ичу|вне|чне)")
_SURNAME = re.compile(r"[а-я-]{2,}(?:[ое]в|[ое]ва|[кснргв]ин|[кснргв]ина|ский|ская|цкий|цкая|енко|чук|швили|дзе)")
_INITIAL = re.compile(r"[А-ЯA-Z]\.?")
_NAME_TEXT = re.compile(
    r"(?P<last>[А-ЯЁA-Z][\w-]+)(?P<rest>(?:\s+[А-ЯЁA-Z][\w-]+){0,2})(?P<initials>(?:\s*[А-ЯЁA-Z]\.){1,2})?"
    r"|(?P<before>(?:[А-ЯЁA-Z]\.\s*){1,2})(?P<after>[А-ЯЁA-Z][\w-]+)"
)

# Dative ending -> nominative ending, the first that fits.
_DATIVE_ENDINGS = (
    ("овым", "ов"), ("евым", "ев"), ("иным", "ин"), ("ским", "ский"),
    ("скому", "ский"), ("цкому", "цкий"), ("ской", "ская"), ("цкой", "цкая"), ("овой", "ова"), ("евой", "ева"),
    ("ёвой", "ёва"), ("иной", "ина"), ("ыной", "ына"), ("ому", "ой"), ("ему", "ий"), ("ову", "ов"), ("еву", "ев"),
    ("ёву", "ёв"), ("ину", "ин"), ("ыну", "ын"), ("вичу", "вич"), ("ичу", "ич"), ("вне", "вна"), ("чне", "чна"),
    ("ии", "ия"), ("ею", "ей"), ("ию", "ий"), ("аю", "ай"), ("рю", "рь"), ("лю", "ль"), ("ню", "нь"), ("зю", "зь"),
)  # fmt: skip
_CONSONANT_U = re.compile(r"(.*[бвгджзклмнпрстфхцчшщ])у")
_VOWEL_E = re.compile(r"(.*[бвгджзклмнпрстфх])е")


def _datives() -> dict[str, str]:
    """Give each Russian first name under the form in which a task is given to it."""
    special = {"лев": "льву", "павел": "павлу", "петр": "петру", "илья": "илье", "любовь": "любови"}
    forms = {}
    for name in FIRST_NAMES:
        if name.isascii():
            continue
        if name in special:
            forms[special[name]] = name
        elif name.endswith("ия"):
            forms[name[:-1] + "и"] = name
        elif name.endswith(("а", "я")):
            forms[name[:-1] + "е"] = name
        elif name.endswith(("й", "ь")):
            forms[name[:-1] + "ю"] = name
        else:
            forms[name + "у"] = name
    return forms


_DATIVE_FIRST_NAMES = _datives()


def is_name(words: Sequence[Token]) -> bool:
    """Tell whether these tokens are somebody's name and nothing else, in the nominative (marks left out)."""
    said = [word for word in words if word.kind == "word"]
    if len(said) == 1 and is_given_name(said[0].word):
        return True
    if not 1 <= len(said) <= 4:
        return False
    initials = [word for word in said if len(word.word) == 1 and word.capital]
    full = [word.word for word in said if len(word.word) > 1]
    if len(initials) + len(full) < len(said) or not full or not all(word.capital for word in said):
        return False
    if initials:
        return len(full) == 1 and full[0] not in _BUSINESS_WORDS and len(full[0]) > 2
    known = [word for word in full if is_given_name(word)]
    return len(known) + sum(_is_surname(word) for word in full if word not in known) == len(full) or (
        len(full) == 3 and bool(_PATRONYMIC.fullmatch(full[-1]) or _PATRONYMIC.fullmatch(full[1]))
    )


def is_name_text(text: str) -> bool:
    """Tell whether a text is one person's name and nothing else, in the nominative or in the dative."""
    if len(text) > 100 or len(text.split()) > 4:
        return False
    said = clean(text)
    return is_name(tokens(said)) or is_name(tokens(" ".join(nominative(word) for word in said.split())))


def is_given_name(word: str) -> bool:
    """Tell whether the word (normal form) is a first name or a patronymic in the nominative."""
    return word in FIRST_NAMES or (bool(_PATRONYMIC.fullmatch(word)) and word.endswith(("ч", "на")))


def _is_surname(word: str) -> bool:
    return len(word) >= 5 and word not in _BUSINESS_WORDS and _SURNAME.fullmatch(word) is not None


def names_in(text: str, dative: bool) -> tuple[str, ...]:
    """Give the names a text lists, in the nominative; `dative`: only those that are told to do something."""
    found = []
    for match in _NAME_TEXT.finditer(text):
        name = _nominative_of(match, dative)
        if name and name not in found:
            found.append(name)
    return tuple(found)


def nominative(word: str) -> str:
    """Give the nominative of one name said in the dative; a word that is in no dative comes back as it is."""
    lower = word.lower().replace("ё", "е")
    if lower in _DATIVE_FIRST_NAMES:
        return _like(word, _DATIVE_FIRST_NAMES[lower])
    for ending, instead in _DATIVE_ENDINGS:
        if lower.endswith(ending) and len(lower) > len(ending) + 1:
            return word[: -len(ending)] + instead
    if match := _CONSONANT_U.fullmatch(word):
        return match[1]
    if (match := _VOWEL_E.fullmatch(word)) and lower not in FIRST_NAMES:
        return match[1] + "а"
    return word


def person_nominative(word: str) -> str:
    """Give the nominative when it is a person's name; «бухгалтерию» and other words come back as they are."""
    name = nominative(word)
    normal = name.lower().replace("ё", "е")
    return name if is_given_name(normal) or _is_surname(normal) else word


def _like(word: str, name: str) -> str:
    return name.capitalize() if word[:1].isupper() else name


def _nominative_of(match: re.Match[str], dative: bool) -> str:
    if match["after"]:
        return _join(match["after"], (), match["before"], dative)
    return _join(match["last"], tuple(match["rest"].split()), match["initials"] or "", dative)


def _join(last: str, rest: tuple[str, ...], initials: str, dative: bool) -> str:
    words = (last, *rest)
    if dative and not rest and not initials and (several := nominative_plural(last)):
        return several
    said = tuple(nominative(word) for word in words)
    if dative and said == words and not all(word.isascii() for word in words) and not _is_indeclinable(last):
        return ""
    return " ".join([*said, "".join(initials.split())]).strip()


def _is_indeclinable(word: str) -> bool:
    return word.lower().endswith(("ко", "ых", "их", "дзе", "швили"))
