"""What a letter or a page warns of: the checks of a paper, what was read off a picture, who is not proven.

Owns: the sentences of a card's warnings and when many passed checks are said in one. Refuses to know: how a paper is
checked (`invoice_checks`) or read (`invoices`), what the office remembers of a payee (`payees`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from mailflow.core.case import Ask, Assignment, Case
from mailflow.core.invoices import check_invoice
from mailflow.core.office import Office
from mailflow.core.payees import finding
from mailflow.core.recognised import PREFIX as RECOGNISED
from mailflow.core.rules import Process
from mailflow.core.views import Finding, Language


def findings_of(case: Case, process: Process, language: Language, now: datetime) -> tuple[Finding, ...]:
    """Check the requisites as they stand on the card now, and name what the papers say otherwise or not surely."""
    stated = {name: value for name, value in case.fields.items() if isinstance(value, str)}
    checks = check_invoice(stated, now.date())
    shown = [Finding(c.ok, c.text_ru if language == "ru" else c.text_en) for c in checks]
    recalled = (said for code in case.findings if (said := finding(code, language)) is not None)
    shown += [Finding(ok, text) for ok, text in recalled]
    marked = ((said[language], _labels(code, case, process, language)) for code, said in _MARKED.items())
    found = [*shown, *(Finding(False, said.format(fields=labels)) for said, labels in marked if labels)]
    if len(found) >= MANY_CHECKS and all(one.ok for one in found):
        return (Finding(True, _ALL_WELL[language].format(count=len(found))),)
    return tuple(found)


def _labels(code: str, case: Case, process: Process, language: Language) -> str:
    """Name the fields that findings of one code speak of."""
    names = (name for what, _, name in (found.partition(":") for found in case.findings) if what == code)
    return ", ".join(process.fields[name].label.in_(language) for name in names if name in process.fields)


def unproven(case: Case, task: Assignment | None, office: Office, language: Language) -> Iterator[Finding]:
    """Warn whoever decides that the request may come from somebody else; no passed check outweighs it."""
    decides = task is not None and task.open and task.ask not in _OF_THE_INITIATOR and task.principal != case.initiator
    if decides and not case.proven:
        yield Finding(False, _UNPROVEN[language].format(who=office.short(case.initiator)))


_OF_THE_INITIATOR = frozenset((Ask.FIELDS, Ask.CORRECTION, Ask.EXPLANATION))
_UNPROVEN: Mapping[Language, str] = {
    "ru": "Отправитель не подтверждён почтовым сервером: убедитесь, что просит именно {who}",
    "en": "The mail server has not confirmed the sender: make sure that it is really {who} who asks",
}
MANY_CHECKS = 3
"""From so many passed checks on one line says it: on a phone the decision must not lie three screens down."""
_ALL_WELL: Mapping[Language, str] = {
    "ru": "реквизиты, НДС и даты проверены ({count}), расхождений нет",
    "en": "the requisites, VAT and dates were checked ({count}); nothing is wrong",
}
_MARKED: Mapping[str, Mapping[Language, str]] = {
    "differs": {
        "ru": "в приложенном документе другое значение: {fields}",
        "en": "the attached paper says otherwise: {fields}",
    },
    RECOGNISED: {
        "ru": "прочитано с картинки, сверьте с документом: {fields}",
        "en": "read off a picture, compare with the paper: {fields}",
    },
}
"""The code of a finding that names fields -> what is said of all of them in one line."""
