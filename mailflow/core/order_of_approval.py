"""The order «О порядке согласования документов по электронной почте», filled for the company.

Owns: `order_of_approval`: what the company's own act has to say so that a decision by mail counts (63-ФЗ, articles 6
and 9: who signs by a simple electronic signature is told by it, and he keeps the key to himself). Refuses to know: law;
a lawyer of the company reads it before the director signs.

It is an `Order` like any other, so that it comes as PDF and as a Word document, with the company's letterhead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailflow.core.letterhead import DIRECTOR, Executor, executor_of, letterhead_of, signature_of, signer
from mailflow.core.named import Named, of_person
from mailflow.core.office import Office
from mailflow.core.orders import Order
from mailflow.core.views import Language


@dataclass(frozen=True, slots=True)
class Service:
    """How mailflow is reached: the addresses that take mail, the page behind its links ('' without one)."""

    addresses: tuple[str, ...]
    web: str
    domains: tuple[str, ...]
    """The domains of the staff's own addresses."""


def order_of_approval(office: Office, service: Service, language: Language) -> Order:
    """Give the order, a draft without number and day."""
    director, secretary = signer(office), office.directory.people.get(office.secretary)
    controller = of_person(secretary) if secretary is not None else None
    said = _TEXTS[language]
    company = office.directory.company
    place: dict[str, str] = {
        "addresses": ", ".join(service.addresses),
        "web": service.web,
        "domains": ", ".join(service.domains),
        "company": company.name,
    }
    return Order(
        language=language,
        letterhead=letterhead_of(company),
        draft=True,
        date="",
        number="",
        place=company.city,
        heading=said.heading,
        preamble=said.preamble,
        points=tuple(_points(said, place, _whom(controller, language))),
        attachments=(),
        signature=signature_of(director, language),
        visas=(),
        readers=(),
        executor=executor_of(secretary) if secretary is not None else Executor(),
        code=said.heading,
        doubts=tuple(doubt for doubt, there in ((said.nobody, director), (said.lawyer, None)) if there is None),
    )


def _whom(controller: Named | None, language: Language) -> str:
    if controller is None:
        return ""
    return controller.accusative if language == "ru" else controller.short


def _points(said: _Text, place: Mapping[str, str], controller: str) -> Iterator[str]:
    unfit = said.without_page if place["web"] else said.with_page
    yield from (point.format(**place) for point in said.points if point != unfit)
    yield f"{said.control.format(whom=controller).rstrip('.')}." if controller else said.own_control


@dataclass(frozen=True, slots=True)
class _Text:
    heading: str
    preamble: str
    points: tuple[str, ...]
    control: str
    own_control: str
    nobody: str
    lawyer: str

    @property
    def with_page(self) -> str:
        """Give how one decides where there is a page behind the links."""
        return next(point for point in self.points if "{web}" in point)

    @property
    def without_page(self) -> str:
        """Give how one decides by reply alone: the point after it."""
        return self.points[self.points.index(self.with_page) + 1]


_TEXTS: Mapping[Language, _Text] = {
    "ru": _Text(
        heading="О порядке согласования документов по электронной почте",
        preamble=(
            "В целях ускорения согласования документов и в соответствии со статьями 6 и 9 Федерального закона от "
            "06.04.2011 № 63-ФЗ «Об электронной подписи»"
        ),
        points=(
            "Согласовывать документы {company} по электронной почте в системе mailflow (далее — Система). Документы и "
            "ответы принимаются по адресам: {addresses}.",
            "Признавать решение работника (согласование, отказ, возврат на доработку, отметку об исполнении, оплате "
            "или ознакомлении), принятое в порядке настоящего приказа, подписанным простой электронной подписью и "
            "равнозначным решению на бумаге, подписанному собственноручно.",
            "Считать ключом простой электронной подписи работника доступ к его личному служебному почтовому ящику в "
            "домене {domains} и одноразовые сведения, которые Система высылает в этот ящик: адрес для ответа, ссылку и "
            "код.",
            "Считать решение принятым, когда работник ответил на письмо Системы со своего служебного адреса и почтовый "
            "сервер подтвердил отправителя, либо открыл ссылку из адресованного ему письма и подтвердил решение на "
            "странице {web}.",
            "Считать решение принятым, когда работник ответил на письмо Системы со своего служебного адреса и почтовый "
            "сервер подтвердил отправителя.",
            "Определять лицо, подписавшее решение, по служебному адресу, на который Система выслала письмо, и по "
            "записи об этом адресе в справочнике работников; решение заместителя действует в дни замещения и хранится "
            "с его именем.",
            "Хранить в Системе исходные письма, результат проверки отправителя, контрольную сумму (SHA-256) каждого "
            "согласованного файла и историю решений, в которой изменение или удаление записи обнаруживается проверкой; "
            "лист согласования составлять по этой истории.",
            "Работникам соблюдать конфиденциальность ключа простой электронной подписи: никому не передавать доступ к "
            "своему почтовому ящику, ссылки и коды из писем Системы, а о доступе посторонних немедленно сообщать "
            "секретарю и администратору почты.",
            "Не согласовывать по электронной почте документы, для которых закон или договор требует усиленной "
            "электронной или собственноручной подписи; Система в этом случае хранит согласование проекта, а сам "
            "документ подписывается отдельно.",
            "Ознакомить с настоящим приказом всех работников, участвующих в согласовании.",
        ),
        control="Контроль за исполнением приказа возложить на {whom}",
        own_control="Контроль за исполнением приказа оставляю за собой.",
        nobody=f"нет подписанта: впишите роль {DIRECTOR}",
        lawyer="текст просмотрен юристом компании",
    ),
    "en": _Text(
        heading="Approval of documents by e-mail",
        preamble="Under articles 6 and 9 of Federal Law No. 63-FZ of 6 April 2011 “On Electronic Signature”",
        points=(
            "Documents of {company} are approved by e-mail with mailflow (“the System”). Documents and answers are "
            "taken at: {addresses}.",
            "A decision of an employee (agreement, refusal, return for rework, note of execution, payment or "
            "acquaintance) made as this order says is signed by a simple electronic signature and equals a decision on "
            "paper signed by hand.",
            "The key of an employee's simple electronic signature is the access to his own mailbox at {domains} and "
            "what the System sends there once: an address to reply to, a link, a code.",
            "A decision is made when the employee has answered a letter of the System from his own address and the "
            "mail server has confirmed the sender, or has opened the link of a letter addressed to him and confirmed "
            "the decision on the page {web}.",
            "A decision is made when the employee has answered a letter of the System from his own address and the "
            "mail server has confirmed the sender.",
            "Who has signed is told by the address the System has written to and by its entry in the directory of "
            "staff; a deputy decides on the days of his substitution, in his own name.",
            "The System keeps the mails as they came, the check of the sender, the SHA-256 of every file agreed to and "
            "a history of decisions in which a changed or missing entry is found; approval sheets are made from it.",
            "Employees keep their key to themselves: they hand nobody the access to their mailbox, links or codes of "
            "the System's letters, and report at once that somebody else had access.",
            "Documents for which law or contract asks for a qualified or a handwritten signature are not approved by "
            "e-mail alone: the System keeps the approval of the draft, the document itself is signed apart.",
            "All employees who take part in approvals read this order.",
        ),
        control="The execution of this order is supervised by {whom}",
        own_control="I shall supervise the execution of this order myself.",
        nobody=f"nobody signs: fill the role {DIRECTOR}",
        lawyer="a lawyer of the company has read the text",
    ),
}
