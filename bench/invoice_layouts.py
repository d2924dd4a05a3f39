"""Twelve invoices as twelve programs and people lay them out, over requisites made up for each.

Owns: the layouts (HTML to be printed) and requisites that pass every arithmetic check. Refuses to know: how an invoice
is read. All firms are invented; the banks' БИК and correspondent accounts are public.
"""

# ruff: noqa: E501 - the HTML of a page is easier to see in the lines of the page.

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from mailflow.core.requisites import Valid as ValidNumber
from mailflow.core.requisites import account_key, check_inn
from mailflow.demo.papers import MONTHS, Payee, in_words, payment_qr, qr_png, shown, vat_of

BANKS = (
    ("044525225", "30101810400000000225", "ПАО СБЕРБАНК Г. МОСКВА"),
    ("044030653", "30101810500000000653", "СЕВЕРО-ЗАПАДНЫЙ БАНК ПАО СБЕРБАНК"),
    ("044525593", "30101810200000000593", "АО «АЛЬФА-БАНК» Г. МОСКВА"),
    ("044525974", "30101810145250000974", "АО «ТБанк» Г. МОСКВА"),
    ("044525104", "30101810745374525104", "ООО «Банк Точка» Г. МОСКВА"),
)
FIRMS = ("Ромашка", "СкладПлюс", "Вектор-М", "Северный ветер", "ТехноСнаб", "Медиа Групп", "Альфа-Строй", "Лотос")
GOODS = ("Баннеры рекламные 3×6 м", "Услуги по размещению рекламы", "Бумага офисная А4", 'Монитор 27" 4K', "Доставка")


@dataclass(frozen=True, slots=True)
class Invoice:
    """What a layout has to show."""

    number: str
    day: date
    payee: Payee
    buyer: Payee
    goods: tuple[tuple[str, int, Decimal], ...]
    vat_rate: int | None
    with_code: bool = True

    @property
    def total(self) -> Decimal:
        return sum((price * quantity for _, quantity, price in self.goods), Decimal(0))

    @property
    def vat(self) -> Decimal | None:
        return vat_of(self.total, self.vat_rate) if self.vat_rate else None

    @property
    def long_day(self) -> str:
        return f"{self.day.day} {MONTHS[self.day.month - 1]} {self.day.year} г."

    @property
    def truth(self) -> Mapping[str, str]:
        """Every field a reader should find."""
        return {
            "inn": self.payee.inn, "bic": self.payee.bic, "account": self.payee.account,
            "corr_account": self.payee.corr_account, "amount": f"{self.total:.2f}",
            "vat": f"{self.vat or Decimal(0):.2f}", "invoice_number": self.number, "invoice_date": self.day.isoformat(),
            "counterparty": self.payee.name, **({"kpp": self.payee.kpp} if self.payee.kpp else {}),
        }  # fmt: skip


def invoice(seed: int, *, sole_trader: bool = False) -> Invoice:
    """Make an invoice up; the same seed gives the same one."""
    chance = Random(seed)
    rate = None if sole_trader else chance.choice((22, 22, 10))
    goods = tuple(
        (chance.choice(GOODS), chance.randint(1, 9), Decimal(chance.randint(10_000, 9_000_000)) / 100)
        for _ in range(chance.randint(1, 4))
    )
    number = chance.choice(
        (str(chance.randint(1, 9999)), f"А-{chance.randint(1, 999)}/26", f"00БП-{chance.randint(1, 99999):06}")
    )
    return Invoice(
        number,
        date(2026, chance.randint(1, 11), chance.randint(1, 28)),
        firm(chance, sole_trader),
        firm(chance),
        goods,
        rate,
    )


def firm(chance: Random, sole_trader: bool = False) -> Payee:
    """Make a firm up whose every number passes its check."""
    bic, corr_account, bank = chance.choice(BANKS)
    inn = _inn(chance, 12 if sole_trader else 10)
    name = "ИП Кузнецов Павел Олегович" if sole_trader else f"ООО «{chance.choice(FIRMS)}»"
    return Payee(
        name=name,
        inn=inn,
        kpp="" if sole_trader else f"{inn[:4]}01001",
        account=_account(chance, bic, "40802810" if sole_trader else "40702810"),
        bic=bic,
        corr_account=corr_account,
        bank=bank,
        address=f"{chance.randint(101000, 199999)}, г. Москва, ул. Льва Толстого, д. {chance.randint(1, 90)}",
    )


def _inn(chance: Random, length: int) -> str:
    while True:
        body = "77" + "".join(str(chance.randint(0, 9)) for _ in range(length - 3 - (length == 12)))
        for tail in range(100 if length == 12 else 10):
            made = f"{body}{tail:0{length - len(body)}}"
            if check_inn(made) == ValidNumber():
                return made


def _account(chance: Random, bic: str, beginning: str) -> str:
    body = f"{beginning}0{chance.randint(10**10, 10**11 - 1)}"
    return f"{body[:8]}{account_key(body, bic)}{body[9:]}"


STYLE = """<meta charset="utf-8"><style>
@page { size: A4; margin: 14mm } body { font: 9.5pt "PT Sans", "DejaVu Sans", sans-serif } h1 { font-size: 14pt }
table { border-collapse: collapse; width: 100% } .ruled td, .ruled th { border: 1px solid #555; padding: 2px 4px }
.right { text-align: right } small { font-size: 7pt; color: #444 } .code { width: 36mm; float: right }
.half { width: 50%; vertical-align: top } .serif { font-family: "PT Serif", serif } p { margin: 2mm 0 }
</style>"""


def _code(of: Invoice) -> str:
    if not of.with_code:
        return ""
    picture = base64.b64encode(qr_png(payment_qr(of.number, of.day, of.payee, of.total, of.vat_rate))).decode()
    return f'<img class="code" src="data:image/png;base64,{picture}">'


def _goods(of: Invoice, head: str = "№|Товары (работы, услуги)|Кол-во|Ед.|Цена|Сумма") -> str:
    rows = "".join(
        f"<tr><td>{n}</td><td>{title}</td><td>{quantity}</td><td>шт</td><td>{shown(price)}</td>"
        f"<td>{shown(price * quantity)}</td></tr>"
        for n, (title, quantity, price) in enumerate(of.goods, 1)
    )
    cells = "".join(f"<th>{word}</th>" for word in head.split("|"))
    return f'<table class="ruled"><tr>{cells}</tr>{rows}</table>'


def _vat_line(of: Invoice) -> str:
    return f"В том числе НДС {of.vat_rate}%: {shown(of.vat)}" if of.vat is not None else "Без НДС"


def _block(of: Invoice) -> str:
    p = of.payee
    return f"""<table class="ruled" style="width:150mm"><tr><td colspan="2" rowspan="2">{p.bank}<br><small>Банк получателя</small>
</td><td>БИК</td><td>{p.bic}</td></tr><tr><td>Сч. №</td><td>{p.corr_account}</td></tr><tr><td>ИНН {p.inn}</td>
<td>КПП {p.kpp}</td><td rowspan="2">Сч. №</td><td rowspan="2">{p.account}</td></tr>
<tr><td colspan="2">{p.name}<br><small>Получатель</small></td></tr></table>"""


def one_c(of: Invoice) -> str:
    b, p = of.buyer, of.payee
    return f"""{STYLE}{_code(of)}{_block(of)}<h1>Счет на оплату № {of.number} от {of.long_day}</h1><hr>
<table><tr><td style="width:30mm">Поставщик<br>(Исполнитель):</td><td><b>{p.name}, ИНН {p.inn}, КПП {p.kpp}, {p.address}</b></td></tr>
<tr><td>Покупатель<br>(Заказчик):</td><td><b>{b.name}, ИНН {b.inn}, КПП {b.kpp}, {b.address}</b></td></tr></table>{_goods(of)}
<p class="right"><b>Итого: {shown(of.total)}</b><br><b>{_vat_line(of)}</b><br><b>Всего к оплате: {shown(of.total)}</b></p>
<p>Всего наименований {len(of.goods)}, на сумму {shown(of.total)} руб.<br><b>{in_words(of.total)}</b></p>"""


def elba(of: Invoice) -> str:
    b, p = of.buyer, of.payee
    return f"""{STYLE}{_code(of)}<p><b>{p.name}</b><br>ИНН {p.inn} КПП {p.kpp}<br>{p.address}</p>
<p>Расчетный счет {p.account}<br>{p.bank}<br>БИК {p.bic}<br>Корр. счет {p.corr_account}</p>
<h1>Счет № {of.number} от {of.long_day}</h1><p>Плательщик: {b.name}, ИНН {b.inn}, КПП {b.kpp}</p>{_goods(of)}
<p class="right">Итого {shown(of.total)} ₽<br>{_vat_line(of)} ₽<br><b>Итого к оплате {shown(of.total)} ₽</b></p>
<p>{in_words(of.total)}</p>"""


def bank_app(of: Invoice) -> str:
    b, p = of.buyer, of.payee
    return f"""{STYLE}{_code(of)}<h1>Счет на оплату № {of.number} от {of.day:%d.%m.%Y}</h1><table><tr><td class="half">
<small>Поставщик</small><br><b>{p.name}</b><br>ИНН: {p.inn}<br>КПП: {p.kpp}<br>Банк: {p.bank}<br>БИК: {p.bic}<br>
К/с: {p.corr_account}<br>Р/с: {p.account}</td></tr><tr><td class="half"><small>Покупатель</small><br><b>{b.name}</b><br>
ИНН: {b.inn}<br>КПП: {b.kpp}</td></tr></table><br>{_goods(of)}<p class="right">{_vat_line(of)}<br>
<b>Всего к оплате: {shown(of.total)} руб.</b></p>"""


def my_store(of: Invoice) -> str:
    b, p = of.buyer, of.payee
    return f"""{STYLE}{_code(of)}{_block(of)}<h1>Счет покупателю № {of.number} от {of.day:%d.%m.%Y}</h1>
<p>Поставщик: {p.name}, ИНН {p.inn}{f", КПП {p.kpp}" if p.kpp else ""}, {p.address}</p>
<p>Покупатель: {b.name}, ИНН {b.inn}, КПП {b.kpp}</p>{_goods(of)}
<p class="right">Итого: {shown(of.total)}<br>{_vat_line(of)}</p>
<p>Всего наименований {len(of.goods)}, на сумму {shown(of.total)} RUB</p><p>{in_words(of.total)}</p>"""


def by_hand(of: Invoice) -> str:
    b, p = of.buyer, of.payee
    grouped = " ".join(p.account[n : n + 4] for n in range(0, 20, 4))
    kpp = f" / {p.kpp}" if p.kpp else ""
    return f"""{STYLE}<div class="serif">{_code(of)}<p><b>{p.name}</b><br>Адрес: {p.address}<br>ИНН/КПП: {p.inn}{kpp}<br>
р/сч {grouped}<br>в {p.bank}<br>к/сч {p.corr_account}<br>БИК {p.bic}</p>
<h1>СЧЁТ № {of.number} от «{of.day.day}» {MONTHS[of.day.month - 1]} {of.day.year} г.</h1>
<p>Заказчик: {b.name}</p>{_goods(of, "№ п/п|Наименование|Кол-во|Ед. изм.|Цена, руб.|Сумма, руб.")}
<p>Итого: {shown(of.total)} руб.<br>{_vat_line(of)} руб.</p><p>К оплате: {shown(of.total)} ({in_words(of.total)})</p></div>"""


def two_columns(of: Invoice) -> str:
    b, p = of.buyer, of.payee
    return f"""{STYLE}{_code(of)}<h1>Счёт № {of.number} от {of.day:%d.%m.%Y}</h1><table class="ruled">
<tr><th class="half">Продавец</th><th class="half">Покупатель</th></tr>
<tr><td class="half">{p.name}</td><td class="half">{b.name}</td></tr>
<tr><td>ИНН {p.inn}</td><td>ИНН {b.inn}</td></tr><tr><td>КПП {p.kpp}</td><td>КПП {b.kpp}</td></tr>
<tr><td>Р/с {p.account}</td><td>Р/с {b.account}</td></tr><tr><td>{p.bank}</td><td>{b.bank}</td></tr>
<tr><td>БИК {p.bic}</td><td>БИК {b.bic}</td></tr><tr><td>К/с {p.corr_account}</td><td>К/с {b.corr_account}</td></tr></table>
<br>{_goods(of)}<p class="right">Сумма к оплате: {shown(of.total)} руб.<br>{_vat_line(of)}</p>"""


def contract_invoice(of: Invoice) -> str:
    b, p = of.buyer, of.payee
    return f"""{STYLE}<div class="serif">{_code(of)}<h1>Счет-договор № {of.number} от {of.long_day}</h1>
<p>{p.name} (ИНН {p.inn}), именуемое в дальнейшем «Поставщик», и {b.name} (ИНН {b.inn}), именуемое в дальнейшем
«Покупатель», договорились о поставке товара:</p>{_goods(of)}<p>Итого с НДС: {shown(of.total)} руб.<br>{_vat_line(of)} руб.</p>
<p>1. Покупатель оплачивает товар в течение 5 рабочих дней со дня получения настоящего счета-договора.<br>
2. Товар отгружается после поступления денежных средств.</p>
<p><b>Поставщик</b><br>{p.name}<br>ИНН {p.inn}, КПП {p.kpp}<br>р/с {p.account}<br>в {p.bank}<br>к/с {p.corr_account}, БИК {p.bic}</p>
<p><b>Покупатель</b><br>{b.name}<br>ИНН {b.inn}, КПП {b.kpp}<br>р/с {b.account}<br>в {b.bank}<br>к/с {b.corr_account}, БИК {b.bic}</p></div>"""


def telecom(of: Invoice) -> str:
    b, p = of.buyer, of.payee
    return f"""{STYLE}{_code(of)}<p>{p.name}<br>{p.address}<br>ИНН {p.inn} КПП {p.kpp}</p>
<p>Банковские реквизиты: р/с № {p.account} в {p.bank}, к/с {p.corr_account}, БИК {p.bic}</p>
<h1>СЧЕТ № {of.number} от {of.day:%d.%m.%Y}</h1><p>за услуги связи. Лицевой счет: 277001234567<br>Абонент: {b.name}</p>
<p>Плательщик: {b.name}, ИНН {b.inn}, КПП {b.kpp}</p>{_goods(of, "№|Наименование услуги|Кол-во|Ед.|Тариф|Стоимость")}
<p>Начислено: {shown(of.total)}<br>{_vat_line(of)}<br><b>Итого к оплате: {shown(of.total)}</b></p>"""


def landlord(of: Invoice) -> str:
    b, p = of.buyer, of.payee
    return f"""{STYLE}{_code(of)}{_block(of)}<h1>Счет на оплату № {of.number} от {of.long_day}</h1>
<p>Арендодатель: {p.name}, ИНН {p.inn}, КПП {p.kpp}</p><p>Арендатор: {b.name}, ИНН {b.inn}, КПП {b.kpp}</p>
<p>Основание: договор аренды № 17/2024 от 01.02.2024</p>{_goods(of)}
<p class="right">Всего к оплате: {shown(of.total)}<br>{_vat_line(of)}</p><p>{in_words(of.total)}</p>
<p>Оплатить до 5-го числа текущего месяца.</p>"""


def sole_trader(of: Invoice) -> str:
    b, p = of.buyer, of.payee
    return f"""{STYLE}{_code(of)}<p>Индивидуальный предприниматель Кузнецов Павел Олегович<br>ИНН {p.inn}, ОГРНИП 304500116000157
<br>Счёт {p.account} в {p.bank}<br>БИК {p.bic}, к/с {p.corr_account}</p><h1>Счёт № {of.number} от {of.long_day}</h1>
<p>Исполнитель: {p.name}, ИНН {p.inn}</p><p>Заказчик: {b.name}, ИНН {b.inn}, КПП {b.kpp}</p>{_goods(of)}
<p>Итого: {shown(of.total)} руб. Без НДС (УСН).</p><p>Всего к оплате: {shown(of.total)} руб. {in_words(of.total)}</p>"""


def english(of: Invoice) -> str:
    b, p = of.buyer, of.payee
    return f"""{STYLE}{_code(of)}<h1>INVOICE No. {of.number} dated {of.day.day} {of.day:%B} {of.day.year}</h1>
<p>Seller: {p.name}, INN {p.inn}, KPP {p.kpp}</p><p>Account {p.account}, BIC {p.bic}, corr. account {p.corr_account}, {p.bank}</p>
<p>Buyer: {b.name}, INN {b.inn}, KPP {b.kpp}</p>{_goods(of, "No.|Description|Qty|Unit|Price|Amount")}
<p class="right">Total: RUB {of.total:,.2f}<br>Including VAT {of.vat_rate}%: RUB {of.vat or 0:,.2f}<br>
<b>Total due: RUB {of.total:,.2f}</b></p>"""


def labels_apart(of: Invoice) -> str:
    b, p = of.buyer, of.payee
    rows = (
        ("Получатель", p.name), ("ИНН", p.inn), ("КПП", p.kpp), ("Банк", p.bank), ("БИК", p.bic),
        ("Корреспондентский счёт", p.corr_account), ("Расчётный счёт", p.account),
    )  # fmt: skip
    cells = "".join(f"<tr><td style='width:60mm'>{label}</td><td>{value}</td></tr>" for label, value in rows if value)
    return f"""{STYLE}{_code(of)}<table class="ruled" style="width:150mm">{cells}</table>
<h1>Счет № {of.number}</h1><p>от {of.day:%d.%m.%Y}</p><p>Кому: {b.name}</p>{_goods(of)}
<table><tr><td class="right">Итого</td><td class="right">{shown(of.total)}</td></tr>
<tr><td class="right">в т.ч. НДС {of.vat_rate}%</td><td class="right">{shown(of.vat or Decimal(0))}</td></tr>
<tr><td class="right">К оплате</td><td class="right">{shown(of.total)}</td></tr></table>"""


LAYOUTS: Mapping[str, Callable[[Invoice], str]] = {
    "1С": one_c, "Эльба": elba, "банк": bank_app, "МойСклад": my_store, "от руки": by_hand, "две колонки": two_columns,
    "счёт-договор": contract_invoice, "связь": telecom, "аренда": landlord, "ИП": sole_trader, "English": english,
    "подписи отдельно": labels_apart,
}  # fmt: skip
