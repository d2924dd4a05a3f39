"""Banners: what mail gateways write above a person's words, «ВНЕШНЕЕ ПИСЬМО», "CAUTION: external", a label of secrecy.

Owns: which words at the top of a mail a gateway wrote. Refuses to know: decisions, signatures, notices at the end
(`manners` knows those).

A closed world: a sentence is a banner's when every word of it is one that banners are made of, and the first also
says that the mail came from outside. The first sentence with any other word ends the banner, and so does a blank
line; what stands there is the person's. What may go wrong: a banner with a word not foreseen; it stays in the text,
and a text with words left over decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailflow.core.lines import Line
from mailflow.core.normal import word_list

_LEVEL = (
    r"(?:[\w&]{1,20} ){0,2}(?:official|internal|confidential|restricted|public|general)"
    r"(?: use)?(?: only)?(?: - general)?"
    r"|внутренн\w{1,3}(?: информация)?|публичн\w{1,3}|общедоступн\w{1,3}|конфиденциальн\w{1,3}|коммерческая тайна|"
    r"для (?:служебного|внутреннего) (?:пользования|использования)"
)
_LABEL = re.compile(
    rf"\[(?:{_LEVEL}|ext|external|внешнее|внешняя почта)\]|"
    rf"(?:классификация|classification|sensitivity|гриф)\s?:\s?(?:{_LEVEL})\.?|"
    r"для (?:служебного|внутреннего) (?:пользования|использования)\.?",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"\b(?:external|outside|internet|внешн(?:ее|яя|его|ему|ий|ей|их)|извне|вне|за пределами|зовнішн\w+|extern\w*|"
    r"außerhalb|don.t often get|not often get|не часто получа\w+|нечасто получа\w+|редко получа\w+)\b",
    re.IGNORECASE,
)
_WORDS = frozenset(
    word_list(
        "a an and any are as be been before by came can care caution cautious careful click clicking comes "
        "company confirm contact content corporate credentials desk do don domain don't doubt email e-mail "
        "emails exercise expected expecting external extra from get has help helpdesk here identity if "
        "important in information internal internet is it its know learn legitimate link links mail may "
        "message might more network never not notice of often on open opening or organisation organization "
        "our outside password passwords people personal phishing please provide received recipients recognise "
        "recognize recognized reply replying report respond responding safe security sender senders sensitive "
        "sent some source suspicious sure system t take team than that the their them these think this to "
        "treat trust unknown unless untrusted use using validate verify warning was were when who why with "
        "you your attention attachment attachments originated originates origin button внимание осторожно "
        "предупреждение внешнее внешняя внешнего внешней внешнему внешний внешних это этот данное настоящее "
        "электронное электронная письмо письма письмами сообщение сообщения почта почту почты получено "
        "отправлено пришло поступило направлено создано получили получившие получаете получают получатели из "
        "от с со за пределами извне вне организации компании сети домена домен корпоративной вашей нашей "
        "системы интернета не переходите открывайте нажимайте кликайте отвечайте вводите сообщайте запускайте "
        "пересылайте по на в во и или а ссылкам ссылки ссылку вложения вложений вложениями вложение файлы "
        "если вы уверены отправителе отправителю отправителя отправитель отправителей отправителями знаете "
        "доверяете ожидали источник источника источнике источников адресата адреса адресат адрес будьте "
        "осторожны внимательны бдительны соблюдайте проявляйте осторожность бдительность внимательность при "
        "открытии переходе пожалуйста пароли пароль логин логины учётные учетные данные свои личные "
        "неизвестных неизвестного подозрительных подозрительные подозрении службу безопасности информационной "
        "поддержки обратитесь сообщите фишинг фишинга ему их его им что этому этого содержимое безопасно "
        "безопасность убедитесь надёжности надежности личности подлинности узнайте почему важно подробнее "
        "часто нечасто редко некоторые пользователи было был обратите служба ит увага цей лист надійшов від "
        "зовнішнього зовнішній відправника відправник відкривайте посилання та вкладення achtung vorsicht "
        "diese nachricht stammt kommt von einem externen externer absender außerhalb der unternehmens öffnen "
        "sie keine und anhänge at ссылками ссылка вложениям file files ask"
    )
)
_ADDRESS = re.compile(r"<?(?:https?://[^\s<>]{1,500}|[\w.+-]{1,64}@[\w.-]{1,200})>?", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?…\])*]+(?=\s|$)|\n(?=\s*[A-ZА-ЯЁ\[*⚠])|(?<=\w):(?=\s)")
_MOST_BANNERS, _MOST_LINES, _MOST_LETTERS = 4, 12, 2000


def without_banners(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Take off the banners at the top; of a line that is a banner only in part the rest stays."""
    kept = tuple(lines)
    for _ in range(_MOST_BANNERS):
        before, kept = kept, _without_first(kept)
        if kept is before:
            break
    return kept


def _without_first(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    first = next((n for n, line in enumerate(lines) if not line.blank), len(lines))
    if first == len(lines):
        return lines
    if len(lines[first].text) < 120 and _LABEL.fullmatch(lines[first].text.strip(" *_⚠️!")):
        return lines[first + 1 :]
    last = min(len(lines), first + _MOST_LINES)
    end = next((n for n in range(first, last) if lines[n].blank), last)
    length = _banner_length("\n".join(line.text[:_MOST_LETTERS] for line in lines[first:end]))
    return _behind(lines, first, length) if length else lines


def _banner_length(paragraph: str) -> int:
    """Give how many letters of the paragraph are a banner's sentences; 0 when none says where the mail came from."""
    at, outside = 0, False
    for end in (*(match.end() for match in _SENTENCE_END.finditer(paragraph)), len(paragraph)):
        sentence = _ADDRESS.sub(" ", paragraph[at:end])
        words = _WORD.findall(sentence.lower().replace("’", "'"))
        if any(word not in _WORDS for word in words):
            break
        outside = outside or _OUTSIDE.search(sentence) is not None
        at = end
    return at if outside and _WORD.search(paragraph) else 0


def _behind(lines: tuple[Line, ...], first: int, length: int) -> tuple[Line, ...]:
    """Give the lines behind so many letters of the paragraph."""
    for n in range(first, len(lines)):
        here = len(lines[n].text[:_MOST_LETTERS])
        if length < here:
            rest = lines[n].text[length:].strip()
            return (lines[n]._replace(text=rest), *lines[n + 1 :]) if rest else lines[n + 1 :]
        length -= here + 1
        if length <= 0:
            return lines[n + 1 :]
    return ()
