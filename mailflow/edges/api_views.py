"""From the values of the core to the shapes of the wire. Owns: that, and nothing else."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import date
from decimal import Decimal

from mailflow.core.api_problems import Problem
from mailflow.core.asked_outside import Answered, CasePage, Payments, RegisterPage, Shown
from mailflow.core.bank_file import Payment
from mailflow.core.bank_file import Side as PaymentSide
from mailflow.core.case import Assignment, Case, FieldValue, FileVersion, Paper
from mailflow.core.field_forms import FieldForm
from mailflow.core.journal import JournalRow
from mailflow.core.office import Office
from mailflow.core.pages import Recorded
from mailflow.core.register_columns import Cell
from mailflow.core.registers import Form
from mailflow.core.rules import Process
from mailflow.core.views import Language
from mailflow.edges import api_shapes as shapes

HOME_CURRENCY = "RUB"
_DECIMAL = re.compile(r"-?[0-9]{1,16}(?:\.[0-9]{1,2})?")


def problem(wrong: Problem, language: Language) -> shapes.ProblemDetails:
    """Show why a call did nothing."""
    faults = [shapes.FaultLine(pointer=fault.pointer, detail=fault.detail) for fault in wrong.faults]
    name = f"urn:mailflow:problem:{wrong.name}"
    return shapes.ProblemDetails(type=name, title=wrong.title(language), status=wrong.status, errors=faults)


def case_line(case: Case, office: Office) -> shapes.CaseLine:
    """Show a case in a list."""
    return shapes.CaseLine(**_line(case, office))


def case_card(case: Case, office: Office) -> shapes.CaseCard:
    """Show a case with everything on it."""
    return shapes.CaseCard(
        **_line(case, office),
        fields=_fields(case, office),
        findings=list(case.findings),
        tasks=[_task(task, office) for task in case.assignments],
        files=[_file(place, file, office) for place, file in enumerate(case.files, start=1)],
        papers=[_paper(place, paper) for place, paper in enumerate(case.papers, start=1)],
        linked=list(case.linked),
    )


def case_list(page: CasePage, office: Office) -> shapes.CaseList:
    """Show a page of cases."""
    return shapes.CaseList(items=[case_line(case, office) for case in page.cases], next=sealed(page.next))


def story(rows: list[JournalRow]) -> shapes.Story:
    """Show what happened."""
    return shapes.Story(
        items=[shapes.StoryLine(seq=row.seq, at=row.at, type=row.event_type, why=row.why) for row in rows]
    )


def processes(
    found: tuple[Process, ...], forms: dict[str, tuple[FieldForm, ...]], language: Language
) -> shapes.Processes:
    """Show the processes with the fields a request may state."""
    return shapes.Processes(
        items=[
            shapes.ProcessLine(
                name=process.name,
                title=process.title.in_(language),
                fields=[_field(form, process, language) for form in forms.get(process.name, ())],
            )
            for process in found
        ]
    )


def looked_at(shown: Shown, office: Office) -> shapes.LookedAt:
    """Show the task behind a link."""
    page = shown.page
    return shapes.LookedAt(
        case=case_line(shown.case, office),
        addressee=page.sheet.addressee,
        ask=page.ask.value,
        choices=list(page.choices),
        code=page.coding,
        second_factor=page.factor,
    )


def decided(done: Answered) -> shapes.Decided:
    """Show what stands now."""
    outcome = done.outcome
    asked = isinstance(outcome, Recorded) and outcome.question
    word = "already" if not isinstance(outcome, Recorded) else "asked" if asked else "recorded"
    return shapes.Decided(case=done.case.id, number=done.case.number, outcome=word, said=outcome.said)


def registers(found: tuple[Form, ...], language: Language) -> shapes.Registers:
    """Show the registers there are."""
    return shapes.Registers(
        items=[
            shapes.RegisterLine(name=form.name, title=form.title(language), columns=_columns(form, language))
            for form in found
        ]
    )


def register(page: RegisterPage, language: Language) -> shapes.RegisterSheet:
    """Show a page of a register."""
    return shapes.RegisterSheet(
        name=page.form.name,
        title=page.form.title(language),
        columns=_columns(page.form, language),
        rows=[shapes.RegisterRow(case=row.case, cells=[_cell(cell) for cell in row.cells]) for row in page.rows],
        totals=[
            shapes.RegisterTotal(count=total.count, sum=_money(Decimal(total.minor) / 100, total.currency))
            for total in page.totals
            if total.currency
        ],
        next=sealed(page.next),
    )


def payments(found: Payments) -> shapes.PaymentOrders:
    """Show what can be paid, and what cannot."""
    return shapes.PaymentOrders(
        items=[_order(case, made) for case, made in found.ready],
        withheld=[
            shapes.WithheldPayment(case=case.id, case_number=case.number, reason=why) for case, why in found.withheld
        ],
    )


def sealed(place: str) -> str | None:
    """Give a place in a list as a word nobody is tempted to read; None where nothing follows."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=") if place else None


def unsealed(cursor: str) -> str | None:
    """Give the place behind such a word; None for anything else."""
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return None


def _line(case: Case, office: Office) -> dict[str, object]:
    return {
        "id": case.id,
        "number": case.number,
        "process": case.process,
        "state": case.state.value,
        "stage": case.stage,
        "round": case.round,
        "subject": case.subject,
        "initiator": _person(case.initiator, office),
        "amount": _amount(case),
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "version": case.version,
        "waits_on": [_waiting(task, office) for task in case.open_assignments],
    }


def _waiting(task: Assignment, office: Office) -> shapes.Waiting:
    who = _person(task.delegate or task.principal, office)
    return shapes.Waiting(person=who, ask=task.ask.value, stage=task.stage, since=task.opened_at, due=task.due_at)


def _task(task: Assignment, office: Office) -> shapes.Task:
    decision = task.decision
    return shapes.Task(
        round=task.round,
        stage=task.stage,
        person=_person(task.principal, office),
        ask=task.ask.value,
        standing=task.standing.value,
        opened_at=task.opened_at,
        due=task.due_at,
        answer=decision.answer.value if decision else None,
        decided_by=_person(decision.by, office) if decision else None,
        decided_at=decision.at if decision else None,
        channel=decision.channel if decision else None,
        comment=decision.comment if decision else "",
        note=task.note,
    )


def _file(place: int, file: FileVersion, office: Office) -> shapes.FileLine:
    return shapes.FileLine(
        place=place,
        name=file.name,
        version=file.version,
        current=file.current,
        size=file.size,
        content_type=file.content_type,
        sha256=file.sha256,
        by=_person(file.by, office),
        at=file.at,
        comment=file.comment,
    )


def _paper(place: int, paper: Paper) -> shapes.PaperLine:
    return shapes.PaperLine(
        place=place,
        document=paper.document,
        name=paper.name,
        size=paper.size,
        content_type=paper.content_type,
        sha256=paper.sha256,
        at=paper.at,
    )


def _field(form: FieldForm, process: Process, language: Language) -> shapes.FieldLine:
    needed = "always" if form.needed is True else "no" if form.needed is False else "sometimes"
    return shapes.FieldLine(
        name=form.name,
        type=form.type,
        label=process.fields[form.name].label.in_(language),
        required=needed,
        choices=list(form.choices),
    )


def _fields(case: Case, office: Office) -> dict[str, str | bool | list[str] | shapes.Money]:
    rules = office.process_of(case)
    return {name: _value(name, value, case, rules) for name, value in case.fields.items()}


def _value(name: str, value: FieldValue, case: Case, rules: Process) -> str | bool | list[str] | shapes.Money:
    if isinstance(value, tuple):
        return list(value)
    rule = rules.fields.get(name)
    sum_ = _sum(value, case) if rule is not None and rule.type == "money" else None
    return value if sum_ is None else sum_


def _amount(case: Case) -> shapes.Money | None:
    return _sum(case.fields.get("amount"), case)


def _sum(value: object, case: Case) -> shapes.Money | None:
    """Give a sum of the card; None where there is none, or where it was erased."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        return None
    return _money(Decimal(value), str(case.fields.get("currency") or HOME_CURRENCY))


def _money(amount: Decimal, currency: str) -> shapes.Money:
    return shapes.Money(amount=f"{amount:.2f}", currency=currency)


def _person(person: str, office: Office) -> shapes.Person:
    known = office.directory.people.get(person)
    return shapes.Person(id=person, name=known.name if known is not None else person)


def _columns(form: Form, language: Language) -> list[str]:
    return [column.ru if language == "ru" else column.en for column in form.columns]


def _cell(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}"
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _order(case: Case, made: Payment) -> shapes.PaymentOrder:
    return shapes.PaymentOrder(
        case=case.id,
        case_number=case.number,
        number=made.number,
        sum=_money(made.amount, HOME_CURRENCY),
        payer=_side(made.payer),
        payee=_side(made.payee),
        purpose=made.purpose,
    )


def _side(side: PaymentSide) -> shapes.Side:
    return shapes.Side(
        name=side.name,
        inn=side.inn,
        kpp=side.kpp,
        account=side.account,
        bic=side.bic,
        corr_account=side.corr_account,
        bank=side.bank,
    )
