"""Between the wire and the pages: bodies within limits in, responses out.

Owns: how much of a request is read and for how long, and how a page or a file is sent. Refuses to know: routes,
and what any page says.
"""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from mailflow.edges.web_forms import MOST_BYTES
from mailflow.edges.web_pages import Shown

BODY_SECONDS = 10.0
MOST_HEADERS = 64
MOST_HEADER_BYTES = 16 * 1024
PLAIN_TYPES = frozenset({"application/pdf", "image/png", "image/jpeg"})
"""Files sent as what they are; every other goes as mere bytes."""


async def body_of(request: Request) -> bytes | int:
    """Read the body; the status to refuse it with where it is too long or too slow."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    return 413
    except TimeoutError:
        return 408
    return bytes(body)


def html(shown: Shown) -> Response:
    """Send a page."""
    return HTMLResponse(shown.html, status_code=shown.status)


def closing(response: Response) -> Response:
    """Send it and end the connection."""
    response.headers["Connection"] = "close"
    return response


def download(content: bytes, name: str, content_type: str) -> Response:
    """Send a file to be saved, never opened in place."""
    kind = content_type if content_type in PLAIN_TYPES else "application/octet-stream"
    return Response(content, media_type=kind, headers={"Content-Disposition": attachment(name)})


def too_many_headers(request: Request) -> bool:
    """Say whether the header block is more than a browser sends."""
    raw = request.scope["headers"]
    size = sum(len(name) + len(value) for name, value in raw)
    return len(raw) > MOST_HEADERS or size > MOST_HEADER_BYTES


def attachment(name: str) -> str:
    """Name a file to be saved and never opened in place (RFC 6266): an ASCII name and the true one."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\/%;' else "_" for c in name)
    whole = "".join(c if c.isprintable() and c not in "/\\" else "_" for c in name)
    return f"attachment; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(whole or 'file', safe='')}"
