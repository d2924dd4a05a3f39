"""The letters of one round, caught as they were rendered, so that the floor sends the same.

Owns: `Written`, catching it, and fetching the enclosed files. Refuses to know: what the letters are for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from mailflow.core.views import LetterView
from mailflow.edges.blobs import Blobs
from mailflow.edges.envelope import Enclosure, Envelope, frame
from mailflow.edges.frames import Frame
from mailflow.edges.letters import Letters


@dataclass(frozen=True, slots=True)
class Written:
    """What one letter was made of."""

    view: LetterView
    envelope: Envelope
    enclosures: tuple[Enclosure, ...]


@contextmanager
def caught() -> Iterator[list[Written]]:
    """Collect every letter that is rendered and built within the block."""
    written: list[Written] = []
    views: list[LetterView] = []
    render = Letters.render

    def rendering(self: Letters, view: LetterView) -> Any:
        views.append(view)
        return render(self, view)

    def framing(rendered: Any, envelope: Envelope, enclosures: Any = ()) -> Frame:
        written.append(Written(views[-1], envelope, tuple(enclosures)))
        return frame(rendered, envelope, enclosures)

    with patch.object(Letters, "render", rendering), patch("mailflow.writing.frame", framing):
        yield written


async def with_files(written: Written, blobs: Blobs) -> Written:
    """Give the letter with the bytes of its files, which mailflow itself fetches only when it sends."""
    enclosures = [replace(file, content=await blobs.read(file.sha256)) for file in written.enclosures]
    return replace(written, enclosures=tuple(enclosures))
