"""The bench measures the whole way of a mail: tiny runs of it, with the real servers and processes."""

from __future__ import annotations

import time

import pytest

from bench import __main__ as bench
from bench import delay
from bench.cost import Cost, Meter
from bench.mails import DOCS, PDF_SIZE, Asked, Papers, replies, requests
from mailflow.core.message import parse
from mailflow.edges.reading import read_attachment


@pytest.fixture(scope="module")
def papers() -> Papers:
    return Papers()


def test_the_mix_is_sixty_parts_text_twenty_five_html_and_fifteen_pdf(papers: Papers) -> None:
    asked = [Asked(f"u{n % 10}-0@neon.example", f"<{n}@x>", DOCS, "Счёт", "текст", "<p>текст</p>") for n in range(20)]
    read = [parse(mail) for mail in (*requests(papers, 20, 0, "a"), *replies(asked, "a"))]
    kinds = ["pdf" if mail.attachments else "html" if mail.html else "text" for mail in read]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"text": 24, "html": 10, "pdf": 6}
    assert [mail.defects for mail in read] == [()] * 40


def test_a_paper_is_a_real_invoice_of_two_hundred_kilobytes_and_never_the_same(papers: Papers) -> None:
    order, pdf = papers.pdf(0, "a")
    read = read_attachment(pdf, "application/pdf")
    assert abs(len(pdf) - PDF_SIZE) < 1024
    assert f"№ {order.number}" in read.text
    assert f"Sum={int(order.amount * 100)}".encode() in read.qr[0]
    assert papers.pdf(0, "b")[1] != pdf


def test_the_work_of_children_is_counted_while_they_run_and_after() -> None:
    meter = Meter()
    import subprocess
    import sys

    busy = "import time\nwhile time.process_time() < 0.3: pass\n"
    child = subprocess.Popen([sys.executable, "-c", f"{busy}time.sleep(30)"])
    until = time.monotonic() + 20
    while meter.read().children < 0.3 and time.monotonic() < until:
        time.sleep(0.05)
    child.kill()
    child.wait()
    subprocess.run([sys.executable, "-c", busy], check=True)
    assert 0.6 <= meter.read().children <= meter.read().cpu < 3


def test_a_round_takes_in_every_mail_and_both_sides_send_the_letters(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--mails", "20", "--rounds", "1", "--delays", "0"]) == 0
    said = capsys.readouterr().out
    assert "20 mails and" in said
    # The warming rounds of 10 and 20 mails and the measured one: 30 requests and 20 replies, none left over.
    assert "request/processed 30" in said
    assert "reply/processed 20" in said
    assert "/deferred" not in said
    # Every reply decided: none went to a task that was over.
    assert "not_counted" not in said


def test_a_letter_is_timed_from_delivery_to_the_next_server() -> None:
    ways = delay.measured(2, "poll")
    assert len(ways) == 2
    assert all(0 < one.arrived < 20 and 0 <= one.told < 1 for one in ways)
    assert "poll 0.1 s, 2 mails" in delay.line("poll", ways)


def test_the_figures_are_medians_of_the_rounds() -> None:
    floor, found = Cost(0.01, 0, 0.02), Cost(0.002, 0, 0.003)
    rounds = [bench.Figures(floor, Cost(0.01 * n, 0, 0.02 * n), found, {"parse": 0.001 * n}) for n in (1, 2, 9)]
    said = bench.summary(rounds, 500, 1000)
    assert "floor 10.00 ms  ours 20.00 ms  ratio 2.00" in said
    assert "parse 2.00 ms" in said
    assert "2.00 ms CPU to make a message found" in said
