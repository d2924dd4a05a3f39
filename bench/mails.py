"""The mails the bench sends in: requests that state every field, replies that decide, as real programs write them.

Owns: the office of the bench, the bytes of its mails and the papers in them. Everything derives from a seed, so two
runs send the same. Refuses to know: servers, clocks, what mailflow makes of a mail.

The mix of a round: of its requests 3 in 10 bear an invoice PDF of 200 KB with text layer and payment code, 2 in 10 are
HTML, the rest is short text; of its replies 3 in 10 are HTML with the letter quoted below, the rest text.
Together: 60 % text, 25 % HTML, 15 % PDF.
"""

from __future__ import annotations

import base64
import email
import email.policy
import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime

from bench.peer import Handed
from mailflow.demo.papers import Line, Payee, invoice_pdf

DOCS = "docs@neon.example"
DOMAIN = "neon.example"
MX = "mx.neon.example"
PDF_SIZE = 200 * 1024
TEAMS = 10
MEMBERS = 4

DIRECTORY_HEAD = """company: {name: ООО «НЕОН», inn: "7709123453", language: ru}
people:
  director: {name: Иванов Иван Сергеевич, address: director@neon.example, department: office}
  o.smirnova: {name: Смирнова Ольга Николаевна, address: o.smirnova@neon.example, department: office}
  buh: {name: Бухгалтерия, address: buh@neon.example, department: office}
  sekretar: {name: Белова Елена Викторовна, address: sekretar@neon.example, department: office}
"""
ROLES = """roles: {assistant: [sekretar], secretary: [sekretar], director: [director], finance_director: [o.smirnova],
  accountant: [buh], lawyer: [director], personnel: [sekretar], object_heads: [director], it: [director],
  procurement: [director]}
"""
SURNAMES = ("Кузнецов", "Петров", "Орлов", "Волков", "Зайцев", "Соколов", "Лебедев", "Козлов", "Новиков", "Морозов")
NAMES = ("Пётр Сергеевич", "Иван Андреевич", "Олег Павлович", "Юрий Ильич", "Глеб Львович")
GOODS = ("Баннеры рекламные 3×6 м", "Бумага офисная А4", "Картриджи", "Услуги связи", "Кресла офисные")
ITEMS = ("Реклама", "Материалы", "Оборудование", "Связь", "Услуги")


def person(team: int, place: int) -> tuple[str, str]:
    """Name somebody: (address, name); place 0 is the head of the team."""
    return f"u{team}-{place}@{DOMAIN}", f"{SURNAMES[team % len(SURNAMES)]} {NAMES[place % len(NAMES)]}"


def directory() -> str:
    """Give directory.yaml of the bench's office: ten teams of a head and four members."""
    people, departments = [DIRECTORY_HEAD], ["departments:\n  office: {title: Дирекция, head: director}\n"]
    for team in range(TEAMS):
        for place in range(MEMBERS + 1):
            address, name = person(team, place)
            people.append(f"  {address.partition('@')[0]}: {{name: {name}, address: {address}, department: t{team}}}\n")
        departments.append(f"  t{team}: {{title: Отдел {team}, head: u{team}-0, parent: office}}\n")
    return "".join((*people, *departments, ROLES))


@dataclass(frozen=True, slots=True)
class Order:
    """What one request asks to be paid, the same in its text and in its paper."""

    number: str
    payee: Payee
    amount: Decimal
    goods: str
    item: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A letter of ours that asked somebody to decide: what a mail program needs to reply to it."""

    approver: str
    message_id: str
    reply_to: str
    subject: str
    text: str
    html: str


class Papers:
    """Invoice PDFs, a real one for each order, padded to 200 KB; printed once and padded anew for each round."""

    def __init__(self, seed: int = 1) -> None:
        self._seed = seed
        self._made: dict[int, tuple[Order, bytes]] = {}

    def order(self, index: int) -> Order:
        """Give the order of that number; the same for the same number."""
        chance = random.Random(self._seed * 1_000_003 + index)
        payee = Payee(name=f"ООО «Ромашка-{index % 50}»")
        amount = Decimal(chance.randrange(10_000_00, 900_000_00)) / 100
        return Order(str(1000 + index), payee, amount, GOODS[index % len(GOODS)], ITEMS[index % len(ITEMS)])

    def pdf(self, slot: int, salt: str) -> tuple[Order, bytes]:
        """Give the order and its invoice; another `salt` gives other bytes that say the same."""
        if slot not in self._made:
            order = self.order(slot)
            lines = (Line(order.goods, 1, order.amount),)
            self._made[slot] = order, invoice_pdf(order.number, date(2026, 11, 12), order.payee, lines=lines)
        order, pdf = self._made[slot]
        return order, padded(pdf, PDF_SIZE, salt)


def padded(pdf: bytes, size: int, salt: str) -> bytes:
    """Add a stream nothing refers to, by an incremental update (ISO 32000 7.5.6), until the file has that size."""
    before = int(pdf.rpartition(b"startxref")[2].split()[0])
    table = pdf[before : before + 400]
    root = table.partition(b"/Root ")[2].split(b" R")[0]
    count = int(table.partition(b"/Size ")[2].replace(b"/", b" ").split()[0])
    room = max(0, size - len(pdf) - 260)
    stream = random.Random(salt).randbytes(room)
    at = len(pdf)
    added = b"%d 0 obj\n<</Length %d>>stream\n" % (count, room) + stream + b"\nendstream\nendobj\n"
    xref_at = at + len(added)
    entries = at.to_bytes(4, "big") + xref_at.to_bytes(4, "big")
    rows = b"".join(b"\x01" + entries[4 * n : 4 * n + 4] + b"\x00\x00" for n in range(2))
    head = b"<</Type/XRef/Index[%d 2]/W[1 4 2]/Size %d/Root %s R/Prev %d/Length %d>>" % (
        count, count + 2, root, before, len(rows),
    )  # fmt: skip
    xref = b"%d 0 obj\n" % (count + 1) + head + b"stream\n" + rows + b"\nendstream\nendobj\n"
    return pdf + added + xref + b"startxref\n%d\n%%%%EOF\n" % xref_at


def requests(papers: Papers, count: int, first: int, salt: str) -> list[bytes]:
    """Write `count` new requests, each for an invoice of its own; 3 in 10 with its PDF, 2 in 10 as HTML."""
    return [_request(papers, first + n, n, f"{salt}-{n}") for n in range(count)]


def _request(papers: Papers, index: int, slot: int, salt: str) -> bytes:
    kind = "pdf" if slot % 10 in (0, 4, 7) else "html" if slot % 10 in (2, 8) else "text"
    order, pdf = papers.pdf(slot, salt) if kind == "pdf" else (papers.order(100_000 + index), b"")
    address, name = person(index % TEAMS, 1 + index % MEMBERS)
    text = request_text(order, name)
    if kind == "html":
        body = _alternative(text, _office_html(text), salt)
    elif kind == "pdf":
        body = _mixed(_text_part(text), f"Счет {order.number}.pdf", pdf, salt)
    else:
        body = _text_part(text)
    subject = f"Счёт № {order.number} от {order.payee.name}: {order.goods}"
    return _mail(name, address, DOCS, subject, salt, body, ())


def request_text(order: Order, name: str) -> str:
    """Say what is asked, every field stated."""
    amount = f"{order.amount:,.2f}".replace(",", " ").replace(".", ",")
    until = date.today() + timedelta(days=20)
    return (
        f"Добрый день!\n\nПрошу оплатить счёт за товар для отдела.\n\nПодрядчик: {order.payee.name}\n"
        f"Сумма: {amount}\nСчёт: № {order.number} от 12.11.2026\nСтатья: {order.item}\nВ бюджете: да\n"
        f"Оплатить до: {until:%d.%m.%Y}\nИНН: {order.payee.inn}\n\n--\nС уважением,\n{name}\nтел. +7 495 123-45-67\n"
    )


def asked(letters: Sequence[Handed]) -> list[Asked]:
    """Find the letters that ask the head of a team to decide; a receipt for his decision is an automatic reply."""
    heads = [letter for letter in letters if letter.to.partition("@")[0].endswith("-0")]
    return [_asked(letter) for letter in heads if b"\r\nAuto-Submitted: auto-generated\r\n" in letter.start]


def _asked(letter: Handed) -> Asked:
    message = email.message_from_bytes(letter.start, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    return Asked(
        letter.to,
        str(message["Message-ID"]),
        str(message["Reply-To"] or ""),
        str(message["Subject"]),
        str(plain.get_content()) if plain is not None else "",
        str(html.get_content()) if html is not None else "",
    )


def replies(letters: Sequence[Asked], salt: str) -> list[bytes]:
    """Write the approvers' replies: 3 in 10 as HTML, 1 in 10 sends the invoice back, the others agree."""
    return [_reply(letter, n, f"{salt}-{n}") for n, letter in enumerate(letters)]


def _reply(letter: Asked, n: int, salt: str) -> bytes:
    said = "На доработку: приложите договор" if n % 10 == 9 else ("Согласовано", "ок", "Согласен", "Да")[n % 4]
    team = int(letter.approver[1:].partition("-")[0])
    name = person(team, 0)[1]
    head = "пн, 23 нояб. 2026 г. в 10:02, Документы НЕОН <docs@neon.example>:"
    text = f"{said}\n\n--\n{name}\n\n{head}\n" + "".join(f"> {line}\n" for line in letter.text.splitlines())
    if n % 10 in (1, 4, 8):
        body = _alternative(text, _gmail_html(said, name, head, letter.html), salt)
    else:
        body = _text_part(text)
    thread = (("In-Reply-To", letter.message_id), ("References", letter.message_id))
    return _mail(name, letter.approver, letter.reply_to, f"Re: {letter.subject}", salt, body, thread)


# --- bytes, as programs write them


def _mail(
    name: str, address: str, to: str, subject: str, salt: str, body: bytes, thread: Sequence[tuple[str, str]]
) -> bytes:
    """Put the headers of a mail that came through the company's own server before a body."""
    mark = hashlib.sha256(f"{address}/{salt}".encode()).hexdigest()
    now = format_datetime(datetime.now(UTC))
    signature = base64.b64encode(hashlib.sha512(mark.encode()).digest() * 4).decode()
    folded = "\r\n\t ".join(signature[at : at + 66] for at in range(0, len(signature), 66))
    headers = [
        ("Return-Path", f"<{address}>"),
        ("Delivered-To", to),
        ("Received", f"from {MX} by store.{DOMAIN} with LMTP id {mark[:16]} for <{to}>;\r\n\t{now}"),
        ("Authentication-Results", f"{MX};\r\n\tdkim=pass header.d={DOMAIN};\r\n\tspf=pass smtp.mailfrom={address};"
         f"\r\n\tdmarc=pass header.from={DOMAIN}"),
        ("Received-SPF", f"pass ({MX}: domain of {DOMAIN} designates 10.0.0.7 as permitted sender)"),
        ("Received", f"from out.{DOMAIN} (out.{DOMAIN} [10.0.0.7])\r\n\tby {MX} (Postfix) with ESMTPS id {mark[16:27]}"
         f"\r\n\tfor <{to}>; {now}"),
        ("DKIM-Signature", f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={DOMAIN}; s=mail;\r\n\th=from:to:subject:date:"
         f"message-id:mime-version;\r\n\tb={folded}"),
        ("Received", f"from [192.168.1.20] by out.{DOMAIN} (Postfix) with ESMTPSA id {mark[27:38]};\r\n\t{now}"),
        ("Date", now),
        ("From", f"{Header(name, 'utf-8').encode()} <{address}>"),
        ("To", f"{Header('Документы НЕОН', 'utf-8').encode()} <{to}>"),
        ("Subject", Header(subject, "utf-8", header_name="Subject").encode(linesep="\r\n")),
        ("Message-ID", f"<{mark[:40]}@{DOMAIN}>"),
        *thread,
        ("X-Mailer", "Microsoft Outlook 16.0"),
        ("Thread-Index", base64.b64encode(mark[:22].encode()).decode()),
        ("X-Spam-Status", f"No, score=-1.9 required=5.0 tests=BAYES_00,DKIM_SIGNED,DKIM_VALID autolearn=ham\r\n\t{MX}"),
        ("Accept-Language", "ru-RU, en-US"),
        ("MIME-Version", "1.0"),
    ]  # fmt: skip
    return "".join(f"{key}: {value}\r\n" for key, value in headers).encode() + body


def _text_part(text: str, subtype: str = "plain") -> bytes:
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return head.encode() + _lines(text.replace("\n", "\r\n").encode()) + b"\r\n"


def _lines(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def _alternative(text: str, html: str, salt: str) -> bytes:
    return _parts("alternative", [_text_part(text), _text_part(html, "html")], salt)


def _mixed(first: bytes, name: str, content: bytes, salt: str) -> bytes:
    coded = Header(name, "utf-8").encode()
    head = (
        f'Content-Type: application/pdf; name="{coded}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{coded}"\r\n\r\n'
    )
    return _parts("mixed", [first, head.encode() + _lines(content)], salt)


def _parts(kind: str, parts: Sequence[bytes], salt: str) -> bytes:
    boundary = f"----=_{kind}_{hashlib.sha256(salt.encode()).hexdigest()[:24]}"
    head = f'Content-Type: multipart/{kind};\r\n\tboundary="{boundary}"\r\n\r\n'.encode()
    return (
        head
        + b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part) for part in parts)
        + f"--{boundary}--\r\n".encode()
    )


OFFICE_STYLE = "".join(
    f"p.MsoNormal{n}, li.MsoNormal{n} {{margin:0cm; font-size:11.0pt; font-family:'Calibri',sans-serif;}}\n"
    for n in range(30)
)


def _office_html(text: str) -> str:
    rows = "".join(
        f'<p class="MsoNormal"><span lang="RU">{line or "&nbsp;"}<o:p></o:p></span></p>\n' for line in text.split("\n")
    )
    return (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset="utf-8">\n'
        f"<style><!--\n{OFFICE_STYLE}--></style></head>"
        f'<body lang="RU"><div class="WordSection1">\n{rows}</div></body></html>'
    )


def _gmail_html(said: str, name: str, head: str, quoted: str) -> str:
    body = quoted.partition("<body")[2].partition(">")[2].rpartition("</body>")[0] or quoted
    return (
        f'<div dir="ltr">{said}<br><br>--<br>{name}</div><br>'
        f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{head}<br></div>'
        '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid">'
        f"{body}</blockquote></div>"
    )
