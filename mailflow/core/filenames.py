"""Names of attached files: safe to show, to store beside, and to send again.

Owns: what a mail called a file -> a name without path, tricks or surprises, Cyrillic and extension kept.
Refuses to know: where files are stored (by content, never by name). May go wrong: nothing is left of a
name; then one is made from the type and the content, the same for the same bytes.
"""

from __future__ import annotations

import re
import unicodedata

from mailflow.core.encoded_words import visible

LENGTH = 120
LONGEST_BYTES = 240
"""Of UTF-8: most file systems take 255, and « (2)» may follow. It cuts no Cyrillic that `LENGTH` lets through."""
_EXTENSION_LENGTH = 12
_FORBIDDEN = re.compile('[\x00-\x1f\x7f-\x9f<>:"|?*\ufffd\ud800-\udfff\ue000-\uf8ff]')
_SPACES = re.compile(r"\s+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)", re.IGNORECASE)
_EXTENSIONS = {
    "application/pdf": ".pdf", "application/zip": ".zip", "application/msword": ".doc",
    "application/rtf": ".rtf", "application/vnd.ms-excel": ".xls", "application/xml": ".xml",
    "application/json": ".json",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/ms-tnef": ".dat", "application/pkcs7-mime": ".p7m", "application/pkcs7-signature": ".p7s",
    "application/pgp-signature": ".asc", "application/ics": ".ics", "image/jpeg": ".jpg",
    "image/png": ".png", "image/gif": ".gif", "image/tiff": ".tif", "image/bmp": ".bmp",
    "image/webp": ".webp", "image/heic": ".heic", "message/rfc822": ".eml", "text/calendar": ".ics",
    "text/csv": ".csv", "text/html": ".html", "text/plain": ".txt", "text/rtf": ".rtf", "text/xml": ".xml",
    "text/vcard": ".vcf", "text/x-vcard": ".vcf",
}  # fmt: skip


def safe_name(original: str, content_type: str, sha256: str) -> str:
    """Give a name of at most 120 characters and 240 bytes with no path, control or bidi character; never ''."""
    name = unicodedata.normalize("NFC", original)
    pieces = [piece for piece in re.split(r"[/\\]", visible(name)) if piece.strip(" .")]
    name = _SPACES.sub(" ", _FORBIDDEN.sub("_", _SPACES.sub(" ", pieces[-1] if pieces else "")))
    name = "".join(ch if ch.isprintable() else "_" for ch in name).strip(" .").lstrip("-~")
    if not name.strip("_ ."):
        kind = re.sub(r"[^a-z]", "", content_type.partition("/")[0]) or "file"
        return f"{kind[:20]}-{sha256[:12]}{_EXTENSIONS.get(content_type, '.bin')}"
    if _RESERVED.match(name):
        name = f"_{name}"
    return _shortened(name)


def _shortened(name: str) -> str:
    """Cut the middle of a long name: the extension says what opens it."""
    if len(name) <= LENGTH and len(name.encode()) <= LONGEST_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > _EXTENSION_LENGTH:
        return _cut(name, LENGTH, LONGEST_BYTES)
    ending = f".{extension}"
    return _cut(stem, LENGTH - len(ending), LONGEST_BYTES - len(ending.encode())) + ending


def _cut(text: str, characters: int, size: int) -> str:
    return text[:characters].encode()[:size].decode(errors="ignore").rstrip(" .")
