"""The text of a file, whatever it is: PDF, .docx, plain text; '' where it has none.

Owns: choosing how it is read. PDFs and .docx come from strangers and are read in the other process
(`reading_apart`); plain text is only decoded. Refuses to know: what the text is for.
"""

from __future__ import annotations

from mailflow.core.charsets import decode
from mailflow.edges.reading import LONGEST_TEXT
from mailflow.edges.reading_apart import PaperReader


async def text_of(content: bytes, content_type: str, name: str, reader: PaperReader) -> str:
    """Give the text of a file, at most `LONGEST_TEXT` characters; never raises."""
    if content_type.lower().startswith("text/plain") or name.lower().endswith((".txt", ".md")):
        return decode(content[: 4 * LONGEST_TEXT], "").text[:LONGEST_TEXT]
    return (await reader.read(content, content_type, qr_pages=0)).text
