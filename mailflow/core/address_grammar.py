"""The narrow grammar an address must meet before anybody is believed to be its holder.

Owns: addr-spec and domain in the forms that no two readers read differently. Refuses to know: the mail.
Rules: RFC 5321 section 4.1.2 without quoted local parts and literals, RFC 5890, UTS 39 (one script a label).
May go wrong: an unusual but legal address is refused; its holder confirms by another way.
"""

from __future__ import annotations

import re
import unicodedata

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_ENCODED = "xn--"


def strict_address(text: str) -> str:
    """Give the address in lower case, or '' when it is not of the narrow form."""
    local, at, domain = text.partition("@")
    if not at or "=?" in local or len(local) > 64 or not _LOCAL.fullmatch(local):
        return ""
    domain = strict_domain(domain)
    return f"{local.lower()}@{domain}" if domain else ""


def strict_domain(text: str) -> str:
    """Give the domain in lower case, or '': two labels or more of letters, digits, hyphens."""
    if not text.isascii() or len(text) > 253:
        return ""
    labels = text.lower().split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) and _is_one_script(label) for label in labels):
        return ""
    return "" if labels[-1].isdigit() else ".".join(labels)


def _is_one_script(label: str) -> bool:
    """Refuse a label whose letters come from two alphabets: сorp with a Cyrillic letter in front."""
    if not label.startswith(_ENCODED):
        return True
    try:
        text = label.removeprefix(_ENCODED).encode("ascii").decode("punycode")
    except UnicodeError:
        return False
    scripts = {unicodedata.name(ch, "?").partition(" ")[0] for ch in text if not (ch.isdigit() or ch == "-")}
    return len(scripts) == 1
