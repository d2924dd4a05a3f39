"""The signature a letter of ours leaves with (DKIM): whoever gets it can tell it is from our domain and unchanged.

Owns: one DKIM-Signature header, RSA with SHA-256, relaxed for header and body. Rules: RFC 6376, RFC 8301 (RSA of at
least 2048 bits here, SHA-1 never), RFC 5322. Refuses to know: letters, servers, and verifying: we believe our own mail
server's word about mail that comes in (`core.sender`).
What may go wrong: a server that changes letters on their way breaks the signature; mail is then as good as unsigned.

Fields that show who wrote what to whom are named once more than they stand in the letter, so that nobody can add one.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from mailflow.errors import SettingsError

SHORTEST = 2048
ONCE_MORE = ("from", "to", "cc", "subject", "date", "message-id", "reply-to", "sender", "content-type")
SIGNED = (*ONCE_MORE, "in-reply-to", "references", "mime-version", "content-transfer-encoding", "auto-submitted")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\r\n]|\r\n[ \t])*)\r\n")
_BLANKS = re.compile(rb"[ \t]+")
_LAST_BLANKS = re.compile(rb"(?<![ \t])[ \t]+\r\n")
_LINE = 72


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the domain of our address, the name its key is published under, the key."""

    domain: str
    selector: str
    key: RSAPrivateKey

    @classmethod
    def of(cls, domain: str, selector: str, pem: str) -> Signer:
        """Read the key; SettingsError for one that cannot be read, is not RSA or is too short."""
        try:
            key = load_pem_private_key(pem.encode(), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise SettingsError("[smtp] dkim_key: this is no private key (PEM) without a password") from None
        if not isinstance(key, RSAPrivateKey) or key.key_size < SHORTEST:
            raise SettingsError(f"[smtp] dkim_key: make an RSA key of at least {SHORTEST} bits: openssl genrsa 2048")
        if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,60}[A-Za-z0-9])?", selector):
            raise SettingsError(f'[smtp] dkim_selector = "{selector}": write a name such as mailflow2026')
        return cls(domain.encode("idna").decode(), selector, key)

    @property
    def published(self) -> str:
        """The public key as its TXT record gives it in p=."""
        public = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(public).decode()

    def signed(self, letter: bytes) -> bytes:
        """Give the letter with its signature in front. Its line ends are CRLF; the last is added if it has none.

        The same letter gives the same bytes.
        """
        letter = letter if letter.endswith(b"\r\n") else letter + b"\r\n"
        head, _, body = letter.partition(b"\r\n\r\n")
        fields = [(name.lower(), value) for name, value in _FIELD.findall(head + b"\r\n")]
        names = list(_names({name.decode("ascii"): sum(n == name for n, _ in fields) for name, _ in fields}))
        digest = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
        bare = (
            f" v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector};\r\n"
            f"\th={_folded(':'.join(names), ':')};\r\n\tbh={digest};\r\n\tb="
        )
        said = _chosen(fields, names) + _relaxed(b"dkim-signature", bare.encode())
        signature = base64.b64encode(self.key.sign(said, PKCS1v15(), hashes.SHA256())).decode()
        return f"DKIM-Signature:{bare}{_folded(signature)}\r\n".encode() + letter


def _names(counts: dict[str, int]) -> Iterator[str]:
    """Name each signed field as often as it stands there, those of `ONCE_MORE` once more."""
    for name in SIGNED:
        yield from [name] * (counts.get(name, 0) + (name in ONCE_MORE))


def _chosen(fields: list[tuple[bytes, bytes]], names: list[str]) -> bytes:
    """Write the fields a verifier takes for these names: of several the last first (RFC 6376 section 5.4.2)."""
    left = {name: [value for key, value in fields if key == name.encode()] for name in names}
    found = ((name, left[name].pop()) for name in names if left[name])
    return b"".join(_relaxed(name.encode(), value) + b"\r\n" for name, value in found)


def _relaxed(name: bytes, value: bytes) -> bytes:
    return name + b":" + _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")


def _relaxed_body(body: bytes) -> bytes:
    lines = _LAST_BLANKS.sub(b"\r\n", body)
    said = _BLANKS.sub(b" ", lines).rstrip(b"\r\n")
    return said + b"\r\n" if said else b""


def _folded(text: str, after: str = "") -> str:
    """Break a long value over lines, behind `after` where it has one."""
    lines, line = [], ""
    for piece in re.findall(f"[^{after}]*{after}" if after else f".{{1,{_LINE}}}", text + after):
        if line and len(line) + len(piece) > _LINE:
            lines.append(line)
            line = ""
        line += piece
    return "\r\n\t ".join([*lines, line]).removesuffix(after)
