"""How well invoices are read: twelve layouts, each as text, scan with and without a code, photo, and two pages.

Run as `python -m bench.invoices`. Prints for each layout the fields read right of those it shows. A field that is left
out is only asked for; a field read wrong is shown apart, and a wrong account number whose check passed ends with 1.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from bench.invoice_layouts import LAYOUTS, Invoice, invoice
from mailflow.core.around import Paper
from mailflow.core.invoices import read_invoice
from mailflow.core.recognised import borne_out
from mailflow.core.requesting import written_in
from mailflow.demo.papers import pdf_of
from mailflow.edges.reading import AttachmentText, read_attachment

AIM = 0.97
FORMS = ("text", "scan", "scan, no code", "photo", "photo, no code", "two pages")
PAYMENT = ("inn", "account", "bic", "corr_account", "amount")
SECOND_PAGE = '<p style="break-before:page">Условия поставки. Товар отпускается по факту прихода денег.</p>'
CODE_FIELDS = ("inn", "kpp", "account", "bic", "corr_account", "amount", "counterparty")
"""What a payment code tells; number and date stand in its purpose at best."""


@dataclass(frozen=True, slots=True)
class Read:
    """One invoice in one form: what it shows, what was read."""

    layout: str
    form: str
    truth: dict[str, str]
    values: dict[str, str]

    @property
    def right(self) -> int:
        return sum(same(name, self.values.get(name, ""), value) for name, value in self.truth.items())

    @property
    def wrong(self) -> list[str]:
        """Fields that say something else than the paper."""
        return [n for n, value in self.truth.items() if self.values.get(n) and not same(n, self.values[n], value)]


def same(name: str, read: str, true: str) -> bool:
    """Tell whether two values are the same; a firm may be written out in full."""
    if name != "counterparty":
        return read == true
    short = true.replace("ИП ", "").replace("ООО ", "")
    return short.lower() in read.lower()


def measured(seeds: range) -> Iterator[Read]:
    """Make and read every layout in every form, once for each seed."""
    for seed in seeds:
        for number, (name, layout) in enumerate(LAYOUTS.items()):
            made = invoice(seed * 100 + number, sole_trader=name == "ИП")
            for form in FORMS:
                yield _read(name, form, made, layout)


def _read(name: str, form: str, made: Invoice, layout: Callable[[Invoice], str]) -> Read:
    shown = replace(made, with_code=not form.endswith("no code"))
    content, kind = _paper(form, layout(shown))
    paper = read_attachment(content, kind)
    truth = dict(made.truth)
    if form in ("scan", "photo"):
        truth = {field: truth[field] for field in CODE_FIELDS if field in truth}
    return Read(name, form, truth, _values(paper))


def _values(read: AttachmentText) -> dict[str, str]:
    paper = Paper("", read.text, read.qr, read.recognised)
    seen = borne_out(read_invoice(paper.text, None)) if paper.recognised else {}
    return {**seen, **written_in(paper)}


def _paper(form: str, html: str) -> tuple[bytes, str]:
    if form == "text":
        return pdf_of(html), "application/pdf"
    if form == "two pages":
        return pdf_of(
            html + '<p style="break-before:page">Условия поставки. Товар отпускается по факту прихода денег.</p>'
        ), "application/pdf"
    picture = _picture(pdf_of(html))
    if form.startswith("photo"):
        return _photographed(picture), "image/jpeg"
    file = io.BytesIO()
    picture.save(file, "PDF", resolution=150)
    return file.getvalue(), "application/pdf"


def _picture(pdf: bytes) -> Any:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    return document[0].render(scale=150 / 72, grayscale=True).to_pil().convert("L")


def _photographed(picture: Any) -> bytes:
    """Turn, blur, darken and press a picture as a telephone would."""
    from PIL import Image, ImageFilter

    turned = picture.rotate(7, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=90)
    dim = turned.point([40 + level * 190 // 255 for level in range(256)])
    file = io.BytesIO()
    dim.filter(ImageFilter.GaussianBlur(1.1)).save(file, "JPEG", quality=55)
    return file.getvalue()


def main() -> int:
    """Print the table; 0 where the aim is reached and no wrong account passed its check."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    reads = list(measured(range(rounds)))
    for form in FORMS:
        mine = [one for one in reads if one.form == form]
        right, all_ = sum(one.right for one in mine), sum(len(one.truth) for one in mine)
        print(f"{form:16} {len(mine):4} invoices  {right:5} of {all_:5} fields right  {right / all_:6.1%}")
    readable = [one for one in reads if not one.form.endswith("no code")]
    share = sum(one.right for one in readable) / sum(len(one.truth) for one in readable)
    print(f"{'with text or code':16} {share:.1%}, aim {AIM:.0%}")
    for one in reads:
        left = [name for name in one.truth if not one.values.get(name)]
        if one.wrong or (left and one in readable):
            wrong = {name: (one.values[name], one.truth[name]) for name in one.wrong}
            print(f"  {one.layout} / {one.form}: left out {left or 'nothing'}, wrong {wrong or 'nothing'}")
    accounts = [one for one in reads if {"account", "bic"} & set(one.wrong)]
    print(f"wrong account numbers accepted: {len(accounts)}")
    return 0 if share >= AIM and not accounts else 1


if __name__ == "__main__":
    sys.exit(main())
