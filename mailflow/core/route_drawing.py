"""A process as a picture: its stages from top to bottom, side by side where they run at once (SVG 1.1).

Owns: `drawing`. Black on white with thin lines, so that it prints; the size of letters is estimated, since nothing
here can measure a font. Refuses to know: what the words mean (`route_words`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from mailflow.core.route_words import ProcessInWords, StageInWords
from mailflow.core.views import Language

WIDTH = 760
MARGIN = 40
GAP = 34
"""Between two steps, for the arrow."""
BETWEEN = 16
"""Between two stages side by side."""
PAD = 12
LINE = 17
TITLE = 20
_LETTER = 6.7
"""Mean width of a letter of 12 px, Cyrillic included."""
_FONT = "font-family='Liberation Sans, Arial, Helvetica, sans-serif'"
_HEADS = {
    "ru": ("Кто", "Когда", "Срок", "Молчание", "Ответ"),
    "en": ("Who", "When", "Due", "Silence", "Answer"),
}


@dataclass(frozen=True, slots=True)
class _Box:
    """A stage with its lines: (text, heavy)."""

    x: float
    width: float
    lines: tuple[tuple[str, bool], ...]

    @property
    def height(self) -> float:
        """How high it is."""
        return 2 * PAD + TITLE + LINE * (len(self.lines) - 1)


def drawing(process: ProcessInWords, language: Language) -> str:
    """Give the picture as the text of an SVG file."""
    parts = [_text(MARGIN, 44, process.title, 22, "bold"), _text(MARGIN, 66, process.number, 12, colour="#555")]
    y, pill = _pill(process.starts, 84.0)
    parts += pill
    first = y + GAP + 20
    back: list[float] = []
    for step in _steps(process.stages):
        parts += _arrow(y)
        y, drawn = _step(step, y + GAP, language)
        parts += drawn
        back += [y - 16] if any(stage.returns for stage in step) else []
    parts += _return(first, back)
    parts += _arrow(y)
    y, pill = _pill(process.ends, y + GAP)
    parts += pill
    if process.rework:
        for line in wrap(process.rework, int((WIDTH - 2 * MARGIN) / _LETTER)):
            y += LINE
            parts.append(_text(MARGIN, y + 8, line, 12, "normal", "#333"))
    return _sheet(parts, y + MARGIN)


def _sheet(parts: list[str], height: float) -> str:
    head = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height:.0f}' width='{WIDTH}' "
        f"height='{height:.0f}' {_FONT}>\n<rect width='100%' height='100%' fill='#fff'/>\n"
        "<defs><marker id='tip' viewBox='0 0 10 10' refX='9' refY='5' markerWidth='8' markerHeight='8' orient='auto'>"
        "<path d='M0 0 L10 5 L0 10 z' fill='#333'/></marker></defs>\n"
    )
    return head + "\n".join(parts) + "\n</svg>\n"


def _steps(stages: tuple[StageInWords, ...]) -> list[list[StageInWords]]:
    steps: list[list[StageInWords]] = []
    for stage in stages:
        if stage.beside and steps:
            steps[-1].append(stage)
        else:
            steps.append([stage])
    return steps


def _step(step: list[StageInWords], y: float, language: Language) -> tuple[float, list[str]]:
    """Draw the stages of a step beside each other; give where they end."""
    room = WIDTH - 2 * MARGIN - 40
    width = (room - BETWEEN * (len(step) - 1)) / len(step)
    boxes = [_box(stage, MARGIN + n * (width + BETWEEN), width, language) for n, stage in enumerate(step)]
    height = max(box.height for box in boxes)
    parts = [part for box, stage in zip(boxes, step, strict=True) for part in _drawn(box, stage, y, height)]
    return y + height, parts


def _box(stage: StageInWords, x: float, width: float, language: Language) -> _Box:
    letters = max(12, int((width - 2 * PAD) / _LETTER))
    said = (stage.who, stage.when, stage.due, stage.silence, stage.answers)
    lines: list[tuple[str, bool]] = [(line, True) for line in wrap(stage.title, int(letters * 0.75)) or [stage.name]]
    for head, text in zip(_HEADS[language], said, strict=True):
        if text:
            lines += [(line, False) for line in wrap(f"{head}: {text}", letters, subsequent_indent="   ")]
    return _Box(x, width, tuple(lines))


def _drawn(box: _Box, stage: StageInWords, y: float, height: float) -> Iterator[str]:
    yield (
        f"<rect x='{box.x:.0f}' y='{y:.0f}' width='{box.width:.0f}' height='{height:.0f}' rx='6' "
        "fill='#f7f8fa' stroke='#333' stroke-width='1.2'/>"
    )
    at = y + PAD + 13
    heavy = sum(1 for _, bold in box.lines if bold)
    for n, (line, bold) in enumerate(box.lines):
        indent = 12 if line.startswith("   ") else 0
        yield _text(box.x + PAD + indent, at, line.strip(), 15 if bold else 12, "bold" if bold else "normal")
        at += TITLE if n == heavy - 1 else LINE
    if len(stage.kind) * _LETTER < box.width / 3:
        yield _text(box.x + box.width - PAD, y + PAD + 12, stage.kind, 11, "normal", "#555", "end")


def _pill(text: str, y: float) -> tuple[float, list[str]]:
    lines = wrap(text, int((WIDTH - 2 * MARGIN - 80) / _LETTER)) or [""]
    height = 2 * PAD + LINE * len(lines) - 4
    width = WIDTH - 2 * MARGIN - 40
    parts = [
        f"<rect x='{MARGIN}' y='{y:.0f}' width='{width}' height='{height}' rx='{min(height / 2, 22):.0f}' "
        "fill='#fff' stroke='#333' stroke-width='1.2'/>"
    ]
    middle = MARGIN + width / 2
    parts += [
        _text(middle, y + PAD + 11 + n * LINE, line, 12, "normal", "#111", "middle") for n, line in enumerate(lines)
    ]
    return y + height, parts


def _arrow(y: float) -> list[str]:
    x = MARGIN + (WIDTH - 2 * MARGIN - 40) / 2
    return [
        f"<path d='M{x:.0f} {y + 2:.0f} V{y + GAP - 3:.0f}' stroke='#333' stroke-width='1.4' fill='none' "
        "marker-end='url(#tip)'/>"
    ]


def _return(top: float, back: list[float]) -> Iterator[str]:
    """The ways back for rework, along the right edge: from every stage that has one to the first."""
    right, edge = WIDTH - MARGIN - 40, WIDTH - MARGIN - 14
    line = "stroke='#333' stroke-width='1.2' stroke-dasharray='5 4' fill='none'"
    for y in back[:-1]:
        yield f"<path d='M{right} {y:.0f} H{edge}' {line}/>"
    if back:
        yield f"<path d='M{right} {back[-1]:.0f} H{edge} V{top:.0f} H{right + 3}' {line} marker-end='url(#tip)'/>"


def _text(
    x: float, y: float, said: str, size: int, weight: str = "normal", colour: str = "#111", anchor: str = "start"
) -> str:
    return (
        f"<text x='{x:.0f}' y='{y:.0f}' font-size='{size}' font-weight='{weight}' fill='{colour}' "
        f"text-anchor='{anchor}'>{escape(said)}</text>"
    )
