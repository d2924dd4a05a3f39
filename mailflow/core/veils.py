"""What hides text in an HTML mail: the styles under which a reader sees nothing, or sees it struck out.

Owns: inline styles, the old colour attributes and the simple selectors of <style>. Refuses to know: lines and quotes.
What may go wrong: a style we do not know shows as visible text; then the plain part of the mail disagrees with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_STYLE_BLOCK = re.compile(r"<style\b[^>]{0,300}>(.*?)(?:</style|\Z)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_LAST_SELECTOR = re.compile(r"(?P<above>.*[\s>+~])?(?P<tag>[\w-]*)(?P<name>[.#][\w-]+)?", re.DOTALL)
_RGB = re.compile(r"rgba?\(\s?(\d{1,3})[,\s]\s?(\d{1,3})[,\s]\s?(\d{1,3})")
_NONE = r"\s?(?:0(?:\.[01]\d*)?|\.[01]\d*|\d%)\s?\)"
_NO_COLOUR = re.compile(
    rf"(?:rgb|hsl)a?\((?:(?:[^,)]{{1,9}},){{3}}|[^,)/]{{1,40}}/){_NONE}|#[0-9a-f]{{6}}[0-2][0-9a-f]\b"
)
"""A colour with nothing of it to be seen: its last part, the opacity, is next to none."""
_HSL_WHITE = re.compile(r"hsla?\([^,\s]{1,9}[,\s]\s?[^,\s]{1,9}[,\s]\s?(?:9[5-9]|100)(?:\.\d+)?%")
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})(?:[0-9a-f]{1,2})?\b")
_NAMED = {
    "white": (255, 255, 255), "snow": (255, 250, 250), "ivory": (255, 255, 240), "black": (0, 0, 0),
    "red": (255, 0, 0), "green": (0, 128, 0), "navy": (0, 0, 128), "yellow": (255, 255, 0), "blue": (0, 0, 255),
}  # fmt: skip
_WHITE = (255, 255, 255)
_NEARLY_WHITE = 238

_GONE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("display", r"none"),
        ("mso-hide", r"all"),
        ("opacity", r"(?:0|0?\.[01]\d*|0*[0-9](?:\.\d*)?%)$"),
        ("filter", r".*opacity\((?:0|0?\.[01]\d*|\d%|alpha=0)\)|alpha\(opacity=\d\)"),
        ("clip", r"rect\((?:0|1px|[\s,]|0px)+\)"),
        ("clip-path", r"inset\((?:[5-9]\d|100)%|circle\(0"),
        ("zoom", r"0(?:\.0\d*)?%?$"),
        ("font", r"(?:[a-z]+ )*0(?:px|pt|em|%)?(?:/|\s)"),
        ("text-indent", r"-\d{3}"),
        ("transform", r".*scale[xy]?\(0(?:\.0\d*)?[,)]|.*rotate[xy]\(-?90deg"),
        ("text-decoration", r".*line-through"),
        ("text-decoration-line", r".*line-through"),
    )
)
_NO_ROOM = re.compile(r"0(?:px|pt|em|%)?$")
_FAR_AWAY = re.compile(r"-\d{3}")
_TINY = re.compile(r"0(?![.\d])|0?\.[0-2]|[01](?:\.\d+)?(?:px|pt)$")
STRUCK_TAGS = frozenset({"s", "strike", "del"})

Colour = tuple[int, int, int]
StyleSheet = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks at one place: `gone` cannot be undone further in, the rest can."""

    gone: bool = False
    tiny: bool = False
    invisible: bool = False
    colour: Colour | None = None
    ground: Colour | None = _WHITE

    @property
    def veiled(self) -> bool:
        """Tell whether a reader cannot see the text (or sees it struck out)."""
        return self.gone or self.tiny or self.invisible or _melts(self.colour, self.ground)

    def under(self, tag: str, attributes: dict[str, str], styles: StyleSheet) -> Look:
        """Give the look inside an element that stands here."""
        style = _style_of(tag, attributes, styles)
        gone = self.gone or tag in STRUCK_TAGS or "hidden" in attributes or _is_gone(style)
        look = self if gone == self.gone else replace(self, gone=gone)
        return (
            _recoloured(look, attributes, style) if style or "color" in attributes or "bgcolor" in attributes else look
        )


def read_styles(html: str) -> StyleSheet:
    """Give the declarations of the page's style blocks by class, id or tag.

    Of a rule that asks for more than one of these only what hides is believed, wherever its last part stands: a word
    too many said to be hidden costs a question.
    """
    found: StyleSheet = {}
    for block in _STYLE_BLOCK.finditer(html):
        for selectors, body in _rules(_COMMENT.sub("", block[1])):
            for selector in selectors.split(","):
                last = _LAST_SELECTOR.fullmatch(selector.strip().lower())
                said = _declarations(body)
                if last and (last["tag"] or last["name"]) and (not last["above"] or _is_gone(said)):
                    found.setdefault(last["name"] or last["tag"], {}).update(said)
    return found


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Give the outermost rules; those inside an @-rule are for narrow screens or print and hide nothing here."""
    depth = 0
    for rule in css.split("}"):
        selectors, brace, body = rule.partition("{")
        if depth == 0 and brace and "{" not in body:
            yield selectors, body
        depth = max(0, depth + rule.count("{") - 1)


def _style_of(tag: str, attributes: dict[str, str], styles: StyleSheet) -> dict[str, str]:
    merged: dict[str, str] = {}
    if styles:
        merged |= styles.get(tag, {})
        for name in [f".{name}" for name in attributes.get("class", "").lower().split()] + [
            f"#{attributes.get('id', '').lower()}"
        ]:
            merged |= styles.get(name, {})
    return merged | _declarations(attributes.get("style", ""))


def _declarations(style: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in style.lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, colon, value in pairs if colon}


def _is_gone(style: dict[str, str]) -> bool:
    if any(name in style and pattern.match(style[name]) for name, pattern in _GONE):
        return True
    sizes = (style.get(name, "") for name in ("height", "max-height", "width", "max-width"))
    if any(style.get(name, "") in ("hidden", "clip") for name in ("overflow", "overflow-x", "overflow-y")) and any(
        _NO_ROOM.match(size) for size in sizes
    ):
        return True
    places = (style.get(name, "") for name in ("left", "top", "right", "margin-left", "margin-top"))
    return any(_FAR_AWAY.match(place) for place in places)


def _recoloured(look: Look, attributes: dict[str, str], style: dict[str, str]) -> Look:
    size, visibility = style.get("font-size"), style.get("visibility")
    colour = style.get("color") or attributes.get("color", "").lower()
    ground = style.get("background-color") or style.get("background") or attributes.get("bgcolor", "").lower()
    return Look(
        gone=look.gone,
        tiny=look.tiny if size is None else _TINY.match(size) is not None,
        invisible=look.invisible if visibility is None else visibility in ("hidden", "collapse"),
        colour=_read_colour(colour, look.ground, look.colour),
        ground=_read_colour(ground, look.ground, look.ground),
    )


def _read_colour(said: str, ground: Colour | None, inherited: Colour | None) -> Colour | None:
    """Read a colour; `transparent` is the ground's own, a picture or an unknown name is None."""
    if not said or said in ("inherit", "none", "initial", "unset"):
        return inherited
    if said.startswith("transparent") or _NO_COLOUR.match(said):
        return ground
    if _HSL_WHITE.match(said):
        return _WHITE
    if match := _HEX.search(said):
        digits = match[1] if len(match[1]) == 6 else "".join(digit * 2 for digit in match[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if match := _RGB.search(said):
        return int(match[1]), int(match[2]), int(match[3])
    return next((_NAMED[word] for word in said.split() if word in _NAMED), None)


def _melts(colour: Colour | None, ground: Colour | None) -> bool:
    """Tell whether the colour cannot be told from the ground; an unknown colour or ground is believed."""
    if colour is None or ground is None:
        return False
    return max(abs(one - other) for one, other in zip(colour, ground, strict=True)) <= 255 - _NEARLY_WHITE
