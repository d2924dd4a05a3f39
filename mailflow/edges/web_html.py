"""The HTML of a mail made harmless: for a frame that may run, load and open nothing; and a drawn QR code.

Owns: which elements are left. Refuses to know: the frame. Three walls, each enough by itself: nh3 leaves text in
plain elements, the frame is sandboxed without any right, and the page's Content-Security-Policy, which the frame
inherits, loads nothing. No element is left that loads, styles, links or is parsed in another way (svg, math, style,
title, textarea, noscript, img, a): mutation XSS lives there.
"""

from __future__ import annotations

from typing import Any

import nh3
import zxingcpp

ELEMENTS = frozenset(
    [
        *("b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("hr", "i", "ins", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody"),
        *("td", "tfoot", "th", "thead", "tr", "u", "ul"),
    ]
)
_WITH_CONTENT = frozenset(
    ["script", "style", "title", "textarea", "noscript", "svg", "math", "template", "iframe", "object"]
)
"""Elements that go with everything in them."""


def qr_svg(text: str) -> str:
    """Draw a QR code as SVG that stands in the page itself, dark on white in dark mode too."""
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn: Any = zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=True)
    rows = memoryview(drawn)
    height, width = rows.shape or (0, 0)
    bits = rows.tobytes()
    dark = "".join(f"M{x} {y}h1v1h-1z" for y in range(height) for x in range(width) if not bits[y * width + x])
    return (
        f'<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="QR"'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{width}v{height}H0z"/>'
        f'<path fill="#000" d="{dark}"/></svg>'
    )


def framed(html: str) -> str:
    """Give the mail's HTML for `srcdoc`; '' where nothing readable is left."""
    clean = nh3.clean(
        html,
        tags=set(ELEMENTS),
        clean_content_tags=set(_WITH_CONTENT),
        attributes={"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        strip_comments=True,
        link_rel=None,
    )
    return clean if clean.strip() else ""
