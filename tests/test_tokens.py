"""Tokens say what they are about to us alone."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.tokens import TEXT_LENGTH, TOKEN_TEXT, KeyRing, letter_code, mint, read_token

OLD, NEW = b"o" * 32, b"n" * 32
RING = KeyRing({1: OLD, 2: NEW}, 2)
ID = bytes(range(16))


def test_a_token_is_read_back_as_the_hash_of_its_random_part() -> None:
    minted = mint(RING, "reply", ID)
    assert len(minted.text) == TEXT_LENGTH
    assert minted.text == minted.text.lower()
    assert read_token(minted.text, "reply", RING) == minted.stored == hashlib.sha256(ID).hexdigest()


def test_a_token_of_one_purpose_is_nothing_for_another() -> None:
    assert read_token(mint(RING, "reply", ID).text, "decide", RING) is None


def test_an_older_key_is_accepted_while_it_is_listed_and_not_after() -> None:
    text = mint(KeyRing({1: OLD}, 1), "decide", ID).text
    assert read_token(text, "decide", RING) is not None
    assert read_token(text, "decide", KeyRing({2: NEW}, 2)) is None


def test_a_mail_system_that_changes_case_does_not_break_a_token() -> None:
    assert read_token(mint(RING, "reply", ID).text.upper().lower(), "reply", RING) is not None


@given(st.binary(min_size=16, max_size=16), st.integers(0, TEXT_LENGTH - 1), st.sampled_from("abcdefghijklmnop234567"))
def test_a_changed_token_is_junk(random_id: bytes, at: int, letter: str) -> None:
    text = mint(RING, "decide", random_id).text
    changed = text[:at] + letter + text[at + 1 :]
    read = read_token(changed, "decide", RING)
    # The last character carries padding bits alone in part: the same token, or junk.
    assert read is None or read == hashlib.sha256(random_id).hexdigest()


@given(st.text(max_size=60))
def test_junk_is_refused_without_an_error(text: str) -> None:
    assert read_token(text, "decide", RING) is None


def test_the_letters_code_needs_the_key() -> None:
    text = mint(RING, "decide", ID).text
    assert letter_code(text, RING).isdecimal()
    assert len(letter_code(text, RING)) == 6
    assert letter_code(text, RING) != letter_code(text, KeyRing({2: b"x" * 32}, 2))


def test_a_short_random_part_is_refused() -> None:
    with pytest.raises(ValueError, match="16 random bytes"):
        mint(RING, "decide", b"short")


SIGNED_BEFORE = "akdnce3qkbdzzzsy5eaacaqdaqcqmbyibefawdanbyhq"
"""A link as an earlier release made it of `NEW` and `ID`, with the digits it printed beside it."""
ITS_DIGITS = "056507"


def test_a_link_and_its_digits_outlive_a_new_release() -> None:
    assert mint(RING, "decide", ID).text == SIGNED_BEFORE
    assert read_token(SIGNED_BEFORE, "decide", RING) == hashlib.sha256(ID).hexdigest()
    assert letter_code(SIGNED_BEFORE, RING) == ITS_DIGITS


def test_all_six_digits_come_from_the_whole_link() -> None:
    links = [mint(RING, "decide", bytes([n]) * 16).text for n in range(200)]
    codes = [letter_code(link, RING) for link in links]
    assert len(set(codes)) >= 198
    for place in range(6):
        assert {code[place] for code in codes} == set("0123456789")


@pytest.mark.parametrize("around", ["/d/{}?choice=approve", "{}", "%2Fd%2F{}%3Fchoice", "«{}»", "x+t.{}@neon.example"])
def test_a_link_is_found_in_whatever_it_stands(around: str) -> None:
    for text in (SIGNED_BEFORE, SIGNED_BEFORE.upper()):
        assert [found[0] for found in TOKEN_TEXT.finditer(around.format(text))] == [text]
        assert not TOKEN_TEXT.search(around.format(text[1:]))
        assert not TOKEN_TEXT.search(around.format(text + "a"))
