"""What is said about a command that could not be done as it was written, in both languages.

Owns: the reason in one sentence, and an example that would have worked.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.views import Language

_SAID: Mapping[str, tuple[str, str]] = {
    # key: (ru, en)
    "why_meant": ("Похоже на опечатку в команде.", "It looks like a slip of the pen."),
    "why_which": ("Не указан номер заявки.", "It names no request."),
    "why_no_case": (
        "Заявки с номером {number} среди ваших нет.",
        "There is no request {number} among yours.",
    ),
    "why_unproven": (
        "Почтовый сервер не подтвердил, что писали вы ({reason}), поэтому ничего не изменилось.",
        "The mail server could not confirm that you wrote it ({reason}), so nothing was changed.",
    ),
    "why_not_allowed": (
        "Это может сделать секретарь, а не вы.",
        "The secretary may do that, you may not.",
    ),
    "why_substitution_nobody": ("Не ясно, кто замещает.", "It does not say who stands in."),
    "why_substitution_several": (
        "Не ясно, о ком речь: {names}. Напишите фамилию с инициалами или адрес.",
        "It is not clear who is meant: {names}. Write the full name or the address.",
    ),
    "why_substitution_absentee": ("Не ясно, кого замещают.", "It does not say who is away."),
    "why_substitution_dates": ("Не ясно, с какого и по какой день.", "It does not say from which day to which."),
    "why_substitution_past": ("Эти дни уже прошли.", "Those days are over."),
    "why_substitution_long": (
        "Замещение назначается не больше чем на год.",
        "A substitution lasts a year at most.",
    ),
    "why_substitution_self": ("Никто не замещает сам себя.", "Nobody stands in for himself."),
    "why_substitution_circle": (
        "Получился бы круг: этого заместителя в эти дни замещает сам отсутствующий.",
        "That would be a circle: on those days the absentee himself stands in for this deputy.",
    ),
    "why_substitution_none": (
        "Действующего замещения, которое вы можете отменить, нет.",
        "There is no substitution in force that you may end.",
    ),
    "why_decision_whose": (
        "Не ясно, чьё это решение: по этой заявке такого человека сейчас не ждут.",
        "It is not clear whose decision it is: the request does not wait for that person now.",
    ),
    "why_decision_what": ("Не ясно, что решено.", "It does not say what was decided."),
    "why_decision_scan": (
        "Приложите скан: без него решение на бумаге не вносится.",
        "Attach the scan: a decision on paper is not entered without it.",
    ),
    "why_hand_over_whom": (
        "Не ясно, кому передать: {names}.",
        "It is not clear to whom to hand it over: {names}.",
    ),
    "example_meant": ("Помощь", "Help"),
    "example_which": ("Отозвать СЧ-2026-0001", "Withdraw СЧ-2026-0001"),
    "example_no": ("Статус", "Status"),
    "example_unproven": ("", ""),
    "example_not": ("", ""),
    "example_substitution": (
        "Замещение: с 16.11 по 27.11 вместо меня Петров П.П.",
        "Substitution: from 16 Nov to 27 Nov John Smith instead of me",
    ),
    "example_decision": (
        "Решение {number}: Петров П.П. согласовал",
        "Decision {number}: John Smith approved",
    ),
    "example_hand": ("Передать {number} от Петрова П.П. Иванову И.И.", "Hand over {number} from John Smith to Ann Lee"),
}


def command_word(key: str, language: Language, **facts: str) -> str:
    """Give the sentence of that key; KeyError for one that is missing."""
    return _SAID[key][0 if language == "ru" else 1].format(**facts)
