"""How the post is encrypted: the certificate is always verified, plain text only to this very machine.

Owns: the three words of `security =` and the trust they need. Refuses to know: IMAP and SMTP.
Rule: RFC 8314 (TLS for mail access and submission). What may go wrong: a plain password over the
network, an unreadable file of certificates: both are SettingsErrors at the start, with the cure.
"""

from __future__ import annotations

import ipaddress
import ssl
from typing import Literal, get_args

from mailflow.errors import SettingsError

Security = Literal["tls", "starttls", "plain"]


def check_security(section: str, host: str, security: str) -> None:
    """Refuse a way of connecting that would show the password; SettingsError names section and cure."""
    if security not in get_args(Security):
        raise SettingsError(f'[{section}] security = "{security}": write "tls", "starttls" or "plain"')
    if security == "plain" and not is_this_machine(host):
        raise SettingsError(
            f'[{section}] security = "plain" would send the password readable to {host}: '
            'write security = "tls" (or "starttls"); "plain" is only for 127.0.0.1, ::1 and localhost'
        )


def is_this_machine(host: str) -> bool:
    """Tell whether `host` is a loopback address; names other than localhost are not looked up."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def trust(section: str, ca_file: str) -> ssl.SSLContext:
    """Make the context that verifies certificate and host name, by `ca_file` alone if it is given."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as trouble:
        raise SettingsError(
            f"[{section}] ca_file = {ca_file}: no certificates can be read from it ({trouble}): "
            "name a readable PEM file or leave it out"
        ) from trouble
