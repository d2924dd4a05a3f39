"""Address fields as people and programs write them: names, groups, comments, raw 8-bit letters.

Owns: the value of From, To, ... -> mailboxes, and every oddity on the way (`issues`).
Refuses to know: whether an address may be believed; `sender` decides that with a stricter grammar.
Rules: RFC 5322 section 3.4 with the tolerance of section 4.4. One pass, no recursion, no backtracking.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mailflow.core.encoded_words import decode_value, visible

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[<>(),;:\[\]]|[^"<>(),;:\[\]]+', re.DOTALL)
_COMMENT_TOKEN = re.compile(r"[^()\\]+|\\.?|[()]", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SPACES = re.compile(r"[ \t\r\n]+")
_CONTROL = re.compile("[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox: the name decoded, the address with its domain in lower case."""

    name: str
    mail: str


@dataclass(frozen=True, slots=True)
class AddressList:
    """Mailboxes in order. `issues` (sorted codes) is empty for a plain, unambiguous list."""

    mailboxes: tuple[Mailbox, ...]
    issues: tuple[str, ...]


@dataclass(slots=True)
class _Item:
    """What stands between two commas."""

    phrase: list[str] = field(default_factory=list)
    quoted: list[bool] = field(default_factory=list)
    angles: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    after_angle: bool = False


def read_addresses(value: bytes, hint: str = "") -> AddressList:
    """Read an unfolded address field; never raises, time grows with the length only."""
    text = value.decode("latin-1")
    items, issues = _items(text)
    mailboxes = [mailbox for item in items for mailbox in _mailboxes(item, hint, issues)]
    return AddressList(tuple(mailboxes), tuple(sorted(issues)))


def _items(text: str) -> tuple[list[_Item], set[str]]:
    """Cut the text at commas and semicolons that stand outside quotes, comments and angles."""
    items, issues = [_Item()], set[str]()
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            break
        token, position = found[0], found.end()
        if token == "(":
            comment, position = _comment(text, position, issues)
            items[-1].comments.append(comment)
        elif token == "<":
            angle, position = _angle(text, position, issues)
            items[-1].angles.append(angle)
        elif token in ",;":
            issues.update({"semicolon"} if token == ";" and "group" not in issues else ())
            items.append(_Item())
        elif token == ":":
            issues.add("group")
            items[-1] = _Item()
        else:
            _add_words(items[-1], token, issues)
    if len(items) > 1 and not all(map(_says_anything, items)) and "group" not in issues:
        issues.add("empty-item")
    return items, issues


def _says_anything(item: _Item) -> bool:
    return bool(item.angles) or any(token.strip() for token in item.phrase)


def _add_words(item: _Item, token: str, issues: set[str]) -> None:
    quoted = token.startswith('"')
    if quoted and (len(token) < 2 or not token.endswith('"')):
        issues.add("unclosed-quote")
    if token in ">)[]":
        issues.add("stray-delimiter")
    if token.strip():
        item.after_angle = item.after_angle or bool(item.angles)
    item.phrase.append(token)
    item.quoted.append(quoted)


def _comment(text: str, position: int, issues: set[str]) -> tuple[str, int]:
    """Read a comment, however deeply nested; give its text and the place after it."""
    depth, pieces = 1, []
    while position < len(text):
        found = _COMMENT_TOKEN.match(text, position)
        if found is None:
            break
        token, position = found[0], found.end()
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth == 0:
            break
        pieces.append(token)
    comment = _ESCAPE.sub(r"\1", "".join(pieces))
    if depth:
        issues.add("unclosed-comment")
    if re.search(r'[()<>@,;:"\\]', comment):
        issues.add("odd-comment")
    return comment, position


def _angle(text: str, position: int, issues: set[str]) -> tuple[str, int]:
    """Read an angle address up to its bracket; quotes may hide a bracket, a comment is dropped."""
    pieces: list[str] = []
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            break
        token, position = found[0], found.end()
        if token == ">":
            return "".join(pieces), position
        if token == "(":
            _, position = _comment(text, position, issues)
            issues.add("odd-comment")
        elif token == "<":
            issues.add("nested-angle")
        else:
            pieces.append(token)
    issues.add("unclosed-angle")
    return "".join(pieces), position


def _mailboxes(item: _Item, hint: str, issues: set[str]) -> list[Mailbox]:
    if not item.angles:
        return _bare(item, hint, issues)
    _note_ambiguity(item, issues)
    name = _name(item, hint)
    specs = [_spec(angle, issues) for angle in item.angles]
    return [Mailbox(name, spec) for spec in specs if spec]


def _note_ambiguity(item: _Item, issues: set[str]) -> None:
    """Report what two readers may take for two different addresses."""
    if len(item.angles) > 1 or item.after_angle:
        issues.add("ambiguous-angle")
    if any("@" in token and not quoted for token, quoted in zip(item.phrase, item.quoted, strict=True)):
        issues.add("address-in-name")


def _bare(item: _Item, hint: str, issues: set[str]) -> list[Mailbox]:
    """Read an item without angles: `ivan@corp.ru (Иван)`, or an address lost among words."""
    text = "".join(item.phrase).strip()
    if '"' in text or text.count("@") == 1:
        words = [text] if "@" in text and not _SPACES.search(text) else _loose_words(text, issues)
    else:
        words = _loose_words(text, issues)
    if text and not words:
        issues.add("no-address")
    name = _text(" ".join(item.comments), hint)
    return [Mailbox(name, spec) for spec in (_spec(word, issues) for word in words) if spec]


def _loose_words(text: str, issues: set[str]) -> list[str]:
    words = [word.strip(".'\"") for word in _SPACES.split(text) if "@" in word]
    if words:
        issues.add("loose-words")
    return words


def _spec(text: str, issues: set[str]) -> str:
    """Tidy one addr-spec: no spaces, no source route, the domain in lower case."""
    spec = text.strip() if '"' in text else _SPACES.sub("", text)
    if spec.startswith("@") and ":" in spec:
        issues.add("route")
        spec = spec.rpartition(":")[2]
    if "@" not in spec:
        if spec:
            issues.add("no-address")
        return ""
    spec = _CONTROL.sub("\ufffd", spec.encode("latin-1").decode("utf-8", "replace"))
    local, _, domain = spec.rpartition("@")
    return f"{local}@{domain.lower()}"


def _name(item: _Item, hint: str) -> str:
    words = (
        _ESCAPE.sub(r"\1", token.strip('"')) if quoted else token
        for token, quoted in zip(item.phrase, item.quoted, strict=True)
    )
    phrase = _SPACES.sub(" ", "".join(words)).strip()
    return _text(phrase or " ".join(item.comments), hint)


def _text(text: str, hint: str) -> str:
    """Decode a name only now, when it can no longer turn into structure."""
    return visible(decode_value(text.encode("latin-1"), hint).text)
