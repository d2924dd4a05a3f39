"""The servers tests run against: on loopback and free ports, each a context manager that ends what it began."""

from tests.loopback import LOOPBACK, Certificate, certificate, free_port
from tests.server_dovecot import Dovecot, dovecot, dovecot_sessions
from tests.server_imap import HANG_UP, FakeImap, fake_imap
from tests.server_postgres import Postgres, postgres
from tests.server_smtp import Received, SmtpSink, smtp_sink

__all__ = [
    "HANG_UP",
    "LOOPBACK",
    "Certificate",
    "Dovecot",
    "FakeImap",
    "Postgres",
    "Received",
    "SmtpSink",
    "certificate",
    "dovecot",
    "dovecot_sessions",
    "fake_imap",
    "free_port",
    "postgres",
    "smtp_sink",
]
