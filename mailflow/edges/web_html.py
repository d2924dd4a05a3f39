"""The HTML of a mail made harmless: for a frame that may run, load and open nothing.

Owns: which elements are left. Refuses to know: the frame. Three walls, each enough by itself: nh3 leaves text in
plain elements, the frame is sandboxed without any right, and the page's Content-Security-Policy, which the frame
inherits, loads nothing. No element is left that loads, styles, links or is parsed in another way (svg, math, style,
title, textarea, noscript, img, a): mutation XSS lives there.
"""

from __future__ import annotations

import nh3

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
