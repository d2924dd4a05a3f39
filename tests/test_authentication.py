"""One Received line and one Authentication-Results, read by themselves: what stands there, and what is not believed."""

from __future__ import annotations

import pytest

from mailflow.core.authentication import Clause, Results, hop, read_results

ID = "mx.neon.example"
PASS = Results((Clause("dkim", "pass", (("header.d", "corp.example"),)),), readable=True)
NOT_READABLE = Results((), readable=False)


def test_a_property_that_stands_twice_or_not_at_all_says_nothing() -> None:
    clause = Clause("dkim", "pass", (("header.d", "a.example"), ("header.d", "b.example"), ("header.s", "s")))
    assert (clause.property("header.d"), clause.property("header.i"), clause.property("header.s")) == ("", "", "s")


@pytest.mark.parametrize(
    "value",
    [
        b"mx.neon.example; dkim=pass header.d=corp.example",
        b"\tmx.neon.example;\tdkim=pass\theader.d=corp.example",
        b"mx.neon.example 1; dkim=pass (good; =) header.d=corp.example",
        b"mx.neon.example; none; dkim=pass header.d=corp.example",
    ],
)
def test_blanks_of_either_kind_comments_and_none_change_nothing(value: bytes) -> None:
    assert read_results(value, ID) == PASS


@pytest.mark.parametrize("value", [b"mx.neon.example; none", b"mx.neon.example;", b"mx.neon.example; none;"])
def test_a_server_that_checked_nothing_says_so_readably(value: bytes) -> None:
    assert read_results(value, ID) == Results((), readable=True)


@pytest.mark.parametrize("odd", [b"\x07", b"\xd0\xbe", b"\x7f", b"\x00"])
def test_what_is_not_printable_ascii_is_not_readable(odd: bytes) -> None:
    assert read_results(b"mx.neon.example; dkim=pass header.d=corp.example" + odd, ID) == NOT_READABLE


def test_without_a_name_a_field_that_begins_with_one_is_anothers() -> None:
    assert read_results(b"dkim=pass header.d=corp.example", "", nameless=True) == PASS
    assert read_results(b" dkim=pass header.d=corp.example", "", nameless=True) == PASS
    assert read_results(b"mx.neon.example; dkim=pass header.d=corp.example", "", nameless=True) is None
    assert read_results(b"dkim=pass header.d=corp.example", "") is None


@pytest.mark.parametrize(
    ("line", "has_from", "by"),
    [
        (b"from a.example by mx.neon.example", True, ("mx.neon.example",)),
        (b"  FROM a.example\tby MX.neon.example", True, ("mx.neon.example",)),
        (b"by mx.neon.example with LMTP", False, ("mx.neon.example",)),
        (b"fromage a.example by b.example by c.example", False, ("b.example", "c.example")),
        (b"(from x.example) by mx.neon.example", False, ("mx.neon.example",)),
    ],
)
def test_a_received_line_says_whence_and_by_whom(line: bytes, has_from: bool, by: tuple[str, ...]) -> None:
    read = hop(line)
    assert read is not None
    assert (read.has_from, read.by) == (has_from, by)


@pytest.mark.parametrize("line", [b"from a.example (no end by b.example", b"from a.example) by b.example"])
def test_a_received_line_whose_comment_does_not_end_is_none(line: bytes) -> None:
    assert hop(line) is None
