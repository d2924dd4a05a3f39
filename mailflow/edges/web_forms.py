"""What a browser may send: a small form, every key once, and from our own page.

Owns: reading a body into a `Form` and saying whether a POST comes from elsewhere. Refuses to know: what
the words mean. Whatever is not exactly such a form is refused whole, never mended: an array, a doubled
or unknown key, JSON, bytes that are no UTF-8 (CVE-2023-7028 is what a second value can do).
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from mailflow.core.pages import Form
from mailflow.core.pressing import ANSWERS, LONGEST_COMMENT, LONGEST_NUMBER, words_of

MOST_BYTES = 64 * 1024
_LONGEST: Mapping[str, int] = {
    "nonce": 64,
    "choice": 16,
    "comment": LONGEST_COMMENT,
    "number": LONGEST_NUMBER,
    "date": 40,
    "code": 20,
    "totp": 20,
    "read": 3,
}
"""Every key a form may have, and how long its value may be."""
_TYPE = "application/x-www-form-urlencoded"


def read_form(body: bytes, content_type: str) -> Form | None:
    """Read the form of a decision; None for anything that our own page could not have sent."""
    values = read_fields(body, content_type, _LONGEST)
    if values is None or values.get("choice", "") not in ("", *ANSWERS):
        return None
    return Form(**values)


def read_fields(body: bytes, content_type: str, longest: Mapping[str, int]) -> dict[str, str] | None:
    """Read a form with no other keys than these, `nonce` among them; None for anything else."""
    pairs = _pairs(body, len(longest)) if _is_form(content_type) else None
    if pairs is None or len({key for key, _ in pairs}) != len(pairs):
        return None
    if not all(key in longest and _fits(key, value, longest[key]) for key, value in pairs):
        return None
    values = dict(pairs)
    return values if "nonce" in values else None


def from_elsewhere(headers: Mapping[str, str], url: str) -> bool:
    """Say whether another site's page sent this POST.

    A page under `Referrer-Policy: no-referrer` sends `Origin: null`, so null alone proves nothing.
    """
    site = headers.get("sec-fetch-site", "same-origin")
    origin = headers.get("origin", "null")
    return site not in ("same-origin", "none") or origin not in ("null", origin_of(url))


def origin_of(url: str) -> str:
    """Give the origin of an address as browsers write it: lower case, a usual port left out."""
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else (parts.hostname or "")
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in (None, usual) else "")


def _is_form(content_type: str) -> bool:
    kind, _, parameters = content_type.lower().partition(";")
    return kind.strip() == _TYPE and parameters.strip().replace('"', "") in ("", "charset=utf-8")


def _pairs(body: bytes, most: int) -> list[tuple[str, str]] | None:
    try:
        return parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=most,
        )
    except ValueError:
        return None


def _fits(key: str, value: str, longest: int) -> bool:
    text = words_of(value) if key == "comment" else value
    kept = "\n\t" if key == "comment" else ""
    return len(text) <= longest and all(c.isprintable() or c in kept or ord(c) > 0x9F for c in text)
