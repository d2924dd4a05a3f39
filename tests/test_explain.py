"""`mailflow explain`: what it says of a file, of many files, of a real mailbox; and that it touches nothing."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailflow.app import DIRECTORY_FILE, read_people, read_rules, shipped
from mailflow.cli import main
from mailflow.core.cut import Why, pieces_of
from mailflow.core.message import parse
from mailflow.core.surroundings import surroundings
from mailflow.explain import Ground, explain_bare
from tests.servers import dovecot
from tests.site_folder import PASSWORD, filled_site

MAILS = Path(__file__).parent / "mails"
REPLY = MAILS / "reply" / "yes_above_a_yandex_quote.eml"
LETTER = "From: {}\r\nTo: docs@neon.example\r\nSubject: {}\r\nMessage-ID: <{}@x>\r\n\r\n{}\r\n"


def run(*arguments: object, color: bool = False, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, ["explain", *map(str, arguments)], color=color, env=env)


def objects(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


# --- files


def test_each_file_is_one_object_on_one_line_in_the_order_asked() -> None:
    files = [REPLY, MAILS / "message" / "bounce.eml", MAILS / "reply" / "forwarded_by_gmail.eml"]
    read = objects(run("--json", *files))
    assert [each["file"] for each in read] == list(map(str, files))
    assert [each["kind"] for each in read] == ["reply", "bounce", "request"]
    assert (read[0]["answer"], read[2]["process"]) == ("approve", "invoice")


def test_a_missing_file_among_several_does_not_stop_the_reading_of_the_others(tmp_path: Path) -> None:
    missing = tmp_path / "missing.eml"
    done = run("--json", missing, REPLY, tmp_path, REPLY)
    assert [json.loads(line)["answer"] for line in done.stdout.splitlines()] == ["approve", "approve"]
    assert f"{missing}: No such file" in done.stderr
    assert f"{tmp_path}: Is a directory" in done.stderr
    assert "2 of 4 files could not be read" in done.stderr
    assert done.exit_code == 1


def test_what_was_cut_off_is_shown_with_its_reason() -> None:
    said = run(REPLY).output
    assert "reply approve: answers a letter of ours" in said
    assert "  │ Согласовано\n  ┆ [quoted letter]\n" in said


def test_two_parts_that_disagree_are_both_shown() -> None:
    said = run(MAILS / "reply" / "a_refusal_in_white_letters.eml").output
    assert "its HTML says" in said
    assert "[hidden from the reader]" in said


def test_a_mail_of_one_part_has_no_empty_line_about_another(tmp_path: Path) -> None:
    path = tmp_path / "white.eml"
    page = '<p>Согласовано</p><p style="color:white;background:white">если дадут скидку</p>'
    path.write_bytes(
        f"From: o@neon.example\nSubject: Re: 57\nContent-Type: text/html; charset=utf-8\n\n{page}".encode()
    )
    said = run(path).output
    assert "[hidden from the reader]" in said
    assert "its HTML says" not in said


def test_a_mail_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "evil.eml"
    path.write_bytes("From: a@b.example\r\nSubject: \x1b]0;x\x07\u202e\r\n\r\n\x1b[2Jwiped\u202eok".encode())
    said = run(path, color=True).output
    assert "wiped" in said
    assert not set("\u202e\x07") & set(said)
    assert "\x1b]" not in said
    assert "\x1b[2J" not in said


def test_colours_are_for_terminals_that_want_them() -> None:
    assert "\x1b[" in run(REPLY, color=True).output
    assert "\x1b[" not in run(REPLY, color=True, env={"NO_COLOR": "1"}).output
    assert "\x1b[" not in run(REPLY).output


@pytest.mark.parametrize(
    "arguments", [[], ["--since", "2026-11-01", REPLY], ["--mailbox", "INBOX", "--since", "2026-11-01"]]
)
def test_a_call_that_means_nothing_says_what_to_write(arguments: list[object]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert "--since" in done.output


def test_a_hundred_files_are_read_in_one_process(tmp_path: Path) -> None:
    files = []
    for number in range(100):
        files.append(tmp_path / f"{number}.eml")
        files[-1].write_bytes(REPLY.read_bytes())
    began = time.process_time()
    assert len(objects(run("--json", *files))) == 100
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("reply/yes_above_a_gmail_quote", [Why.OWN, Why.QUOTE]),
        ("reply/only_a_mobile_tail", [Why.TAIL, Why.QUOTE]),
        ("reply/forwarded_by_gmail", [Why.OWN, Why.FORWARDED]),
        ("reply/yes_below_a_thunderbird_quote", [Why.QUOTE, Why.OWN]),
    ],
)
def test_every_line_of_a_mail_is_shown_once_as_what_it_is(name: str, labels: list[Why]) -> None:
    message = parse((MAILS / f"{name}.eml").read_bytes())
    pieces = pieces_of(message)
    shown = [piece.why for piece in pieces]
    assert [why for n, why in enumerate(shown) if n == 0 or shown[n - 1] is not why] == labels


# --- a mailbox


def letters() -> list[bytes]:
    staff = "ivan@neon.example"
    return [
        LETTER.format("stranger@other.example", "Предложение", 1, "Добрый день!").encode(),
        LETTER.format(staff, "Прошу посмотреть", 2, "Что скажете?").encode(),
        LETTER.format(staff, "Automatic reply: Счёт", 3, "I am away until 20.11.2026").encode(),
        LETTER.format(staff, "Статус", 4, "").encode(),
    ]


@pytest.fixture
def people(tmp_path: Path) -> str:
    """Somebody of the staff of a site as it is made."""
    directory = read_people(filled_site(tmp_path / "people") / DIRECTORY_FILE)
    return next(iter(directory.people.values())).address


def test_a_dry_run_over_a_mailbox_sums_up_and_leaves_no_trace(tmp_path: Path, people: str) -> None:
    with dovecot({"docs": PASSWORD}) as server:
        site = filled_site(tmp_path / "site", imap={"port": server.port})
        before_site = sorted(path.name for path in site.rglob("*"))
        mails = [mail.replace(b"ivan@neon.example", people.encode()) for mail in letters()]
        server.append("docs", mails[0], received=datetime(2026, 1, 10, tzinfo=UTC))
        server.append("docs", *mails, received=datetime.now(UTC))
        # The fixture looks without a trace too: \Recent would be gone had anybody selected the folder to write.
        before, folders = server.listing("docs"), server.folders("docs")
        since = (datetime.now(UTC) - timedelta(days=2)).date()
        told = run("--site", site, "--mailbox", "INBOX", "--since", since)
        listed = objects(run("--json", "--site", site, "--mailbox", "INBOX", "--since", since))
        assert server.listing("docs") == before
        assert server.folders("docs") == folders
    assert sorted(path.name for path in site.rglob("*")) == before_site
    assert told.exit_code == 0, told.output
    assert f"INBOX since {since}: 4 mails" in told.output
    assert "kinds: stray 1, request 1, auto_reply 1, command 1" in told.output
    assert "would have asked 1 questions; held 0 for a person" in told.output
    assert f"INBOX;UID=3 {people} «Прошу посмотреть»: names no process" in told.output
    assert [each["kind"] for each in listed] == ["stray", "request", "auto_reply", "command"]
    assert listed[0]["file"] == "INBOX;UID=2"


def test_recent_mails_stay_recent_after_a_dry_run(tmp_path: Path) -> None:
    with dovecot({"docs": PASSWORD}) as server:
        site = filled_site(tmp_path / "site", imap={"port": server.port})
        server.append("docs", *letters())
        run("--site", site, "--mailbox", "INBOX", "--since", "2026-01-01")
        assert all("\\Recent" in flags for _, flags, _ in server.listing("docs"))


def test_a_folder_that_is_not_there_is_said_with_those_that_are(tmp_path: Path) -> None:
    with dovecot({"docs": PASSWORD}) as server:
        site = filled_site(tmp_path / "site", imap={"port": server.port})
        done = run("--site", site, "--mailbox", "Архив", "--since", "2026-01-01")
    assert done.exit_code == 1
    assert "there is no folder Архив: name one of" in done.output
    assert "INBOX" in done.output


def test_a_mail_over_the_size_limit_is_not_fetched_whole(tmp_path: Path) -> None:
    with dovecot({"docs": PASSWORD}) as server:
        site = filled_site(tmp_path / "site", imap={"port": server.port, "size_limit_mib": 1})
        server.append("docs", letters()[0] + b"x" * 1_100_000)
        (only,) = objects(run("--json", "--site", site, "--mailbox", "INBOX", "--since", "2026-01-01"))
    assert only["kind"] == "quarantined"
    assert str(only["reason"]).startswith("size-limit: 1100")


# --- without a site: which mail answers a letter of ours, and which is a new matter


SHIPPED = {process.name: process for process in read_rules([shipped("rules")], None)}
ASKED_AT = "docs+t.7f3k9q2m@neon.example"


def bare(**headers: str) -> dict[str, object]:
    body = headers.pop("body", "Согласовано")
    lines = {"From": "o.smirnova@neon.example", "To": ASKED_AT, "Subject": "Re: [СЧ-2026-0001] Счёт", **headers}
    head = "".join(f"{name}: {value}\n" for name, value in lines.items())
    kind = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    raw = f"{head}Date: Thu, 12 Nov 2026 16:41:07 +0300\nMessage-ID: <1@neon.example>\n{kind}\n{body}\n".encode()
    return explain_bare(raw, Ground(surroundings(SHIPPED, ()))).said


def test_a_mail_to_a_reply_address_answers() -> None:
    assert (bare()["kind"], bare()["answer"]) == ("reply", "approve")


def test_a_letter_forwarded_to_a_reply_address_is_a_new_matter() -> None:
    said = bare(Subject="Fwd: Счет на оплату № 57 от 12.11.2026", body="Прошу оплатить до пятницы, статья Реклама")
    assert (said["kind"], said["process"]) == ("request", "invoice")


def test_a_mail_to_somebody_else_with_us_in_copy_decides_nothing() -> None:
    said = bare(To="p.petrov@neon.example", Cc=ASKED_AT)
    assert (said["kind"], said["answer"]) == ("reply", "unclear")
