"""The courtesies of a letter: closings, signatures, disclaimers. They surround a decision and must not speak for it.

Owns: which lines at the end of a letter are its signature. Refuses to know: decisions, except that a line
holding a word of decision, a condition or a demand is never a signature line.

A signature must prove itself: it begins with «С уважением», with `--` or with a person's name, and every line
to the end is a name, a post, a firm, a contact or a disclaimer. One line that is not, and the whole stays in the
text: «С уважением, Смирнова / P.S. только после исправления» is no signature.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailflow.core.normal import Token, clean, tokens, word_list
from mailflow.core.phrase_search import find, index
from mailflow.core.said_names import is_name
from mailflow.core.says import Says

_CLOSING = re.compile(
    r"(?:с уважением|с искренним уважением|с наилучшими(?: пожеланиями)?|с благодарностью|искренне ваш\w?|с почтением|"
    r"всего (?:доброго|хорошего)|с ув\.?|"
    r"заранее (?:спасибо|благодарю)|спасибо|благодарю|хорошего (?:дня|вечера)|с приветом|"
    r"(?:best|kind|warm|many)?\s?(?:regards|wishes|thanks)|thank you|thanks|sincerely|yours (?:sincerely|"
    r"truly|faithfully)|cheers|br|rgds|respectfully|"
    r"з повагою|з найкращими побажаннями|з павагай|құрметпен|"
    r"(?:mit )?(?:freundliche|viele|beste|liebe|herzliche|schöne)[nr]? (?:grüßen?|gruß)|mfg|"
    r"(?:bien )?cordialement|bien à vous|atentamente|(?:un )?saludos?(?: cordial(?:es)?)?|"
    r"(?:cordiali |distinti )?saluti|atenciosamente|cumprimentos|"
    r"pozdrawiam|z poważaniem|met vriendelijke groet(?:en)?|s pozdravem|"
    r"(?:med )?(?:vänliga?|venlig|vennlig) (?:hälsningar?|hilsen)|mvh|ystävällisin terveisin|saygılarımla"
    r")(?![\w])[\s,.!—–-]*(?P<rest>.*)",
    re.IGNORECASE,
)
_DELIMITER = re.compile(r"\s*(?:[-–—_=*]{2,}|—)\s*")
_PICTURE = re.compile(r"\s*(?:\[(?:image|cid|рисунок|logo|логотип)[^\]]{0,200}\]|<?cid:\S{1,200})\s*", re.IGNORECASE)
_CONTACT = re.compile(
    r"(?:mailto:)?[\w.+-]{1,64}@[\w.-]{3,100}|(?:https?://|www\.)\S{1,200}|[\w-]{1,40}\.(?:ru|com|рф|org|net|su|io|"
    r"example)(?:/\S{0,100})?"
    r"|\+?\d[\d ()\-–.]{5,24}\d|(?<!\w)@\w{3,40}|\d{1,2}[:.]\d{2}\s?[-–]\s?\d{1,2}[:.]\d{2}",
)
_CONTACT_WORDS = frozenset(
    word_list(
        "тел телефон моб мобильный раб рабочий сот факс доб вн внутр внутренний e-mail email mail почта сайт "
        "web skype telegram телеграм whatsapp "
        "viber t m f e w mobil telefon fon handy tél "
        "tel phone mobile mob cell fax office ext site icq max вк пн-пт пн пт ежедневно с до d p"
    )
)
_ADDRESS = re.compile(r"(?<!\w)(?:\d{6}|г\.|ул\.|пр-т|просп\.|пер\.|наб\.|ш\.|д\.|оф\.|офис|стр\."
    r"|корп\.|россия|москва|street|st\.|avenue|floor)",
                      re.IGNORECASE)  # fmt: skip
_ROLE_STEMS = tuple(
    word_list(
        "директор менеджер бухгалтер начальник руководител специалист инженер юрист юрисконсульт отдел "
        "департамент управлени служб заместител "
        "помощник секретар координатор аналитик экономист делопроизводител администратор кадр прораб мастер "
        "главный главн ведущий старший "
        "генеральн финансов коммерческ исполнительн технически снабжен закупк логист кладовщик представител "
        "председател президент "
        "ceo cfo coo cto director manager head lead senior chief officer accountant engineer lawyer "
        "secretary assistant department "
        "specialist analyst coordinator buyer president vice vp consultant founder partner editor developer architect "
        "designer researcher professor administrator owner operator planner supervisor controller auditor clerk "
        "редактор архитектор проектировщик сметчик диспетчер референт оператор технолог энергетик механик геодезист "
        "эколог эксперт консультант товаровед учредитель партнер партнёр завхоз заведующ"
    )
)
_VERB = re.compile(r"\w{3,}(?:ит|ут|ют|ят|йте|ите|тся|ться)$")
_NO_VERBS = frozenset(word_list("кредит аудит транзит институт"))
_FIRM = re.compile(r"(?<!\w)(?:ооо|оао|зао|пао|ао|ип|нко|гуп|муп|фгуп|фгбу|гк|группа компаний|компания|холдинг"
    r"|банк|ltd|llc|inc|gmbh|corp)(?!\w)",
                   re.IGNORECASE)  # fmt: skip
_BUSINESS = re.compile(
    r"сумм|цен[аыу]|срок|сч[её]т|договор|акт[аыу]?\b|реквизит|предоплат|аванс|скидк|бюджет|услови|пункт|"
    r"замечан|дорог|оплат|процент|поставщик|"
    r"смет|рубл|price|amount|invoice|contract|budget|term|payment|expensive|condition",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"(?:сообщени|письм)\w*[^.!?]{0,80}(?:конфиденциальн|коммерческую тайну)|не "
    r"явля\w+[^.!?]{0,40}(?:оферт|акцепт)|конфиденциальн\w+ информаци|"
    r"если (?:вы|это|данное|настоящее)[^.!?]{0,60}(?:получили|попало|не являетесь)[^.!?]{0,60}(?:ошиб|"
    r"адресат|получател)|предназначен\w* (?:только|исключительно)|"
    r"прежде чем (?:рас)?печат|о?б? окружающей среде|consider the environment|(?:message|"
    r"e-?mail)[^.!?]{0,80}(?:confidential|intended|privileged)|"
    r"intended (?:only|solely|recipient)|information contained in this|virus-free|без вирусов|проверено "
    r"(?:на вирусы|антивирус)",
    re.IGNORECASE,
)
_LEGAL_WORDS = re.compile(
    r"сообщени|письм|вложени|информаци|отправител|получател|адресат|конфиденц|распростран|копирован|"
    r"раскрыт|ответственност|вирус|печата|эколог|окружающ|"
    r"message|e-?mail|information|recipient|sender|confidential|liabil|virus|print|environment|delete|"
    r"notify|disclos|copying|www\.|http",
    re.IGNORECASE,
)
_DECISION = index(
    Says.YES, Says.NO, Says.REJECT, Says.REWORK, Says.FIX, Says.NEGATED, Says.IF, Says.WOULD, Says.BUT, Says.PROXY,
    Says.WITHDRAW, Says.ASK, Says.LATER, Says.PART, Says.NOT, Says.POLITE,
)  # fmt: skip
_POSTSCRIPT = re.compile(r"\s*(?:p\.?\s?s\.?|з\.?\s?ы\.?|п\.?\s?с\.?)(?:[:.,\s]|$)", re.IGNORECASE)
_LONGEST = 40


def body(text: str) -> str:
    """Give the text without the signature and the disclaimers at its end."""
    lines = _without_disclaimers(clean(text).split("\n"))
    first = max(0, len(lines) - _LONGEST)
    for at in range(first, len(lines)):
        if _opens(lines, at) and all(_belongs(line) for line in lines[at + 1 :]):
            return "\n".join(lines[:at]).strip()
    return "\n".join(lines).strip()


def _without_disclaimers(lines: list[str]) -> list[str]:
    """Cut the paragraphs of legal text that follow the letter."""
    end = len(lines)
    while end:
        start = end
        while start and lines[start - 1].strip():
            start -= 1
        paragraph = " ".join(lines[start:end])
        if paragraph.strip() and (start == 0 or not is_disclaimer(paragraph)):
            break
        end = max(start - 1, 0) if start == end else start
    return lines[:end]


def is_signature(lines: Sequence[str]) -> bool:
    """Tell whether lines that a mail program calls a signature are one: some people type their answer into it.

    Less is asked than of lines that nobody calls so, an advertisement passes; but no word of decision, condition,
    demand or question may stand in them, and nothing about a paper or money.
    """
    said = [line for line in lines if line.strip()]
    return len(said) <= _LONGEST and all(_belongs(line) or _is_beside_the_point(line) for line in said)


def _is_beside_the_point(line: str) -> bool:
    if len(line) > 300 or "?" in line or _POSTSCRIPT.match(line) or _BUSINESS.search(line):
        return False
    return not any(phrase.says is not Says.POLITE for phrase in find(tokens(clean(line)), _DECISION))


def is_disclaimer(paragraph: str) -> bool:
    """Tell whether a paragraph is the notice that offices add to every mail: legal in form and in every sentence."""
    said = paragraph[:4000]
    sentences = (part for part in re.split(r"[.!?](?:\s|$)", said) if part.strip())
    return _LEGAL.search(said) is not None and all(_LEGAL_WORDS.search(part) for part in sentences)


def _opens(lines: list[str], at: int) -> bool:
    line = lines[at]
    if len(line) > 200:
        return False
    if _DELIMITER.fullmatch(line):
        return True
    if not any(line.strip() for line in lines[:at]):
        return False
    closing = _CLOSING.fullmatch(line.strip(" *_"))
    if closing:
        return all(_belongs(part) for part in re.split(r"[,/]", closing["rest"]))
    return _is_name_line(line)


def _belongs(line: str) -> bool:
    """Tell whether the line can be part of a signature."""
    said = line.strip(" \t*_|•·")
    if not said or _DELIMITER.fullmatch(said) or _PICTURE.fullmatch(said):
        return True
    if len(said) > 200 or "?" in said or _POSTSCRIPT.match(said):
        return False
    words = tokens(clean(said))
    if is_name(words) or is_disclaimer(said) or _is_contact(said):
        return True
    if any(phrase.says is not Says.POLITE for phrase in find(words, _DECISION)):
        return False
    return bool(_CLOSING.fullmatch(said) and len(words) < 8) or _is_post(said, words) or _is_motto(said, words)


def _is_name_line(line: str) -> bool:
    return is_name(tokens(clean(line.strip(" -–—*_,."))))


def _is_contact(said: str) -> bool:
    """Tell whether nothing is left of the line but words like «тел.» when its contacts are taken out."""
    rest, found = _CONTACT.subn(" ", said)
    words = [word for word in tokens(clean(rest)) if word.kind == "word"]
    known = sum(word.word in _CONTACT_WORDS or (word.capital and is_name([word])) for word in words)
    return found > 0 and known == len(words) and not re.search(r"[%₽$€]", rest)


def _is_post(said: str, words: tuple[Token, ...]) -> bool:
    """Tell whether the line is a post, a department, a firm or an address."""
    row = [word.word for word in words if word.kind == "word"]
    if len(row) > 14:
        return False
    if _ADDRESS.search(said) and sum(word.capital for word in words) > 0:
        return not _BUSINESS.search(said)
    has_number = any(word.kind == "number" for word in words)
    if any(_VERB.search(word) and word not in _NO_VERBS for word in row):
        return False
    has_role = any(word.startswith(_ROLE_STEMS) for word in row[:3])
    return not has_number and (has_role or _FIRM.search(said) is not None)


def _is_motto(said: str, words: tuple[Token, ...]) -> bool:
    """Tell whether the line is a firm's name: a few words, every one with a capital, about no paper and no money."""
    row = [word for word in words if word.kind == "word"]
    plain = 0 < len(row) <= 5 and not any(word.kind == "number" for word in words)
    return plain and all(word.capital for word in row) and not _BUSINESS.search(said) and len(said) < 60
