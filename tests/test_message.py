"""Any bytes become a Message: the right words, the right files, every defect named, in bounded time."""

from __future__ import annotations

import base64
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.addresses import read_addresses
from mailflow.core.charsets import decode
from mailflow.core.classify import classify
from mailflow.core.filenames import LENGTH, safe_name
from mailflow.core.kinds import Kind
from mailflow.core.message import Address, Message, parse
from mailflow.core.receiver import ReceiverProfile
from mailflow.core.sender import Unproven, prove
from mailflow.core.surroundings import surroundings

MAILS = Path(__file__).parent / "mails" / "message"
FIXTURES = sorted(MAILS.glob("*.eml"))
PLAIN = b"From: a@b.example\r\nSubject: x\r\n"
SECONDS = 2.0


def read(name: str) -> Message:
    return parse((MAILS / f"{name}.eml").read_bytes())


def codes(message: Message) -> set[str]:
    return {defect.partition(":")[0] for defect in message.defects}


# --- words ---------------------------------------------------------------------------------------


def test_koi8r_declared_as_utf8_is_read_and_named() -> None:
    message = read("koi8r_declared_as_utf8")
    assert message.text == "Добрый день! Счёт согласовали, оплачивайте.\n"
    assert "charset-recovered: koi8-r" in message.defects


@pytest.mark.parametrize("name", ["cp1251_declared_as_latin1", "no_charset_but_cp1251"])
def test_cp1251_under_a_wrong_or_no_label_is_read(name: str) -> None:
    message = read(name)
    assert message.text == "Просим оплатить счёт до пятницы.\n"
    assert "charset-recovered: windows-1251" in message.defects


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("mac_cyrillic_without_a_charset", "charset-recovered: x-mac-cyrillic"),
        ("cp866_declared_as_koi8r", "charset-recovered: ibm866"),
        ("utf16_without_a_mark_declared_as_utf8", "charset-recovered: utf-16-le"),
        ("utf8_encoded_twice", "charset-recovered: encoded twice"),
        ("utf8_declared_as_koi8r", "charset-recovered: utf-8"),
    ],
)
def test_a_text_in_another_charset_than_said_is_read_and_named(name: str, note: str) -> None:
    message = read(name)
    assert message.text == "Просим оплатить счёт до пятницы.\n"
    assert note in message.defects


def test_what_a_defect_quotes_of_the_mail_is_fit_to_store_and_to_show() -> None:
    (defect,) = (each for each in read("transfer_encoding_with_nul").defects if each.startswith("transfer-encoding"))
    assert defect == "transfer-encoding: ?8bit"


def test_readers_who_disagree_prove_no_sender_and_hold_the_mail_for_a_file() -> None:
    profile = ReceiverProfile("authserv", "mx.corp.example")
    stamp = b"Authentication-Results: mx.corp.example; dmarc=pass header.from=corp.example\n"
    raw = stamp + (MAILS / "sender_that_two_readers_disagree_on.eml").read_bytes()
    assert isinstance(prove(parse(raw), raw, profile), Unproven)
    held = classify(read("file_that_two_readers_disagree_on"), surroundings({}, ()))
    assert held.kind is Kind.QUARANTINED


def test_a_subject_of_raw_cp1251_bytes_is_read() -> None:
    message = read("raw_cp1251_subject")
    assert message.subject == "Счёт на оплату № 345"
    assert message.from_ == (Address("Отдел закупок", "buy@corp.example"),)


def test_a_character_split_between_two_encoded_words_is_whole() -> None:
    assert read("character_split_between_encoded_words").subject == "Счёт на оплату 345"


@pytest.mark.parametrize("text", ["Привет", "Согласовано, Иванов", "ДОГОВОР ПОСТАВКИ", "Ещё один счёт на оплату"])
@pytest.mark.parametrize("real", ["cp1251", "koi8_r"])
@pytest.mark.parametrize("declared", ["", "utf-8", "us-ascii", "windows-1251", "koi8-r", "nonsense"])
def test_russian_bytes_are_read_whatever_the_label(text: str, real: str, declared: str) -> None:
    assert decode(text.encode(real), declared).text == text


@pytest.mark.parametrize("text", ["Согласовано", "Добрый день! Просим оплатить счёт до пятницы.", "ДОГОВОР ПОСТАВКИ"])
@pytest.mark.parametrize("real", ["cp866", "mac_cyrillic", "iso8859_5", "utf_16", "utf_16_le", "utf_16_be"])
@pytest.mark.parametrize("declared", ["", "utf-8", "us-ascii", "koi8-r"])
def test_the_rarer_charsets_are_found_too(text: str, real: str, declared: str) -> None:
    assert decode(text.encode(real), declared).text == text


@pytest.mark.parametrize("text", ["Согласовано", "Добрый день! Просим оплатить счёт до пятницы."])
@pytest.mark.parametrize(
    ("really", "taken_for"),
    [("utf-8", "cp1251"), ("utf-8", "latin-1"), ("utf-8", "koi8-r"), ("utf-8", "cp866"), ("cp1251", "latin-1"),
     ("koi8-r", "latin-1")],
)  # fmt: skip
def test_a_text_that_was_encoded_twice_is_read(text: str, really: str, taken_for: str) -> None:
    wrong = "".join(
        bytes([byte]).decode(taken_for, "replace").replace("\ufffd", chr(byte)) for byte in text.encode(really)
    )
    assert decode(wrong.encode(), "utf-8").text == text
    assert decode(wrong.encode(), "utf-8").note == "charset-recovered: encoded twice"


@pytest.mark.parametrize(
    "text",
    [
        "РСФСР и СССР, РФ",
        "пояс, я пап",
        "Ñandú, señor niño",
        "ÄÖÜ äöü ÄÄÄ",
        "ÆØÅ Århus ærø",
        "ППП ЯЯЯ ппп яяя",
        "²ÀÈÈÛÿ",
    ],
)
def test_a_text_that_only_looks_encoded_twice_is_left_alone(text: str) -> None:
    assert decode(text.encode(), "utf-8").text == text


@pytest.mark.parametrize("text", ["… и ещё", "подождите … да", "“согласовано”", "– да", "„Ромашка“ …", "…согласовано"])
def test_marks_of_windows_are_not_capitals_of_the_mac(text: str) -> None:
    assert decode(text.encode("cp1251")).text == text


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [
        ("Grüße aus München", "cp1252", "iso-8859-1"),
        ("Déjà vu à l'école", "cp1252", ""),
        ("Καλημέρα", "iso8859_7", "iso-8859-7"),
        ("Zażółć gęślą", "iso8859_2", "iso-8859-2"),
        ("联通", "gb2312", "gb2312"),
        ("日本語", "iso2022_jp", "iso-2022-jp"),
    ],
)
def test_other_languages_are_not_taken_for_russian(text: str, codec: str, declared: str) -> None:
    assert decode(text.encode(codec), declared).text == text


def test_an_unknown_charset_is_reported_and_does_not_stop_the_reading() -> None:
    raw = PLAIN + b"Content-Type: text/plain; charset=x-martian\r\n\r\n" + "Здравствуйте".encode()
    message = parse(raw)
    assert message.text == "Здравствуйте"
    assert "charset-unknown: x-martian" in message.defects


@pytest.mark.parametrize("label", ["idna", "punycode", "unicode_escape", "base64", "undefined", "os", "../x"])
def test_codecs_that_are_no_charsets_are_never_obeyed(label: str) -> None:
    raw = PLAIN + f"Content-Type: text/plain; charset={label}\r\n\r\n".encode() + "\\u0041 да".encode()
    assert parse(raw).text == "\\u0041 да"


def test_no_text_holds_nul_or_a_lone_surrogate() -> None:
    raw = b"Subject: =?utf-7?q?+2AA-?= \x00\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+2AA- \x00 x"
    message = parse(raw)
    for text in (message.subject, message.text, *(value for _, value in message.headers)):
        text.encode("utf-8")
        assert "\x00" not in text


def test_an_encoded_word_cannot_make_a_second_line() -> None:
    message = parse(b"Subject: =?utf-8?q?a=0D=0ABcc:_evil@x.example?=\r\n\r\n")
    assert message.subject == "a Bcc: evil@x.example"


# --- structure -----------------------------------------------------------------------------------


def test_the_words_of_a_forwarded_mail_are_not_those_of_its_forwarder() -> None:
    message = read("forwarded_agreement_is_not_the_reply")
    assert message.text == "Посмотрите, пожалуйста."
    assert message.attachments == ()
    (inner,) = message.nested
    assert inner.text == "Согласовано"
    assert (inner.subject, inner.message_id) == ("Ответ", "<old@corp.example>")
    assert inner.from_ == (Address("Boss", "boss@corp.example"),)
    assert [file.name for file in inner.attachments] == ["act.pdf"]


def test_mails_nested_deeper_than_three_are_kept_as_files() -> None:
    raw = PLAIN + b"Content-Type: message/rfc822\r\n\r\n" * 5 + b"Subject: innermost\r\n\r\nApproved"
    message, depth = parse(raw), 0
    while message.nested:
        (message,), depth = message.nested, depth + 1
    assert depth == 3
    assert message.text == ""
    assert [file.content_type for file in message.attachments] == ["message/rfc822"]
    assert b"Subject: innermost" in message.attachments[0].content


def test_a_forwarded_mail_wrapped_in_base64_is_opened() -> None:
    inner = base64.encodebytes("Subject: inside\r\n\r\nтекст".encode())
    raw = PLAIN + b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + inner
    message = parse(raw)
    assert [each.subject for each in message.nested] == ["inside"]
    assert message.nested[0].text == "текст"


def test_text_that_apple_mail_split_around_a_file_is_joined() -> None:
    message = read("text_split_around_a_file")
    assert message.text.split("\n") == ["Смотрите договор:", "Подпишите до пятницы."]
    assert [(file.name, file.inline) for file in message.attachments] == [("dogovor.pdf", False)]


def test_text_inside_an_attached_container_is_not_the_text_of_the_mail() -> None:
    message = read("text_inside_an_attached_container")
    assert message.text == ""
    assert [file.content for file in message.attachments] == [b"Approved"]


def test_a_named_text_is_a_file_and_the_only_part_of_a_mail_is_its_text() -> None:
    named = b"Content-Type: text/plain; name=note.txt\r\n\r\nApproved"
    wrapped = PLAIN + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + named + b"\r\n--b--"
    assert (parse(wrapped).text, len(parse(wrapped).attachments)) == ("", 1)
    assert (parse(PLAIN + named).text, len(parse(PLAIN + named).attachments)) == ("Approved", 0)


def test_a_picture_shown_in_the_text_is_inline_and_an_attached_scan_is_not() -> None:
    message = read("logo_shown_in_the_text")
    shown = {file.original_name: file.inline for file in message.attachments}
    assert shown == {"image001.png": True, "scan.jpg": False, "": True}


def test_a_bounce_gives_its_report_and_the_header_it_returns() -> None:
    message = read("bounce")
    assert message.report_type == "delivery-status"
    assert "Final-Recipient: rfc822; petrov@corp.example\nAction: failed\nStatus: 5.1.1" in message.report
    assert "Message-ID: <ours-7@mail.example>" in message.report
    assert message.text == "I could not deliver."
    assert message.nested[0].text.strip() == "please approve"
    assert message.attachments == ()


def test_a_read_receipt_gives_its_report() -> None:
    message = read("read_receipt")
    assert message.report_type == "disposition-notification"
    assert "Disposition: manual-action/MDN-sent-manually; displayed" in message.report
    assert message.attachments == ()


def test_a_meeting_reply_gives_its_method() -> None:
    assert read("meeting_reply").calendar == "REPLY"


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mail", "name"),
    [
        ("file_name_in_rfc2231_segments", "Счёт на оплату № 345 от 02.11.2026.pdf"),
        ("file_name_in_encoded_word", "Договор поставки.docx"),
        ("file_name_in_raw_cp1251", "Акт сверки.xls"),
    ],
)
def test_a_russian_file_name_is_read_in_every_form(mail: str, name: str) -> None:
    (file,) = read(mail).attachments
    assert (file.name, file.original_name, file.content) == (name, name, b"ABC")


def test_names_that_attack_become_names_that_show() -> None:
    files = read("file_names_that_attack").attachments
    made = f"application-{files[0].sha256[:12]}.pdf"
    names = [file.name for file in files]
    assert names[:8] == [
        "passwd", "evil.exe", made, made, "fdp.exe", "_nul.txt", "a_b_c_.pdf", made,
    ]  # fmt: skip
    assert names[8].startswith("отчёт")
    assert names[8].endswith("ё.pdf")
    assert len(names[8]) == LENGTH
    assert names[9:] == ["x y.pdf", "invoice.pdf .exe", "htaccess"]


@given(st.text())
def test_a_safe_name_is_short_and_has_no_path_and_no_trick(original: str) -> None:
    name = safe_name(original, "application/pdf", "0" * 64)
    assert 0 < len(name) <= LENGTH
    assert name not in (".", "..")
    assert not set(name) & set('/\\:*?"<>|\x00\u202e\u2066\ufeff')
    assert name.isprintable()
    name.encode("utf-8")


def test_the_same_nameless_file_gets_the_same_name_twice() -> None:
    raw = PLAIN + b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD"
    first, second = parse(raw).attachments[0], parse(raw).attachments[0]
    assert first.name == second.name == f"application-{first.sha256[:12]}.pdf"
    assert first.original_name == ""


def test_base64_with_something_after_its_end_is_reported() -> None:
    raw = PLAIN + b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nQUI=\r\nQUJD"
    message = parse(raw)
    assert message.attachments[0].content == b"AB"
    assert "base64-ambiguous" in message.defects


def test_a_file_that_mail_parser_does_not_see_is_reported() -> None:
    raw = PLAIN + b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD"
    assert "attachments-differ" in codes(parse(raw))
    assert "attachments-differ" not in codes(read("file_name_in_rfc2231_segments"))


# --- header --------------------------------------------------------------------------------------


def test_a_second_from_is_named_and_shown() -> None:
    message = read("two_from")
    assert {"duplicate-header: From", "addresses-differ: From"} <= set(message.defects)
    assert [address.mail for address in message.from_] == ["ivan@corp.example", "evil@attack.example"]


def test_a_mail_without_from_and_date_is_still_a_mail() -> None:
    message = read("no_from_no_date")
    assert (message.from_, message.date, message.text) == ((), None, "ok\n")
    assert message.defects == ()


def test_nul_and_lone_cr_are_named() -> None:
    assert "nul" in codes(read("nul_in_header"))
    message = read("cr_line_ends")
    assert "bare-cr" in message.defects
    assert message.subject == "old mac"
    assert message.text == "line one\nline two\n"


def test_line_ends_of_one_kind_are_no_defect_and_mixed_ones_are() -> None:
    assert parse(b"Subject: x\n\nbody\n").defects == ()
    assert parse(b"Subject: x\r\n\r\nbody\r\n").defects == ()
    assert "bare-lf" in parse(b"Subject: x\r\n\r\nbody\n.\r\nmore\r\n").defects


def test_a_junk_line_does_not_cost_the_rest_of_the_header() -> None:
    message = read("junk_line_in_header")
    assert (message.subject, message.text) == ("kept", "ok\n")
    assert "header-line" in codes(message)


def test_a_space_before_the_colon_is_named_and_the_field_is_read() -> None:
    message = parse(b"From: a@b.example\r\nSubject : x\r\nContent-Type: text/html\r\n\r\n<p>ok</p>")
    assert message.defects == ("header-space: Subject",)
    assert (message.subject, message.html) == ("x", "<p>ok</p>")


def test_empty_bytes_are_an_empty_mail() -> None:
    message = parse(b"")
    assert (message.subject, message.text, message.headers, message.defects) == ("", "", (), ("empty",))


def test_ids_keep_their_brackets_and_lose_their_folds() -> None:
    raw = b"Message-ID: <a@\r\n b>\r\nIn-Reply-To: c@d\r\nReferences: <x@y>\r\n\t<z@y> <x@y>\r\n\r\n"
    message = parse(raw)
    assert message.message_id == "<a@b>"
    assert message.in_reply_to == ("<c@d>",)
    assert message.references == ("<x@y>", "<z@y>")


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("Mon, 2 Nov 2026 10:15:00 +0300", datetime(2026, 11, 2, 10, 15, tzinfo=timezone(timedelta(hours=3)))),
        ("2 Nov 2026 10:15:00", datetime(2026, 11, 2, 10, 15, tzinfo=UTC)),
        ("Mon, 2 Nov 2026 10:15:00 -0000", datetime(2026, 11, 2, 10, 15, tzinfo=UTC)),
        ("yesterday", None),
        ("Mon, 99 Nov 2026 10:15:00 +9999", None),
    ],
)
def test_a_date_is_aware_or_none(written: str, read_as: datetime | None) -> None:
    assert parse(f"Date: {written}\r\n\r\n".encode()).date == read_as


def test_the_addresses_a_mail_was_delivered_to_are_collected_once() -> None:
    raw = b"Delivered-To: a@B.example\r\nX-Original-To: c@b.example\r\nEnvelope-To: a@b.example\r\n\r\n"
    assert parse(raw).delivered_to == ("a@b.example", "c@b.example")


@pytest.mark.parametrize(
    ("value", "mailboxes", "issues"),
    [
        (b"Ivan <ivan@Corp.example>", [("Ivan", "ivan@corp.example")], set()),
        (b'"Smirnov, Ivan" <i@c.example>, a@b.example', [("Smirnov, Ivan", "i@c.example"), ("", "a@b.example")], set()),
        (b"ivan@corp.example (Ivan)", [("Ivan", "ivan@corp.example")], set()),
        ("Иван <i@c.example>".encode(), [("Иван", "i@c.example")], set()),
        (b"=?utf-8?q?a=40b=2Ec=2C?= <i@c.example>", [("a@b.c,", "i@c.example")], set()),
        (b"boss@c.example <evil@a.example>", [("boss@c.example", "evil@a.example")], {"address-in-name"}),
        (b"<a@b.example> <c@d.example>", [("", "a@b.example"), ("", "c@d.example")], {"ambiguous-angle"}),
        (b"Team: a@b.example, c@d.example;", [("", "a@b.example"), ("", "c@d.example")], {"group"}),
        (b"undisclosed-recipients:;", [], {"group"}),
        (b"<@relay.example:a@b.example>", [("", "a@b.example")], {"route"}),
        (b"Ivan <ivan@corp.example", [("Ivan", "ivan@corp.example")], {"unclosed-angle"}),
        (b"a@b.example; c@d.example", [("", "a@b.example"), ("", "c@d.example")], {"semicolon"}),
        (b"a@b.example, ", [("", "a@b.example")], {"empty-item"}),
        (b"", [], set()),
    ],
)
def test_addresses_are_read_and_their_oddities_named(
    value: bytes, mailboxes: list[tuple[str, str]], issues: set[str]
) -> None:
    found = read_addresses(value)
    assert [(box.name, box.mail) for box in found.mailboxes] == mailboxes
    assert set(found.issues) == issues


# --- identity ------------------------------------------------------------------------------------


def test_one_mail_delivered_twice_has_one_key() -> None:
    first, second = read("delivered_the_first_time"), read("delivered_the_second_time")
    assert first.key == second.key
    assert first.sha256 != second.sha256


def test_another_mail_with_the_same_message_id_has_another_key() -> None:
    first, other = read("delivered_the_first_time"), read("other_content_under_the_same_id")
    assert first.message_id == other.message_id
    assert first.key != other.key


@pytest.mark.parametrize("name", ["From", "Subject", "To", "Reply-To", "Content-Type", "In-Reply-To"])
def test_every_header_that_makes_the_mail_changes_its_key(name: str) -> None:
    raw = (MAILS / "delivered_the_first_time.eml").read_bytes()
    assert parse(f"{name}: z@z.example\n".encode() + raw).key != parse(raw).key


# --- bombs ---------------------------------------------------------------------------------------


def nested(depth: int, tail: bytes = b"x\r\n") -> bytes:
    levels = (
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number) for number in range(depth)
    )
    return PLAIN + b"".join(levels) + b"\r\n" + tail


MULTIPART = PLAIN + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
BOMBS = {
    "10,000 nested parts": (nested(10_000), "depth-limit"),
    "many lines under many levels": (nested(45, b"a\r\n" * 500_000), "depth-limit"),
    "10,000 nested mails": (PLAIN + b"Content-Type: message/rfc822\r\n\r\n" * 10_000, "depth-limit"),
    "100,000 parts": (MULTIPART + b"--b\r\n\r\nx\r\n" * 100_000, "part-limit"),
    "40,000 encoded words": (b"Subject: " + b"=?utf-8?q?a?= " * 40_000 + b"\r\n\r\n", "header-limit"),
    "20,000 fields": (b"X-A: y\r\n" * 20_000 + b"\r\nbody", "header-limit"),
    "one field of 1 MB": (b"To: " + b"a@b.example, " * 80_000 + b"\r\n\r\n", "header-limit"),
    "a header without end": (b"X: " + b"a" * 5_000_000, "header-limit"),
    "a million line ends": (PLAIN + b"\r\n" + b"\r\n" * 1_100_000, "line-limit"),
    "parameters without end": (MULTIPART[:-4] + b';a="b' * 10_000 + b"\r\n\r\nx", "part-header-limit"),
    "a part with 5,000 fields": (MULTIPART + b"--b\r\n" + b"X: y\r\n" * 5_000 + b"\r\n", "part-header-limit"),
    "attached containers": (
        nested(40, b"a" * 3_000_000).replace(b"\r\n\r\n--", b"\r\nContent-Disposition: attachment\r\n\r\n--"),
        "mail-parser",
    ),
    "5 MB of bad bytes": (
        PLAIN + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + b"\xff" * 5_000_000,
        "text-limit",
    ),
    "5 MB of letters": (PLAIN + b"\r\n" + b"approved " * 600_000, "text-limit"),
    "a million tags": (PLAIN + b"Content-Type: text/html\r\n\r\n" + b"<" * 1_000_000, "text-limit"),
    "nested comments": (b"From: " + b"(" * 20_000 + b")" * 20_000 + b"a@b.example\r\n\r\n", ""),
    "quotes": (b"From: " + b'"a" ' * 15_000 + b"<a@b.example>\r\n\r\n", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_named_and_read_in_bounded_time(name: str) -> None:
    raw, defect = BOMBS[name]
    start = time.process_time()
    message = parse(raw)
    assert time.process_time() - start < SECONDS
    assert not defect or defect in codes(message)


LARGE = {
    "a file in base64": (b"application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64", b"QUJD" * 19 + b"\r\n"),
    "a file on one line": (b"application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64", b"QUJD" * 19),
    "a file of raw bytes": (b"text/plain; name=a.txt", "Просим оплатить счёт до пятницы\r\n".encode("cp1251")),
    "a text": (b"text/plain; charset=koi8-r", "Просим оплатить счёт до пятницы\r\n".encode("koi8-r")),
    "HTML": (b"text/html; charset=koi8-r", "<p>Просим оплатить счёт</p>\r\n".encode("koi8-r")),
    "bad bytes": (b"text/plain", b"\xff" * 77),
}
GROWTH = """
import sys
from mailflow.core.message import parse
raw = open(sys.argv[1], "rb").read()
def kept(name):
    return next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith(name))
open("/proc/self/clear_refs", "w").write("5")
before = kept("VmRSS")
parse(raw)
print(kept("VmHWM") - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel for the peak")
@pytest.mark.parametrize("name", LARGE)
def test_a_mail_of_30_mb_grows_by_less_than_256_mb(name: str, tmp_path: Path) -> None:
    kind, line = LARGE[name]
    raw = MULTIPART + b"--b\r\nContent-Type: " + kind + b"\r\n\r\n" + line * (30_000_000 // len(line)) + b"\r\n--b--"
    (tmp_path / "mail.eml").write_bytes(raw)
    asked = [sys.executable, "-c", GROWTH, str(tmp_path / "mail.eml")]
    said = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=60)
    assert int(said.stdout) < 256


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_mail_read_piece_by_piece_is_the_mail_read_at_once(end: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = (MAILS / "text_split_around_a_file.eml").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", end) + end * 3
    whole = parse(raw)
    for size in (1, 2, 3, 7, 64):
        monkeypatch.setattr("mailflow.core.mime._PIECE", size)
        assert parse(raw) == whole


def test_20000_nested_comments_take_a_tenth_of_a_second() -> None:
    value = b"(" * 20_000 + b")" * 20_000 + b" a@b.example"
    start = time.process_time()
    found = read_addresses(value)
    assert time.process_time() - start < 0.1
    assert [box.mail for box in found.mailboxes] == ["a@b.example"]


def test_blanks_without_end_are_cut_short_and_words_are_not() -> None:
    desert = " \t\u00a0" * 20_000
    raw = PLAIN + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + f"a{desert}b\n{'c ' * 3000}".encode()
    text = parse(raw).text
    assert (len(text), text[0], text[201]) == (1 + 200 + 2 + 6000, "a", "b")
    short = PLAIN + b"\r\na" + b" " * 500 + b"b"
    assert parse(short).text == "a" + " " * 500 + "b"


def test_a_subject_without_end_is_cut_and_its_header_is_not() -> None:
    message = parse(b"Subject: " + b"long " * 10_000 + b"\r\n\r\n")
    assert (len(message.subject), len(message.header("Subject"))) == (2_000, 49_999)


def test_what_came_before_a_limit_is_kept() -> None:
    raw = MULTIPART + b"--b\r\n\r\nfirst words\r\n" + b"--b\r\n\r\nx\r\n" * 2_000
    message = parse(raw)
    assert message.text.startswith("first words")
    assert message.subject == "x"


# --- laws ----------------------------------------------------------------------------------------


@given(st.binary(max_size=2_000))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_message(raw: bytes) -> None:
    assert isinstance(parse(raw), Message)


@given(st.sampled_from(FIXTURES), st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_a_damaged_mail_is_still_a_message(path: Path, seed: int) -> None:
    dice = random.Random(seed)
    raw = bytearray(path.read_bytes())
    for _ in range(dice.randint(1, 12)):
        place = dice.randint(0, len(raw))
        raw[place : place + dice.randint(0, 5)] = dice.choice([b"", b"\x00", b"\r", b"\n", b'"', b"=?", b"\xff", b"--"])
    message = parse(bytes(raw))
    assert isinstance(message, Message)
    for text in (message.subject, message.text, message.html, message.report, *message.defects):
        text.encode("utf-8")
    assert len(message.key) == len(message.sha256) == 64


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40))
def test_a_subject_survives_its_encoding(subject: str) -> None:
    word = base64.b64encode(subject.encode()).decode()
    assert parse(f"Subject: =?utf-8?b?{word}?=\r\n\r\n".encode()).header("subject") == subject.strip()


@pytest.mark.parametrize("kind", [b"text/plain", b"te=?xt/plain", b"application/pdf"])
def test_a_nul_in_the_name_of_a_charset_raises_nothing(kind: bytes) -> None:
    head = b"From: a@b.example\nMIME-Version: 1.0\nContent-Type: " + kind + b"; charset=utf-8\x00x\n\n"
    message = parse(head + "Согласовано".encode("koi8-r"))
    assert message.text or message.attachments


@pytest.mark.parametrize("name", ["To", "Content-Type", "Content-Disposition", "X-Trace"])
def test_a_long_header_of_any_letters_in_an_attached_mail_is_no_burden(name: str) -> None:
    long = b"a/b; c=\xf4\x90\x80\x80" * 12_000
    raw = (
        b"From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
        b"--x\nContent-Type: message/rfc822\nContent-Disposition: attachment\n\n"
        b"From: c@d.example\n" + name.encode() + b": " + long + b"\n\ntext\n--x--\n"
    )
    began = time.process_time()
    parse(raw)
    assert time.process_time() - began < 2
