"""The sentences the journal and the approval sheet are written in, in both languages.

Owns: every «why» of a transition and every note on an assignment. A sentence is complete, so that
a clerk reads the journal as a story. «{who:вернул|вернула}» is the word that goes with who did it (`doers`).
Letters have their own words in templates/mail.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.answers import Answer
from mailflow.core.doers import by_gender
from mailflow.core.person_names import Gender
from mailflow.core.views import Language

_SENTENCES: Mapping[str, tuple[str, str]] = {
    # key: (ru, en)
    "opened": ("{who}: заявка принята", "{who}: request taken"),
    "opened_unproven": (
        "{who}: заявка принята; отправитель не подтверждён ({reason}), доверенная сумма не действует",
        "{who}: request taken; the sender is not proven ({reason}), so no trusted sum applies",
    ),
    "asks_fields": ("не хватает: {what}; ждём ответа инициатора", "missing: {what}; the initiator is asked"),
    "asks_process": ("процесс угадан и ждёт подтверждения", "the process is a guess and awaits confirmation"),
    "stage": ("следующий этап — {stage}: {who}", "the next stage is {stage}: {who}"),
    "skipped": ("этап «{stage}» пропущен: {note}", "stage “{stage}” is skipped: {note}"),
    "unanswerable": (
        "условие этапа «{stage}» проверить нельзя (сумма не указана или в другой валюте), поэтому этап обязателен",
        "the condition of stage “{stage}” has no answer (no sum, or another currency), so the stage is kept",
    ),
    "told": ("«{stage}»: сообщили, {who}", "“{stage}”: told {who}"),
    "produced": ("«{stage}»: документ готовится", "“{stage}”: the paper is being made"),
    "file_wanted": ("{who}: файла нет, попросили прислать", "{who}: no file came; it was asked for"),
    "gathered": ("{who}: ответ получен", "{who}: the reply has come"),
    "finished": ("маршрут пройден, заявка закрыта", "the route is complete, the case is closed"),
    "nobody": (
        "на этапе «{stage}» некому решать или решающих не хватает: поправьте оргструктуру или отзовите заявку",
        "nobody, or too few, can decide at stage “{stage}”: mend the directory or withdraw the case",
    ),
    "said": ("{who}: {answer}", "{who}: {answer}"),
    "said_for": ("за {principal} — {who}: {answer}", "{who} for {principal}: {answer}"),
    "not_counted": ("{who}: ответ не засчитан, {reason}", "{who}: the answer does not count, {reason}"),
    "reason_needed": (
        "{who}: отказ без причины, спрошена причина",
        "{who}: a refusal without a reason; it is asked for",
    ),
    "remark": (
        "{who}: согласие с замечанием; спрошено, мешает ли оно",
        "{who}: agrees with a remark; asked whether it blocks",
    ),
    "signed": ("{who}: решение записано, отвечает {name}", "{who}: the decision was written by {name}"),
    "question": ("{who} спрашивает инициатора", "{who} asks the initiator"),
    "explained": ("{who} {who:ответил|ответила} на вопрос", "{who} answered the question"),
    "deferred": ("{who} решит позже; напомним {when}", "{who} will decide later; reminder on {when}"),
    "unclear": ("{who}: решения в ответе нет, переспросили", "{who}: no decision in the reply; asked again"),
    "unclear_silent": (
        "{who}: решения в ответе нет; уже переспрашивали",
        "{who}: no decision in the reply; asked before",
    ),
    "returned": ("{who} {who:вернул|вернула} на доработку: {reason}", "{who} returned it for rework: {reason}"),
    "edited": (
        "{who} {who:прислал|прислала} исправленный документ, круг {round}: {reason}",
        "{who} sent a corrected document, round {round}: {reason}",
    ),
    "rejected": ("{who} {who:отклонил|отклонила}: {reason}", "{who} rejected it: {reason}"),
    "resubmitted": (
        "{who} {who:отправил|отправила} исправленное, круг {round}",
        "{who} sent the correction, round {round}",
    ),
    "fields": ("{who} {who:дополнил|дополнила} заявку", "{who} completed the request"),
    "revoked": ("{who} {who:отозвал|отозвала} своё решение", "{who} took the decision back"),
    "withdrawn": ("{who} {who:отозвал|отозвала} заявку", "{who} withdrew the case"),
    "comment": ("{who}: комментарий", "{who}: a comment"),
    "reminded": ("напоминание: {who}", "reminder: {who}"),
    "late": ("срок истёк: {who}", "the term has passed: {who}"),
    "escalated": ("{who} молчит; кому сообщили: {told}", "{who} is silent; told of it: {told}"),
    "silent": ("{who}: ответа нет, согласовано по правилу", "{who}: no answer, agreed by rule"),
    "not_silent": (
        "{who}: по молчанию не согласовано: ответ начат или письмо не дошло",
        "{who}: not agreed by silence: an answer was begun or the letter did not arrive",
    ),
    "timer_idle": ("таймер больше не нужен: задание закрыто", "the timer is no longer needed: the task is over"),
    "away": ("{who}: автоответ об отсутствии; это не решение", "{who}: an automatic reply; not a decision"),
    "bounced": ("письмо на {address} не доставлено: {reason}", "the letter to {address} was not delivered: {reason}"),
    "outside_unknown": (
        "{stage}: адрес вне компании неизвестен, письмо не отправлено",
        "{stage}: no address outside is known, nothing was sent",
    ),
    "suppliers_asked": ("предложения запрошены: {who}", "offers were asked for: {who}"),
    "offer_came": ("{who}: предложение", "{who}: an offer"),
    "offer_declined": ("{who}: отказ от предложения", "{who}: no offer will be made"),
    "outside_wrote": ("{who}: ответ извне; это не решение", "{who}: an answer from outside, not a decision"),
    "status": ("{who} {who:спросил|спросила} о состоянии", "{who} asked for the status"),
    "not_shown": (
        "{who} {who:спросил|спросила} о чужой заявке; не показана",
        "{who} asked about a case of others; not shown",
    ),
    "resolved": ("{who}: резолюция: {text}", "{who}: resolution: {text}"),
    "started": ("начата связанная заявка: {process}, {who}", "a linked case was started: {process}, {who}"),
    "from_case": ("{who}: заявка начата по связанной заявке", "{who}: started from a linked case"),
    "archived": ("в архиве: {folder}, файлов: {count}", "in the archive: {folder}, files: {count}"),
    "linked_closed": ("связанная заявка {number} закрыта", "the linked case {number} is closed"),
    "document": ("подготовлен документ: {name}", "document made: {name}"),
    "unknown_people": ("в справочнике нет однозначно: {names}", "the directory does not surely have: {names}"),
    "note_linked": ("Исполнено связанной заявкой {number}", "Done by the linked case {number}"),
    "rules_taken": (
        "правила процесса {process}: версия {version}",
        "rules of the process {process}: version {version}",
    ),
    "data_erased": (
        "удалены персональные данные ({about}), строк журнала: {count}; основание: {reason}",
        "personal data were erased ({about}), rows of the journal: {count}; reason: {reason}",
    ),
    "api_key_made": (
        "системе «{name}» выдан ключ {id}: {rights}; процессы: {processes}",
        "the system {name} was given the key {id}: {rights}; processes: {processes}",
    ),
    "api_key_ended": ("ключ {id} системы «{name}» больше не действует", "the key {id} of the system {name} is ended"),
    "key_signs": ("ссылки подписывает ключ {number}", "links are signed by key {number}"),
    "renewed": ("{who} получит новую ссылку: прежняя скоро закроется", "{who} gets a new link: the one before ends"),
    "renewed_note": (
        "Мы сменили ключ: ссылка в прежнем письме закроется, ответить можно по ссылке из этого письма.",
        "We have changed our key: the link in the letter before ends, please use the one in this letter.",
    ),
    "evidence_given": (
        "выдан пакет доказательств по заявке, строк журнала: {count}",
        "a package of evidence on a case was given out, rows of its journal: {count}",
    ),
    "upgraded": (
        "заявка переведена на правила версии {version}",
        "the case goes by the rules of version {version} now",
    ),
    "not_upgraded": ("заявка идёт по прежним правилам: {reason}", "the case goes on by its own rules: {reason}"),
    "notice": ("отправлено {what}: {who}", "sent to {who}: {what}"),
    "handed_over": (
        "{who} {who:передал|передала} задание {to} (за {principal})",
        "{who} handed the task to {to} (for {principal})",
    ),
    "asks_withdrawal": (
        "{who}: просьба отозвать заявку не подтверждена; спросили по известному адресу",
        "{who}: the wish to withdraw is not proven; he is asked at his own address",
    ),
    "asked_before": (
        "{who}: {who:уже спрошен|уже спрошена}, ждём ответа",
        "{who}: asked before, the answer is awaited",
    ),
    "not_meant": ("{who}: отзывать заявку не {who:просил|просила}", "{who}: did not ask to withdraw it"),
    "note_not_meant": ("Спрошено об отзыве", "Asked about a withdrawal"),
    "offers": ("предложено замещение: {deputy} вместо {who}", "a substitution is offered: {deputy} for {who}"),
    "offer_subject": ("Замещение: {who}", "Substitution: {who}"),
    "unreachable": (
        "письмо не доставлено, решение просят у {to} (за {principal})",
        "the letter was not delivered; {to} is asked (for {principal})",
    ),
    "has_left": ("{who} больше нет в оргструктуре", "{who} is no longer in the directory"),
    "note_left": ("Больше не работает", "Has left"),
    "entered": ("{by}: внесено решение на бумаге или устное, {who}", "{by}: entered a decision of {who}"),
    "on_paper": ("на бумаге или устно, вносит {by}", "on paper or by word, entered by {by}"),
    "only_secretary": (
        "вносить чужие решения может только секретарь",
        "only the secretary enters the decisions of others",
    ),
    "not_for_herself": (
        "за себя и по своей заявке решения не вносят",
        "nobody enters a decision for himself or on his own request",
    ),
    "second_factor": (
        "решение здесь записывается только на странице по ссылке из письма, с кодом второго фактора",
        "here a decision is recorded only on the page behind the letter's link, with the code of the second factor",
    ),
    "needs_scan": ("нужен скан решения", "the scan of the decision is needed"),
    "not_by_you": (
        "передать это задание может его исполнитель, его руководитель или секретарь",
        "its owner, his manager or the secretary may hand this task over",
    ),
    "remembered": ("реквизиты взяты из прошлой оплаты: {payee}", "the bank details are of the last payment: {payee}"),
    "account_changed": (
        "реквизиты получателя изменились; подтвердить просят: {who}",
        "the payee's bank details have changed; {who} is asked to confirm them",
    ),
    "consults": ("{who} спрашивает мнение: {whom}", "{who} asks for an opinion: {whom}"),
    "opinion": ("{who}: мнение; это не решение", "{who}: an opinion, not a decision"),
    "only_principal": ("передать задание может только {principal}", "only {principal} may hand the task over"),
    "not_handed_on": ("это решение по правилам никому не передаётся", "by the rules this decision is not handed over"),
    "never_the_initiator": (
        "инициатор не решает по своей заявке",
        "the initiator does not decide on his own request",
    ),
    "his_already": ("это и так задание {who}", "it is the task of {who} already"),
    "asked_beside": ("{who} и так решает на этом этапе", "{who} decides at this stage already"),
    # notes on the approval sheet
    "note_initiator": ("Не требуется: инициатор", "Not required: initiator"),
    "note_same": ("Согласовано на предыдущем этапе", "Agreed at the stage before"),
    "note_agreed": ("Пропущен (согласовал в круге {round})", "Skipped (agreed in round {round})"),
    "note_skip": ("Не требуется", "Not required"),
    "note_nobody": ("Не требуется: вышестоящего руководителя нет", "Not required: there is no manager above"),
    "note_enough": ("Не требуется: решили другие", "Not required: others have decided"),
    "note_round": ("Круг закрыт возвратом", "The round was ended by a return"),
    "note_closed": ("Заявка закрыта", "The case was closed"),
    "note_clock": (
        "Часы стояли с {since} по {until}: ждал ответа на вопрос",
        "The clock stood from {since} to {until}: a question was open",
    ),
    "note_revoked": ("Предыдущее решение отозвано", "The decision before was taken back"),
    # reasons an answer does not count
    "no_proof": ("отправитель не подтверждён: {reason}", "the sender is not proven: {reason}"),
    "not_yours": ("решить может только {principal}", "only {principal} may decide"),
    "already": ("решение уже записано: {answer}", "a decision already stands: {answer}"),
    "over": ("заявка уже закрыта", "the case is already closed"),
    "stale": (
        "это прежняя версия: карточка или файлы изменились",
        "this is an earlier version: the card or files changed",
    ),
    "moved_on": ("круг уже другой, решение относилось к прежнему", "it belongs to an earlier round"),
    "taken_back": (
        "решение по этому письму уже было и отозвано; ответьте на новое письмо",
        "this letter was decided on and the decision taken back; answer the new letter",
    ),
    "next_decided": ("решение уже есть на следующем этапе: {who}", "the next one has already decided: {who}"),
    "paid_already": ("счёт уже оплачен", "it has already been paid"),
    "only_initiator": ("отозвать заявку может только инициатор", "only the initiator may withdraw the case"),
}

_ANSWERS: Mapping[Answer, tuple[str, str]] = {
    Answer.APPROVE: ("согласовано", "approved"),
    Answer.APPROVE_WITH_REMARKS: ("согласовано с замечаниями", "approved with remarks"),
    Answer.REWORK: ("на доработку", "returned for rework"),
    Answer.REJECT: ("отклонено", "rejected"),
    Answer.DECLINE: ("не согласовано", "not approved"),
    Answer.NEED_REASON: ("отказ без причины", "a refusal without a reason"),
    Answer.QUESTION: ("вопрос", "a question"),
    Answer.DELEGATE: ("передать другому", "pass it on"),
    Answer.DEFER: ("решит позже", "will decide later"),
    Answer.ACKNOWLEDGE: ("ознакомлен|ознакомлена", "acknowledged"),
    Answer.PAID: ("оплачено", "paid"),
    Answer.DONE: ("выполнено", "done"),
    Answer.RESOLUTION: ("резолюция", "a resolution"),
    Answer.WITHDRAW: ("отзыв", "withdrawal"),
    Answer.UNCLEAR: ("без решения", "no decision"),
}


_NOTICES: Mapping[str, tuple[str, str]] = {
    "anchor": ("печать журнала", "the seal of the journal"),
    "by_hand": ("известие о вмешательстве человека", "word of what was done by hand"),
    "alarm": ("предупреждение о сбое", "word of a trouble"),
    "alarm_over": ("известие, что сбой устранён", "word that a trouble is over"),
    "code": ("код для страницы", "a code for the page"),
    "sign_in": ("код для входа", "a code to sign in"),
    "second_factor": ("второй фактор", "second factor"),
    "digest": ("сводка", "the digest"),
    "help": ("справка", "the help"),
    "mode": ("подтверждение, как часто писать", "how often to write, confirmed"),
    "stands_in": ("письмо о замещении", "word of a substitution"),
    "list_answered": ("итог ответа по списку", "what came of a reply to a list"),
    "list_unclear": ("вопрос об ответе по списку", "a question about a reply to a list"),
    "report": ("отчёт", "a report"),
    "found": ("что нашлось", "what was found"),
    "own_cases": ("список заявок", "the list of requests"),
    "unclear_command": ("вопрос о команде", "a question about a command"),
    "register": ("реестр", "a register"),
    "stray": ("письмо извне на разбор", "a stranger's letter to sort"),
    "tasks": ("список задач", "the list of tasks"),
    "may_not_start": ("ответ, кто может подать такую заявку", "word of who may start such a request"),
    "unknown_request": ("вопрос, что это за заявка", "a question what is asked for"),
}


def notice_word(kind: str, language: Language) -> str:
    """Give what a letter outside of all cases is: «сводка», "the digest"; of an unnamed kind «письмо»."""
    ru, en = _NOTICES.get(kind, ("письмо", "a letter"))
    return ru if language == "ru" else en


def sentence(key: str, language: Language, **facts: object) -> str:
    """Give the sentence of that key with its facts put in; KeyError for a key or fact that is missing.

    A sentence that says what somebody did wants its `who` as a `Doer`: a plain name has no gender to go by.
    """
    ru, en = _SENTENCES[key]
    return (ru if language == "ru" else en).format(**facts)


def answer_word(answer: Answer, language: Language, gender: Gender | None = None) -> str:
    """Give the answer as a word, of the gender of whoever gave it: «согласовано», «ознакомлена», "approved"."""
    ru, en = _ANSWERS[answer]
    return by_gender(ru, gender) if language == "ru" else en
