"""Mails whose content stands inside another format: winmail.dat and opaque S/MIME are read, bombs in them are not."""

from __future__ import annotations

import base64
import contextlib
import struct
import time
from pathlib import Path

import pytest
import tnefparse
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.automatic import automatic
from mailflow.core.kinds import Kind
from mailflow.core.message import Message, parse
from mailflow.core.smime import Damaged, signed_content
from mailflow.core.tnef import unpack
from tests.winmail import BINARY, attribute, prop, props, winmail

MAILS = Path(__file__).parent / "mails" / "message"
FILES = [("Счёт № 345 от 02.11.2026.pdf", b"%PDF-1.4 one"), ("Акт.pdf", b"%PDF-1.4 two!")]
HEAD = b"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: "


def read(name: str) -> Message:
    return parse((MAILS / f"{name}.eml").read_bytes())


def mailed(packed: bytes, text: bytes = b"") -> Message:
    part = b"application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(
        packed
    )
    if not text:
        return parse(HEAD + part)
    body = b"multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + text + b"\r\n--b\r\nContent-Type: " + part + b"\r\n--b--"
    return parse(HEAD + body)


# --- winmail.dat


def test_files_packed_by_outlook_are_the_mails_files() -> None:
    message = read("winmail_with_two_files")
    assert [(file.name, file.content) for file in message.attachments] == FILES
    assert message.text.strip() == "Прошу оплатить."
    assert message.defects == ()


def test_another_reader_finds_the_same_in_a_winmail() -> None:
    other = tnefparse.TNEF(winmail(FILES), do_checksum=True)
    assert [(each.long_filename(), each.data) for each in other.attachments] == FILES
    mine = unpack(winmail(FILES))
    assert mine is not None
    assert [(file.name, file.content) for file in mine.files] == FILES


def test_the_packed_text_is_read_where_there_is_no_other() -> None:
    assert mailed(winmail([], "Согласовано\r\n")).text == "Согласовано\n"
    assert mailed(winmail([], "Отклонено"), "Согласовано".encode()).text == "Согласовано"


def test_a_damaged_winmail_stays_a_file_beside_what_could_be_read() -> None:
    message = read("winmail_cut_off")
    assert [file.name for file in message.attachments] == ["winmail.dat", FILES[0][0]]
    assert "winmail.dat: damaged" in message.defects


def test_a_file_that_only_bears_the_name_stays_what_it_is() -> None:
    (file,) = mailed(b"PK not a winmail").attachments
    assert (file.name, file.content) == ("winmail.dat", b"PK not a winmail")


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        ("REPORT.IPM.Note.IPNRN", Kind.READ_RECEIPT),
        ("IPM.Schedule.Meeting.Resp.Pos", Kind.CALENDAR),
        ("IPM.Microsoft Schedule.MtgRespN", Kind.CALENDAR),
        ("IPM.Note", None),
    ],
)
def test_outlooks_own_word_for_a_receipt_or_a_meeting_is_obeyed(kind: str, known: Kind | None) -> None:
    found = automatic(mailed(winmail([], "Согласовано", kind), "Согласовано".encode()))
    assert (found.kind if found else None) is known


BOMBS = {
    "a million attributes": struct.pack("<IH", 0x223E9F78, 7) + attribute(1, 0x8004, b"") * 1_000_000,
    "a hundred thousand files": struct.pack("<IH", 0x223E9F78, 7) + attribute(2, 0x9002, b"") * 100_000,
    "four billion properties": winmail([]) + attribute(1, 0x9003, struct.pack("<I", 0xFFFFFFFF) + prop(1, 3, bytes(4))),
    "four billion values": winmail([]) + attribute(1, 0x9003, props(struct.pack("<HHI", 0x1002, 1, 0xFFFFFFFF))),
    "four billion texts": winmail([]) + attribute(1, 0x9003, props(struct.pack("<HHI", BINARY, 1, 0xFFFFFFFF))),
    "a million empty texts": winmail([])
    + attribute(1, 0x9003, props(struct.pack("<HHI", BINARY, 1, 1_000_000) + bytes(4_000_000))),
    "empty properties": winmail([]) + attribute(1, 0x9003, bytes(4_000_000)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_in_a_winmail_is_over_in_time(name: str) -> None:
    began = time.process_time()
    assert unpack(BOMBS[name]) is not None
    assert time.process_time() - began < 2


@given(st.binary(max_size=300), st.integers(0, 900))
@settings(max_examples=200, deadline=None)
def test_any_bytes_in_a_winmail_are_read_or_left(junk: bytes, at: int) -> None:
    whole = winmail(FILES, "text")
    unpack(whole[:at] + junk + whole[at + len(junk) :])
    unpack(whole[:6] + junk)


# --- S/MIME


@pytest.mark.parametrize("name", ["signed_opaquely", "signed_opaquely_in_pieces"])
def test_an_opaquely_signed_mail_is_read_and_its_signature_not_believed(name: str) -> None:
    message = read(name)
    assert message.text.strip() == "Согласовано"
    assert [file.name for file in message.attachments] == ["Договор.pdf"]
    assert message.defects == ("smime: signature not checked",)


def test_an_encrypted_mail_stays_a_file_and_says_so() -> None:
    message = read("encrypted")
    assert (message.text, [file.name for file in message.attachments]) == ("", ["smime.p7m"])
    assert "smime: encrypted" in message.defects


def test_a_damaged_signature_leaves_the_file() -> None:
    message = parse(HEAD + b"application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n\r\n0\x80 no such thing")
    assert [file.name for file in message.attachments] == ["smime.p7m"]
    assert any(defect.startswith("smime: ") for defect in message.defects)


@given(st.binary(max_size=40), st.integers(0, 800), st.sampled_from(["signed_opaquely", "signed_opaquely_in_pieces"]))
@settings(max_examples=200, deadline=None)
def test_any_bytes_in_a_signature_are_read_or_refused(junk: bytes, at: int, name: str) -> None:
    whole = base64.b64decode((MAILS / f"{name}.eml").read_bytes().partition(b"\n\n")[2])
    with contextlib.suppress(Damaged):
        assert isinstance(signed_content(whole[:at] + junk + whole[at + len(junk) :]), bytes)


@pytest.mark.parametrize(
    "bomb", [b"\x30\x80" * 1_000_000, b"\x30\x84\xff\xff\xff\xff", b"\x30\x80" * 12 + b"\x05\x00" * 500_000]
)
def test_a_bomb_in_a_signature_is_over_in_time(bomb: bytes) -> None:
    began = time.process_time()
    with pytest.raises(Damaged):
        signed_content(bomb)
    assert time.process_time() - began < 2


def test_a_signature_inside_signatures_is_opened_a_few_times_only() -> None:
    def layer(inner: bytes) -> bytes:
        def tlv(tag: int, value: bytes) -> bytes:
            size = len(value)
            head = bytes([size]) if size < 128 else b"\x84" + struct.pack(">I", size)
            return bytes([tag]) + head + value

        oid = b"\x06\x09*\x86H\x86\xf7\r\x01\x07"
        content = tlv(0x30, oid + b"\x01" + tlv(0xA0, tlv(0x04, inner)))
        signed = tlv(0x30, b"\x02\x01\x01" + tlv(0x31, b"") + content + tlv(0x31, b""))
        return tlv(0x30, oid + b"\x02" + tlv(0xA0, signed))

    kind = b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    mail = b"Content-Type: text/plain\r\n\r\nApproved"
    for depth in range(1, 6):
        mail = kind + base64.encodebytes(layer(mail))
        message = parse(b"From: a@b.example\r\n" + mail)
        assert (message.text == "Approved") is (depth <= 3)
