"""Papers for tests: the invoices the demo prints, under the name the tests know."""

from __future__ import annotations

from mailflow.demo.papers import (
    Buyer,
    Line,
    Payee,
    in_words,
    invoice_html,
    invoice_pdf,
    payment_qr,
    pdf_of,
    picture_bytes,
    qr_png,
    shown,
    total_of,
    vat_of,
)

__all__ = [
    "Buyer",
    "Line",
    "Payee",
    "in_words",
    "invoice_html",
    "invoice_pdf",
    "payment_qr",
    "pdf_of",
    "picture_bytes",
    "qr_png",
    "shown",
    "total_of",
    "vat_of",
]
