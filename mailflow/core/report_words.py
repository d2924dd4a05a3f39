"""What a report says, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.views import Language

_WORDS: Mapping[str, tuple[str, str]] = {
    "marks": ("\u00a0,", ",."),
    "title": ("Отчёт", "Report"),
    "by_stages": ("Время по этапам", "Time by stage"),
    "by_people": ("Время по людям", "Time by person"),
    "by_articles": ("Оплачено по статьям ДДС", "Paid by cash flow item"),
    "by_contractors": ("Оплачено по контрагентам", "Paid by contractor"),
    "by_departments": ("Оплачено по отделам", "Paid by department"),
    "stages": ("Этап", "Stage"),
    "people": ("Человек", "Person"),
    "articles": ("Статья ДДС", "Cash flow item"),
    "contractors": ("Контрагент", "Contractor"),
    "departments": ("Отдел", "Department"),
    "number": ("Заданий", "Tasks"),
    "payments": ("Оплат", "Payments"),
    "open": ("Ещё ждут", "Still waiting"),
    "late": ("Просрочено", "Overdue"),
    "median": ("Медиана, ч", "Median, h"),
    "most": ("90 % быстрее, ч", "90% within, h"),
    "sum": ("Сумма", "Sum"),
    "currency": ("Валюта", "Currency"),
    "nobody": ("не указано", "not stated"),
    "bar": ("{median} ч, 90 % до {most} ч", "{median} h, 90% within {most} h"),
    "plot_waiting": (
        "Тёмная полоса: половина заданий выполнена быстрее; светлая: девять из десяти. Сверху самые медленные.",
        "Dark bar: half of the tasks are done faster; light: nine of ten. The slowest stand first.",
    ),
    "plot_paid": ("Чем длиннее полоса, тем больше оплачено.", "The longer the bar, the more was paid."),
}


def report_words(language: Language) -> Mapping[str, str]:
    """Give every word of a report in one language."""
    place = 0 if language == "ru" else 1
    return {key: both[place] for key, both in _WORDS.items()}
