"""Tokens say what they are about to us alone."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.tokens import TEXT_LENGTH, KeyRing, letter_code, mint, read_token

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
