"""Replies written down with the decision they mean, one JSON object a line: the second half of `./run corpora`.

Owns: how such a line becomes a mail, and which of our answers is its code. Refuses to know: any single reply, and
those that hang on who wrote them or on a round that is over: no reading of words can tell these.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailflow.core.answers import Answer, Expecting
from mailflow.core.around import Surroundings
from mailflow.explain import Ground, explain_bare

WRITTEN = "Fri, 13 Nov 2026 12:00:00 +0300"
_EXPECTING = {
    "approval": Expecting.APPROVAL,
    "acquaint": Expecting.ACKNOWLEDGEMENT,
    "payment": Expecting.PAYMENT,
    "incoming": Expecting.RESOLUTION,
    "execution": Expecting.EXECUTION,
}
_CODES = {
    "APPROVE_REMARKS": Answer.APPROVE_WITH_REMARKS.value,
    "ACK": Answer.ACKNOWLEDGE.value,
    "REVOKE": Answer.WITHDRAW.value,
    "UNKNOWN": Answer.UNCLEAR.value,
    "AUTOREPLY": "auto_reply",
    "IGNORE": "read_receipt",
    "BOUNCE": "bounce",
}
_NOT_IN_THE_WORDS = frozenset({"UNTRUSTED", "STALE"})


@dataclass(frozen=True, slots=True)
class Read:
    """One reply and how it was read; `wrong` says what is not as meant, `false_yes` that it may cost money."""

    id: str
    wrong: str
    false_yes: bool


def read_all(listed: Path) -> list[Read]:
    """Read every reply of the list that is to be understood from itself."""
    cases = [json.loads(line) for line in listed.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [_read(case) for case in cases if case["expected"] not in _NOT_IN_THE_WORDS]


def _read(case: dict[str, Any]) -> Read:
    got = _understood(case)
    wrong = "" if _fits(case, got) else f"{case['id']}: expected {_wanted(case)}, read {_said(got)}"
    return Read(case["id"], wrong, _code(got) == Answer.APPROVE and case["expected"] != "APPROVE")


def _understood(case: dict[str, Any]) -> dict[str, Any]:
    nowhere = Ground(Surroundings(("docs@neon.example",), "", (), {}))
    return explain_bare(_mail(case), nowhere, _EXPECTING[case["task"]]).said


def _mail(case: dict[str, Any]) -> bytes:
    given = case.get("headers", {})
    report = given.get("Content-Type", "")
    headers = {
        "From": "o.smirnova@neon.example", "To": "docs+t.7f3k9q2m@neon.example", "Date": WRITTEN,
        "Subject": "Re: [С-2026-0157] Счёт № 57", **given,
        "Content-Type": f'{report}; boundary="part"' if report else "text/plain; charset=utf-8",
    }  # fmt: skip
    head = "".join(f"{name}: {value}\n" for name, value in headers.items())
    body = f"--part\nContent-Type: text/plain; charset=utf-8\n\n{case['body']}\n--part--\n" if report else case["body"]
    return f"{head}\n{body}".encode()


def _code(got: dict[str, Any]) -> str:
    return str(got.get("answer", got["kind"]))


def _wanted(case: dict[str, Any]) -> str:
    return _CODES.get(case["expected"], case["expected"].lower())


def _said(got: dict[str, Any]) -> str:
    return f"{_code(got)}, comment {got.get('comment')!r}, {got.get('details')}"


def _fits(case: dict[str, Any], got: dict[str, Any]) -> bool:
    details = got.get("details") or {}
    stated = {
        "reason": got.get("comment"), "to": details.get("to"), "pay_no": details.get("number"),
        "pay_date": details.get("date"), "executors": details.get("executors", []),
        "reply_needed": details.get("answer_needed"), "due": details.get("due"),
    }  # fmt: skip
    return _code(got) == _wanted(case) and all(stated[name] == case[name] for name in stated if name in case)
