"""Approvals that live in e-mail."""

__version__ = "0.1.0"
