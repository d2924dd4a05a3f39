"""The page each kind of reader is given fits a sheet of paper printed on both sides."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from weasyprint import HTML

from mailflow.core.rule_set import read_rule_set

DOCS = Path(__file__).resolve().parent.parent / "docs"
READERS = ("staff", "approver", "secretary", "operator", "author")
STYLE = """@page { size: A4; margin: 18mm } body { font: 10pt/1.35 "PT Sans", sans-serif }
h1 { font-size: 16pt } h2 { font-size: 12pt; margin: 8pt 0 4pt } p, ul, ol { margin: 4pt 0 }
table { border-collapse: collapse } td, th { border: 0.3pt solid; padding: 2pt 4pt; vertical-align: top }
pre { background: #eee; padding: 4pt; font-size: 8.5pt; white-space: pre-wrap }"""


def printed(text: str) -> str:
    """Set a page of ours: headings, paragraphs, lists, tables and examples, all that these pages use."""
    blocks = re.split(r"\n{2,}", re.sub(r"```\w*\n(.*?)```", _example, text, flags=re.DOTALL))
    return f"<style>{STYLE}</style>" + "".join(map(_block, blocks))


def _example(found: re.Match[str]) -> str:
    return "\n\n<pre>" + html.escape(found[1]).replace("\n\n", "\n \n") + "</pre>\n\n"


def _block(block: str) -> str:
    lines = block.strip("\n").split("\n")
    if block.startswith("<pre>"):
        return block
    if heading := re.match(r"(#+) (.*)", block):
        level = len(heading[1])
        return f"<h{level}>{_words(heading[2])}</h{level}>" + (_block("\n".join(lines[1:])) if lines[1:] else "")
    if lines[0].startswith("|"):
        rows = [line.strip("|").split("|") for line in lines if not re.fullmatch(r"[|: -]+", line)]
        shown = ("<tr>" + "".join(f"<td>{_words(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        return f"<table>{''.join(shown)}</table>"
    if re.match(r"(- |\d+\. )", lines[0]):
        items = re.split(r"\n(?=- |\d+\. )", block)
        return "<ul>" + "".join(f"<li>{_words(re.sub(r'^(- |[0-9]+[.] )', '', item))}</li>" for item in items) + "</ul>"
    return f"<p>{_words(' '.join(lines))}</p>"


def _words(text: str) -> str:
    plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", html.escape(text, quote=False))
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", re.sub(r"\*\*([^*]*)\*\*", r"<b>\1</b>", plain))


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("reader", READERS)
def test_the_page_of_every_reader_fits_one_sheet(reader: str, language: str) -> None:
    text = (DOCS / f"{reader}.{language}.md").read_text(encoding="utf-8")
    pages = HTML(string=printed(text)).render().pages
    assert len(pages) <= 2, f"{reader}.{language}.md is {len(pages)} pages long"
    assert sum(len(word) for word in text.split()) > 600, "a page that says something"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_smallest_process_of_the_author_s_page_is_one(language: str) -> None:
    text = (DOCS / f"author.{language}.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert example is not None
    [process] = read_rule_set({"rules/leave.yaml": example[1]}, None, {})
    assert process.name == "leave"
