"""What hides text in an HTML mail: the styles under which a reader sees nothing, or sees it struck out.

Owns: inline styles, the old colour attributes and the simple selectors of <style>. Refuses to know: lines and quotes.
What may go wrong: a style we do not know shows as visible text; then the plain part of the mail disagrees with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType

_STYLE_BLOCK = re.compile(r"<style\b[^>]{0,300}>(.*?)(?:</style|\Z)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACKETS = re.compile(r"\[[^\]]{0,300}\]")
_LAST_SELECTOR = re.compile(
    r"(?P<above>.*[\s>+~])?(?P<tag>[\w-]*)\*?(?P<names>(?:[.#][\w-]++)*+)(?P<more>(?::[\w-]++(?:\([^()]*+\))?)*+)",
    re.DOTALL,
)
_NAME = re.compile(r"[.#][\w-]+")
_TEST = re.compile(r"\[\s*([\w-]+)\s*(?:[~|^$*]?=\s*[\"']?([^\"'\]]*))?")
_PASSING = re.compile(r":(?:hover|focus|active|visited|target|checked)")
_MOST_TESTS = 50
"""Of one attribute; beyond so many everything that bears it is believed hidden."""
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

_GONE: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
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
}
_SIZES = frozenset({"height", "max-height", "width", "max-width"})
_OVERFLOWS = frozenset({"overflow", "overflow-x", "overflow-y"})
_PLACES = frozenset({"left", "top", "right", "margin-left", "margin-top"})
_LOOKS = frozenset({"font-size", "visibility", "color", "background-color", "background"})
_LONG_STYLE = 500
"""Longer ones are read anew each time: what is kept must not be a mail's whole text."""
_NO_ROOM = re.compile(r"0(?:px|pt|em|%)?$")
_FAR_AWAY = re.compile(r"-\d{3}")
_TINY = re.compile(r"0(?![.\d])|0?\.[0-2]|[01](?:\.\d+)?(?:px|pt)$")
STRUCK_TAGS = frozenset({"s", "strike", "del"})
FOLDING_TAGS = frozenset({"details", "summary"})

Colour = tuple[int, int, int]


@dataclass(slots=True)
class StyleSheet:
    """What the style blocks of a page say: declarations by class, id or tag; and which attributes hide."""

    named: dict[str, dict[str, str]] = field(default_factory=dict)
    tested: dict[str, list[tuple[str, dict[str, str]]]] = field(default_factory=dict)
    """By an attribute's name: a piece of its value without spaces, '' for any, and what hides what bears it."""

    def of(self, tag: str, attributes: Mapping[str, str]) -> dict[str, str]:
        """Give the declarations for an element."""
        merged = dict(self.named.get(tag, {}))
        for name in (*(f".{name}" for name in attributes.get("class", "").lower().split()),
                     f"#{attributes.get('id', '').lower()}"):  # fmt: skip
            merged |= self.named.get(name, {})
        for name in self.tested.keys() & attributes.keys() if self.tested else ():
            value = "".join(attributes[name].lower().split())
            for piece, said in self.tested[name]:
                merged |= said if piece in value else {}
        return merged

    def hide(self, attribute: str, piece: str, said: dict[str, str]) -> None:
        """Note that elements are hidden whose attribute holds the piece."""
        tests = self.tested.setdefault(attribute, [])
        tests[:] = [*tests, (piece, said)] if len(tests) < _MOST_TESTS else [("", said)]


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks at one place: `gone` cannot be undone further in, the rest can."""

    gone: bool = False
    tiny: bool = False
    invisible: bool = False
    folded: bool = False
    """In a <details> that is not open; its <summary> is seen."""
    colour: Colour | None = None
    ground: Colour | None = _WHITE

    @property
    def veiled(self) -> bool:
        """Tell whether a reader cannot see the text (or sees it struck out)."""
        return self.gone or self.tiny or self.invisible or self.folded or _melts(self.colour, self.ground)

    def under(self, tag: str, attributes: Mapping[str, str], styles: StyleSheet) -> Look:
        """Give the look inside an element that stands here."""
        style = _inline(attributes.get("style", ""))
        if styles.named or styles.tested:
            style = {**styles.of(tag, attributes), **style}
        gone = self.gone or tag in STRUCK_TAGS or "hidden" in attributes or (bool(style) and _is_gone(style))
        look = self if gone == self.gone else replace(self, gone=gone)
        if tag in FOLDING_TAGS:
            look = replace(look, folded=tag == "details" and (look.folded or "open" not in attributes))
        changes = _LOOKS & style.keys() or "color" in attributes or "bgcolor" in attributes
        return _recoloured(look, attributes, style) if changes else look


def read_styles(html: str) -> StyleSheet:
    """Give what the page's style blocks say.

    Of a rule that asks for more than one of these only what hides is believed, wherever its last part stands: a word
    too many said to be hidden costs a question.
    """
    found = StyleSheet()
    for block in _STYLE_BLOCK.finditer(html):
        for selectors, body in _rules(_COMMENT.sub("", block[1])):
            said = _declarations(body)
            for selector in selectors.split(","):
                _note(found, selector.strip().lower(), said)
    return found


def _note(found: StyleSheet, selector: str, said: dict[str, str]) -> None:
    tests = _BRACKETS.findall(selector)
    last = _LAST_SELECTOR.fullmatch(_BRACKETS.sub("", selector) if tests else selector)
    if last is None or "::" in selector or _PASSING.match(last["more"]):
        return
    names = _NAME.findall(last["names"])
    if (last["above"] or tests or last["more"] or len(names) > 1) and not _is_gone(said):
        return
    ends_in_test = selector.endswith("]") and _TEST.match(tests[-1]) if tests else None
    if ends_in_test:
        found.hide(ends_in_test[1], "".join((ends_in_test[2] or "").split()), said)
    elif names or last["tag"]:
        found.named.setdefault(names[-1] if names else last["tag"], {}).update(said)


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Give the outermost rules; those inside an @-rule are for narrow screens or print and hide nothing here."""
    depth = 0
    for rule in css.split("}"):
        selectors, brace, body = rule.partition("{")
        if depth == 0 and brace and "{" not in body:
            yield selectors, body
        depth = max(0, depth + rule.count("{") - 1)


def _inline(style: str) -> Mapping[str, str]:
    return _kept(style) if len(style) < _LONG_STYLE else _declarations(style)


@lru_cache(maxsize=512)
def _kept(style: str) -> Mapping[str, str]:
    """Read a style once: a page says the same few again and again."""
    return MappingProxyType(_declarations(style))


def _declarations(style: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in style.lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, colon, value in pairs if colon}


def _is_gone(style: Mapping[str, str]) -> bool:
    if any(_GONE[name].match(style[name]) for name in _GONE.keys() & style.keys()):
        return True
    sizes = [style[name] for name in _SIZES & style.keys()]
    cuts = any(style[name] in ("hidden", "clip") for name in _OVERFLOWS & style.keys())
    if cuts and any(_NO_ROOM.match(size) for size in sizes):
        return True
    return any(_FAR_AWAY.match(style[name]) for name in _PLACES & style.keys())


def _recoloured(look: Look, attributes: Mapping[str, str], style: Mapping[str, str]) -> Look:
    size, visibility = style.get("font-size"), style.get("visibility")
    colour = style.get("color") or attributes.get("color", "").lower()
    ground = style.get("background-color") or style.get("background") or attributes.get("bgcolor", "").lower()
    return replace(
        look,
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
