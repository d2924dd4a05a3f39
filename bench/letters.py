"""The letters of one round, caught as they were rendered, so that the floor sends the same.

Owns: `Written` and catching it. Refuses to know: what the letters are for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from mailflow.core.views import LetterView
from mailflow.edges.envelope import Enclosure, Envelope, build
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

    def building(rendered: Any, envelope: Envelope, enclosures: Any = ()) -> bytes:
        written.append(Written(views[-1], envelope, tuple(enclosures)))
        return build(rendered, envelope, enclosures)

    with patch.object(Letters, "render", rendering), patch("mailflow.deliver.build", building):
        yield written
