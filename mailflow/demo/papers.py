"""Papers as partners send them: invoice PDFs in the form Russian accounting programs print.

Owns: the look of an invoice (bank block, title, parties, table, totals, sum in words, payment QR).
Refuses to know: what mailflow reads out of it.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from html import escape
from typing import Any

MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
ENCODINGS = {"1": "cp1251", "2": "utf-8", "3": "koi8-r"}


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid, with the requisites that go into the bank block."""

    name: str = "ООО «Ромашка»"
    inn: str = "7709123453"
    kpp: str = "770901001"
    account: str = "40702810938000012345"
    bic: str = "044525225"
    corr_account: str = "30101810400000000225"
    bank: str = "ПАО СБЕРБАНК Г. МОСКВА"
    address: str = "119021, Москва г, Льва Толстого ул, дом № 16"


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who pays; nothing of it may be taken for the payee."""

    name: str = "ООО «НЕОН»"
    inn: str = "7812345675"
    kpp: str = "781201001"
    address: str = "191186, Санкт-Петербург г, Невский пр-кт, дом № 1"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table; `price` with VAT, for one piece."""

    title: str
    quantity: int
    price: Decimal
    unit: str = "шт"

    @property
    def total(self) -> Decimal:
        """The sum of the row."""
        return self.price * self.quantity


BANNERS = (Line("Баннеры рекламные 3×6 м", 1, Decimal("120000.50")),)


def invoice_pdf(
    number: str = "57",
    day: date = date(2026, 11, 12),
    payee: Payee = Payee(),
    buyer: Buyer = Buyer(),
    lines: tuple[Line, ...] = BANNERS,
    *,
    vat_rate: int | None = 22,
    with_qr: bool = True,
    qr: bytes | None = None,
    words: str | None = None,
    pay_until: date = date(2026, 11, 20),
) -> bytes:
    """Make an invoice in the layout of 1C as a PDF.

    `vat_rate`: None for «Без налога (НДС)». `qr`: bytes to put into the code instead of the right ones.
    `words`: a sum in words instead of the right one.
    """
    code = (qr or payment_qr(number, day, payee, total_of(lines), vat_rate)) if with_qr else b""
    return pdf_of(invoice_html(number, day, payee, buyer, lines, vat_rate, code, words, pay_until))


def pdf_of(html: str) -> bytes:
    """Print HTML to PDF bytes, without reaching for files or the network."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    pdf: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(font_config=_fonts())
    return pdf


def payment_qr(
    number: str, day: date, payee: Payee, total: Decimal, vat_rate: int | None = 22, encoding: str = "2"
) -> bytes:
    """Give the bytes of a payment code (ГОСТ Р 56042-2014) for an invoice."""
    vat = f"В т.ч. НДС {vat_rate}% {vat_of(total, vat_rate)} руб." if vat_rate else "Без НДС"
    fields = {
        "Name": payee.name, "PersonalAcc": payee.account, "BankName": payee.bank, "BIC": payee.bic,
        "CorrespAcc": payee.corr_account, "Sum": str(int(total * 100)),
        "Purpose": f"Оплата по счёту № {number} от {day:%d.%m.%Y}. {vat}",
        "PayeeINN": payee.inn, "KPP": payee.kpp,
    }  # fmt: skip
    body = "|".join(f"{key}={value}" for key, value in fields.items())
    if encoding == "3":  # KOI8-R has neither these quotes nor the number sign
        body = body.translate(str.maketrans("«»№", '""N'))
    return f"ST0001{encoding}|{body}".encode(ENCODINGS[encoding])


def qr_png(content: bytes, scale: int = 4) -> bytes:
    """Draw a QR code as a PNG picture."""
    import zxingcpp
    from PIL import Image

    barcode = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode)
    picture: Any = zxingcpp.write_barcode_to_image(barcode, scale=scale, add_quiet_zones=True)
    drawn = memoryview(picture)
    height, width = drawn.shape or (0, 0)
    return picture_bytes(Image.frombytes("L", (width, height), drawn.tobytes()), "PNG")


def picture_bytes(image: Any, form: str) -> bytes:
    """Give a picture as the bytes of a file (`PNG` or `JPEG`)."""
    file = io.BytesIO()
    image.save(file, form)
    return file.getvalue()


def total_of(lines: tuple[Line, ...]) -> Decimal:
    """Add the rows up."""
    return sum((line.total for line in lines), Decimal(0))


def vat_of(total: Decimal, rate: int) -> Decimal:
    """Take the VAT out of a sum that includes it."""
    return (total * rate / (100 + rate)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def shown(amount: Decimal) -> str:
    """Write an amount as accounting programs print it: `120 000,50`."""
    return f"{amount:,.2f}".replace(",", "\u00a0").replace(".", ",")


def in_words(total: Decimal) -> str:
    """Write a sum in words: «Сто двадцать тысяч рублей 50 копеек»."""
    from num2words import num2words

    rubles, kopecks = int(total), int(total * 100) % 100
    words = num2words(Decimal(rubles), lang="ru")
    return f"{words.capitalize()} {_form(rubles, 'рубль', 'рубля', 'рублей')} " + (
        f"{kopecks:02} {_form(kopecks, 'копейка', 'копейки', 'копеек')}"
    )


def invoice_html(
    number: str,
    day: date,
    payee: Payee,
    buyer: Buyer,
    lines: tuple[Line, ...],
    vat_rate: int | None,
    code: bytes,
    words: str | None,
    pay_until: date,
) -> str:
    """Lay the invoice out as HTML for the printer."""
    total = total_of(lines)
    title = f"Счет на оплату № {escape(number)} от {day.day} {MONTHS[day.month - 1]} {day.year} г."
    return "".join(
        (
            _STYLE,
            _bank_block(payee, code),
            f"<h1>{title}</h1><hr>",
            _party("Поставщик<br>(Исполнитель):", payee),
            _party("Покупатель<br>(Заказчик):", buyer),
            _table(lines),
            _totals(total, vat_rate),
            f"<p>Всего наименований {len(lines)}, на сумму {shown(total)} руб.<br>",
            f"<b>{words or in_words(total)}</b></p><hr>",
            f"<p>Оплатить не позднее {pay_until:%d.%m.%Y}. ",
            "Оплата данного счета означает согласие с условиями поставки.</p>",
            "<p>Руководитель ______________ Лютикова А.Б. &nbsp; Бухгалтер ______________ Пчёлкина В.Г.</p>",
        )
    )


_STYLE = """<meta charset="utf-8"><style>
@page { size: A4; margin: 15mm }
body { font: 9pt "PT Sans", "DejaVu Sans", sans-serif } h1 { font-size: 14pt } hr { border-top: 2px solid }
table { border-collapse: collapse; width: 100% } .ruled td, .ruled th { border: 1px solid; padding: 2px 4px }
.totals td { text-align: right; font-weight: bold } .party td { padding: 4px 0; vertical-align: top }
small { font-size: 7pt } img { width: 38mm; float: right; margin-left: 4mm }
</style>"""


def _bank_block(payee: Payee, code: bytes) -> str:
    kpp = f"КПП {payee.kpp}" if payee.kpp else "КПП"
    picture = base64.b64encode(qr_png(code)).decode() if code else ""
    image = f'<img src="data:image/png;base64,{picture}">' if picture else ""
    return f"""{image}<table class="ruled" style="width: auto">
<tr><td colspan="2" rowspan="2">{escape(payee.bank)}<br><small>Банк получателя</small></td>
<td>БИК</td><td>{payee.bic}</td></tr>
<tr><td>Сч. №</td><td>{payee.corr_account}</td></tr>
<tr><td>ИНН {payee.inn}</td><td>{kpp}</td><td rowspan="2">Сч. №</td><td rowspan="2">{payee.account}</td></tr>
<tr><td colspan="2">{escape(payee.name)}<br><small>Получатель</small></td></tr></table>"""


def _party(label: str, firm: Payee | Buyer) -> str:
    kpp = f", КПП {firm.kpp}" if firm.kpp else ""
    about = f"{escape(firm.name)}, ИНН {firm.inn}{kpp}, {escape(firm.address)}"
    return f'<table class="party"><tr><td style="width: 28mm">{label}</td><td><b>{about}</b></td></tr></table>'


def _table(lines: tuple[Line, ...]) -> str:
    rows = "".join(
        f"<tr><td>{n}</td><td>{escape(line.title)}</td><td>{line.quantity}</td><td>{line.unit}</td>"
        f"<td>{shown(line.price)}</td><td>{shown(line.total)}</td></tr>"
        for n, line in enumerate(lines, 1)
    )
    head = "<th>№</th><th>Товары (работы, услуги)</th><th>Кол-во</th><th>Ед.</th><th>Цена</th><th>Сумма</th>"
    return f'<table class="ruled"><tr>{head}</tr>{rows}</table>'


def _totals(total: Decimal, vat_rate: int | None) -> str:
    vat = (f"В том числе НДС ({vat_rate}%):", shown(vat_of(total, vat_rate))) if vat_rate else (
        "Без налога (НДС)", "-")  # fmt: skip
    rows = (("Итого:", shown(total)), vat, ("Всего к оплате:", shown(total)))
    cells = "".join(f"<tr><td>{label}</td><td style='width: 30mm'>{value}</td></tr>" for label, value in rows)
    return f'<table class="totals">{cells}</table>'


def _form(number: int, one: str, few: str, many: str) -> str:
    if number % 10 == 1 and number % 100 != 11:
        return one
    return few if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else many


@cache
def _fonts() -> Any:
    """Share one font configuration: each new one would keep its memory for good."""
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()
