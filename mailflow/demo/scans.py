"""Papers as scanners make them: pictures of a page, slightly askew, without a letter of text in them.

Owns: the look of a partner's letter on paper. Refuses to know: what mailflow makes of it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from html import escape

from mailflow.core.dates import format_date
from mailflow.core.views import Language
from mailflow.demo.papers import pdf_of

DOTS_PER_INCH = 110
TILT = 0.5
"""Degrees by which the sheet lay askew."""
_PAPER = 246

_HEAD: Mapping[Language, str] = {
    "ru": "Акционерное общество «Мосводоканал»<br><small>Плетешковский пер., 2, Москва, 105005</small>",
    "en": "Mosvodokanal JSC<br><small>Pleteshkovsky per. 2, Moscow, 105005</small>",
}
_MARKS: Mapping[Language, str] = {"ru": "{day} № 01-12/4567", "en": "{day} No. 01-12/4567"}
_TO: Mapping[Language, str] = {
    "ru": "Генеральному директору<br>ООО «НЕОН»<br>Иванову С.А.",
    "en": "General Director<br>NEON LLC<br>Mr S. A. Ivanov",
}
_TEXT: Mapping[Language, tuple[str, ...]] = {
    "ru": (
        "О технических условиях подключения",
        "Уважаемый Сергей Андреевич!",
        "По Вашей заявке подготовлены технические условия подключения склада к сетям водоснабжения.",
        "Для их выдачи просим сообщить, согласована ли схема подключения, и направить её на бумаге.",
        "Начальник управления ________________ В.А. Лагунин",
    ),
    "en": (
        "Technical conditions of the connection",
        "Dear Mr Ivanov,",
        "The technical conditions for connecting your warehouse to the water mains are prepared.",
        "Before we issue them, please tell us whether the connection plan is agreed, and send it on paper.",
        "Head of Department ________________ V. A. Lagunin",
    ),
}
_STYLE = """<meta charset="utf-8"><style>
@page { size: A4; margin: 22mm 16mm } body { font: 13pt/1.5 "PT Serif", "Liberation Serif", serif }
.head { text-align: center; font-weight: bold; border-bottom: 1px solid; padding-bottom: 4mm }
small { font-weight: normal }
.to { margin: 8mm 0 12mm 95mm } p { text-indent: 12mm } .plain { text-indent: 0 }
</style>"""


def letter_scan(day: date, language: Language) -> bytes:
    """Give the water company's letter of that day as the PDF of a scanner."""
    subject, greeting, *said, signed = _TEXT[language]
    head = f"<div class=head>{_HEAD[language]}</div>"
    marks = f"<p class=plain>{_MARKS[language].format(day=format_date(day, language))}</p>"
    text = "".join(f"<p>{escape(line)}</p>" for line in said)
    body = f"<p class=plain>{escape(subject)}</p><p>{escape(greeting)}</p>{text}<p class=plain>{escape(signed)}</p>"
    return scanned(pdf_of(f"{_STYLE}{head}{marks}<div class=to>{_TO[language]}</div>{body}"))


def scanned(pdf: bytes) -> bytes:
    """Give the first page as a scanner would: one grey picture in a PDF."""
    import pypdfium2
    from PIL import Image

    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0].render(scale=DOTS_PER_INCH / 72, grayscale=True).to_pil().convert("L")
    finally:
        document.close()
    greyed = page.point([level * _PAPER // 255 for level in range(256)])
    sheet = greyed.rotate(TILT, resample=Image.Resampling.BICUBIC, fillcolor=_PAPER)
    file = io.BytesIO()
    sheet.save(file, "PDF", resolution=DOTS_PER_INCH)
    return file.getvalue()
