"""What a rule author sees of a process: its route as a table and a picture, and a trial of it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailflow.app import read_rules, shipped
from mailflow.cli import main
from mailflow.core.directory import read_directory
from mailflow.core.route_drawing import WIDTH, drawing
from mailflow.core.route_words import in_words
from mailflow.core.rules import Process
from mailflow.core.text_table import text_table
from tests.offices import directory

TESTS = shipped("rules") / "tests"
PEOPLE = read_directory((TESTS / "directory.yaml").read_text(encoding="utf-8"))
PROCESSES = read_rules([shipped("rules")], PEOPLE)
SVG = "{http://www.w3.org/2000/svg}"
FULL = ("amount=600 000", "cash_flow_item=Реклама", "in_budget=да", "counterparty=ООО «Ромашка»", "pay_by=20.12.2030")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "directory.yaml").write_text((TESTS / "directory.yaml").read_text("utf-8"), "utf-8")
    return tmp_path


def said(*arguments: object) -> str:
    done = CliRunner().invoke(main, ["rules", *map(str, arguments)], env={"COLUMNS": "150"})
    assert done.exit_code == 0, done.output
    return done.output


# --- in words


@pytest.mark.parametrize("process", PROCESSES, ids=lambda p: p.name)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_key_of_the_file_is_left_in_the_words(process: Process, language: str) -> None:
    words = in_words(process, language, directory())  # type: ignore[arg-type]
    shown = " ".join(f"{s.who} {s.when} {s.due} {s.silence} {s.answers}" for s in words.stages)
    keys = {name for name in process.fields if "_" in name}
    assert not keys & set(shown.replace(",", " ").split())
    assert "&&" not in shown
    assert ".within(" not in shown


def test_a_stage_is_told_as_a_clerk_would_tell_it() -> None:
    invoice = next(p for p in PROCESSES if p.name == "invoice")
    managers, finance, *_ = in_words(invoice, "ru", directory()).stages
    assert managers.when == "кроме случая: сумма вместе с прежними ≤ доверенная сумма инициатора"
    assert managers.who == "руководители инициатора до главы его отдела, по очереди"
    assert managers.due == "1 рабочий день; напомнить за 4 часа и в срок"
    assert managers.silence == "через 2 рабочих дня сообщить руководителю"
    assert finance.who == "Смирнова О.Н., если это сам инициатор: Иванов И.С."
    assert in_words(invoice, "en").stages[0].when == "not where the sum with earlier ones ≤ the initiator's trusted sum"


# --- the table


def test_a_table_is_no_wider_than_the_window_and_loses_no_word() -> None:
    rows = [("1", "a long text of many words that goes on", ""), ("2", "short", "")]
    table = text_table(("No", "What", "Empty"), rows, 24)
    assert max(map(len, table.splitlines())) <= 24
    assert "Empty" not in table
    assert {"a", "long", "text", "of", "many", "words", "that", "goes", "on", "short"} <= set(table.split())


def test_the_route_is_shown_in_the_terminal(site: Path) -> None:
    text = said("show", "invoice", "-s", site)
    assert "Счёт на оплату, СЧ-2026-0001" in text
    assert "Смирнова О.Н." in text
    assert max(map(len, text.splitlines())) <= 150


def test_a_process_nobody_has_is_named_with_those_there_are(site: Path) -> None:
    done = CliRunner().invoke(main, ["rules", "show", "invoic", "-s", str(site)])
    assert (done.exit_code, "there is no process `invoic`: there are acquaintance," in done.output) == (1, True)


# --- the picture


@pytest.mark.parametrize("process", PROCESSES, ids=lambda p: p.name)
def test_every_stage_stands_in_the_picture_and_within_its_edges(process: Process) -> None:
    words = in_words(process, "ru", directory())
    picture = ET.fromstring(drawing(words, "ru"))
    shown = " ".join(text.text or "" for text in picture.iter(f"{SVG}text"))
    assert all(word in shown for stage in words.stages for word in stage.title.split())
    height = float(picture.attrib["height"])
    for box in picture.iter(f"{SVG}rect"):
        if box.attrib["width"] != "100%":
            assert float(box.attrib["x"]) + float(box.attrib["width"]) <= WIDTH
            assert float(box.attrib["y"]) + float(box.attrib["height"]) <= height


def test_stages_side_by_side_are_drawn_side_by_side(site: Path) -> None:
    text = (shipped("rules") / "invoice.yaml").read_text(encoding="utf-8")
    beside = text.replace("  - finance:\n", "  - finance:\n      beside: managers\n")
    path = site / "beside.yaml"
    path.write_text(beside, encoding="utf-8")
    said("show", path, "-s", site, "--svg", site / "a.svg", "--lang", "en")
    picture = ET.fromstring((site / "a.svg").read_text(encoding="utf-8"))
    boxes = [b for b in picture.iter(f"{SVG}rect") if b.attrib.get("rx") == "6"]
    assert boxes[0].attrib["y"] == boxes[1].attrib["y"]
    assert len({box.attrib["y"] for box in boxes}) == len(boxes) - 1 == 4


def test_words_of_a_file_cannot_break_out_of_the_picture() -> None:
    invoice = next(p for p in PROCESSES if p.name == "invoice")
    words = in_words(invoice, "ru")
    spoilt = drawing(type(words)("<script>&", words.starts, "'", words.stages, words.rework, words.ends), "ru")
    assert "<script>" not in spoilt
    assert ET.fromstring(spoilt) is not None


# --- the trial


def test_a_trial_tells_who_is_asked_by_when_and_shows_each_letter(site: Path) -> None:
    fields = [part for one in FULL for part in ("--field", one)]
    text = said("try", "invoice", "--as", "s.orlov", *fields, "-s", site, "--html", site / "letters")
    assert text.index("Петров П.П.") < text.index("Смирнова О.Н.") < text.index("Бухгалтерия")
    assert "It ends here: the case is closed." in text
    assert "─── ask to p.petrov: [СЧ-2026-0001]" in text
    written = sorted(path.name for path in (site / "letters").glob("*.html"))
    assert "01-ask-p.petrov.html" in written
    assert "<html" in (site / "letters" / written[0]).read_text(encoding="utf-8")
    assert sorted(path.name for path in site.iterdir()) == ["directory.yaml", "letters"]


def test_a_trial_says_which_field_was_not_understood_and_asks_for_it(site: Path) -> None:
    text = said("try", "invoice", "--as", "s.orlov", "--field", "amount=very much", "-s", site)
    assert "field amount: not understood, so it is not on the card" in text
    assert "It ends here: it waits for Орлов С.П., whose answer cannot be guessed." in text


def test_a_trial_of_a_mail_reads_it_as_the_service_would(site: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "i.kuznetsov@neon.example", "docs@neon.example", "Счёт: баннеры"
    mail["Message-ID"], mail["Date"] = "<1@neon.example>", "Mon, 16 Nov 2026 10:00:00 +0300"
    mail.set_content("Подрядчик: ООО «Ромашка»\nСумма: 120 000,50\nСтатья: Реклама\nВ бюджете: да\nСрочно: да\n")
    (site / "a.eml").write_bytes(mail.as_bytes())
    text = said("try", site / "a.eml", "-s", site)
    assert "Кузнецов И.И.: заявка принята; следующий этап — Руководители: Петров П.П." in text


def test_a_trial_by_somebody_nobody_knows_says_so(site: Path) -> None:
    done = CliRunner().invoke(main, ["rules", "try", "invoice", "--as", "nobody", "-s", str(site)])
    assert (done.exit_code, "nobody has the id `nobody`" in done.output) == (1, True)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda p: p.name)
def test_every_process_can_be_tried_with_nothing_stated(process: Process, site: Path) -> None:
    text = said("try", process.name, "--as", "i.kuznetsov", "-s", site)
    assert "It ends here:" in text
    assert "round in a circle" not in text
    assert "waits for nobody" not in text
