"""The letters mailflow sends: every kind in both languages, the words and the bytes."""

from __future__ import annotations

import email
import html
import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser
from pathlib import Path

import mailparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.answers import Answer, Expecting
from mailflow.core.answers import read as read_answer
from mailflow.core.views import Choice, FileLine, Finding, Language, LetterView, Line, Said
from mailflow.edges import letter_samples
from mailflow.edges.frames import filled
from mailflow.edges.letter_samples_outside import OUTSIDE
from mailflow.edges.letters import KINDS, LANGUAGES, Enclosure, Envelope, LetterError, Letters, Rendered, build, frame
from mailflow.errors import SettingsError

SHIPPED = Path(__file__).parents[1] / "templates" / "mail"
LETTERS = Letters([SHIPPED])
EVERY = [(kind, language) for kind in KINDS for language in LANGUAGES]
SAMPLES = [view for kind, language in EVERY for view in letter_samples.views(kind, language)]
LIFELIKE = [letter_samples.views(kind, language)[0] for kind, language in EVERY]
LANGUAGE = st.sampled_from(LANGUAGES)

KEYWORDS = [
    *("согласовано", "согласован", "согласована", "согласен", "согласна", "согласую", "согласовать", "утверждаю"),
    *("утверждено", "одобряю", "одобрено", "ок", "окей", "да", "добро", "отклонить", "отклонено", "отклоняю", "отказ"),
    *(
        "доработку",
        "готово",
        "сделано",
        "оплачено",
        "отзываю",
        "отозвать",
        "ознакомлен",
        "ознакомлена",
        "нет",
        "против",
    ),
    *("approve", "approved", "ok", "okay", "yes", "agreed", "reject", "rejected", "rework", "done", "paid", "withdraw"),
    *("acknowledged", "no", "нет", "против"),
]
PHRASES = ["на доработку", "не возражаю", "без замечаний", "задать вопрос", "ask a question", "ask for changes"]
DECIDING = frozenset(KEYWORDS) | frozenset(PHRASES)


class Flat(HTMLParser):
    """HTML as the lines of text a mail program would quote."""

    BREAKS = frozenset(["table", "tr", "td", "p", "br", "div", "h1", "h2", "li", "title"])

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag in self.BREAKS:
            self.text += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag in self.BREAKS:
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data


def flat(page: str) -> Flat:
    made = Flat()
    made.feed(page)
    made.close()
    return made


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def bare_keywords(text: str) -> list[str]:
    lines = (" ".join(re.findall(r"[^\W\d_]+", line.lower())) for line in text.splitlines())
    return [line for line in lines if line in DECIDING]


def view_of(kind: str, language: Language = "ru") -> LetterView:
    return letter_samples.views(kind, language)[0]


def facts(view: LetterView) -> list[str]:
    found = [view.number, view.title, *view.route, *view.questions]
    found += [part for line in view.card for part in (line.label, line.value)]
    found += [part for file in view.files for part in (file.name, file.size, file.sha)]
    found += [part for one in view.said for part in (one.who, one.what, one.when, one.comment)]
    found += [part for one in view.waiting for part in (one.who, one.stage, one.since, one.due)]
    found += [finding.text for finding in view.findings] + [cell for row in view.rows for cell in row]
    return [fact for fact in found if fact]


# What every letter holds


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_kind_has_a_subject_a_text_and_a_page_in_both_languages(kind: str, language: Language) -> None:
    for view in letter_samples.views(kind, language):
        letter = LETTERS.render(view)
        assert letter.subject
        assert "\n" not in letter.subject
        assert letter.language == language
        assert f'<html lang="{language}">' in letter.html
        assert "\n\n\n" not in letter.text
        assert not re.search(r"\.\.$|\bNone\b|\{\{|\{%", letter.text, re.MULTILINE)


@pytest.mark.parametrize("view", LIFELIKE, ids=lambda view: f"{view.kind}-{view.language}")
def test_text_and_page_say_the_same(view: LetterView) -> None:
    letter = LETTERS.render(view)
    page = flat(letter.html)
    shown = squeezed(page.text)
    for line in letter.text.splitlines():
        said, _, link = line.partition(": http")
        assert squeezed(said) in shown, said
        assert not link or "http" + link in page.links
    for fact in facts(view):
        assert fact in letter.text
        assert squeezed(fact) in shown


@pytest.mark.parametrize("view", SAMPLES, ids=lambda view: f"{view.kind}-{view.language}")
def test_no_line_of_a_letter_is_a_decision_by_itself(view: LetterView) -> None:
    letter = LETTERS.render(view)
    assert bare_keywords(letter.text) == []
    assert bare_keywords(flat(letter.html).text) == []


@pytest.mark.parametrize("expecting", [Expecting.APPROVAL, Expecting.ACKNOWLEDGEMENT])
def test_no_line_of_a_letter_reads_as_a_yes(expecting: Expecting) -> None:
    lines = {line for view in LIFELIKE for line in LETTERS.render(view).text.splitlines()}
    lines |= {line for view in LIFELIKE for line in flat(LETTERS.render(view).html).text.splitlines()}
    yes = {Answer.APPROVE, Answer.ACKNOWLEDGE}
    assert [line for line in lines if read_answer(line, expecting, date(2026, 11, 12)).answer in yes] == []


def test_the_guard_against_bare_keywords_sees_one() -> None:
    assert bare_keywords("Здравствуйте!\n> «Согласовано».\nok") == ["согласовано", "ok"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_five_lines_say_who_what_how_much_by_when_and_who_agreed(language: Language) -> None:
    view = view_of("ask", language)
    top = "\n".join(LETTERS.render(view).text.splitlines()[:5])
    for fact in (view.initiator, view.title, view.number, view.due, view.said[0].who, view.said[0].what):
        assert fact in top


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_the_number_stands_first_in_the_subject(kind: str, language: Language) -> None:
    view = view_of(kind, language)
    if view.number:
        assert LETTERS.render(view).subject.startswith(f"[{view.number}] ")


def test_all_letters_about_one_assignment_have_one_subject() -> None:
    kinds = ("ask", "reminder", "answered", "blocking", "reason", "unclear")
    assert {LETTERS.render(view_of(kind)).subject for kind in kinds} == {
        "[СЧ-2026-0157] Счёт № 57, ООО «Ромашка», 120 000,50 ₽ — нужно решение до 13.11.2026"
    }


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [("approve", "нужно решение"), ("acknowledge", "ознакомиться"), ("paid", "оплатить"), ("done", "выполнить")],
)
def test_the_subject_says_what_is_asked(answer: str, wanted: str) -> None:
    view = replace(view_of("ask"), choices=(Choice(answer, "Ответить", "https://docs.neon.example/d/1"),))
    letter = LETTERS.render(view)
    assert wanted in letter.subject
    assert wanted.split()[-1][:5] in letter.text.lower()


def test_the_reply_sentence_comes_before_the_links_and_these_before_the_ready_mails() -> None:
    page = LETTERS.render(view_of("ask")).html
    assert 0 < page.index("«Согласовано», «На доработку: причина» или") < page.index('href="https:')
    assert page.rindex('href="https:') < page.index('href="mailto:')


def test_one_thing_to_say_needs_no_or() -> None:
    view = replace(view_of("unclear"), say=("Ознакомлен",), choices=())
    assert "ответ на это письмо «Ознакомлен» — и" in LETTERS.render(view).text


def test_what_may_be_said_is_quoted_once() -> None:
    view = replace(view_of("unclear"), say=("«Согласовано»", '"Ок"'))
    text = LETTERS.render(view).text
    assert "«Согласовано» или «Ок»" in text
    assert "««" not in text


def test_without_a_page_the_ready_mails_are_the_buttons() -> None:
    view = view_of("ask")
    letter = LETTERS.render(replace(view, choices=tuple(replace(one, link="") for one in view.choices)))
    assert "https:" not in letter.text + letter.html
    assert letter.html.count('href="mailto:') == len(view.choices)
    assert letter.html.count("bgcolor=") == len(view.choices)


def test_a_reminder_in_time_does_not_speak_of_lateness() -> None:
    view = view_of("reminder")
    assert "Срок (13.11.2026) прошёл" in LETTERS.render(view).text
    assert "прошёл" not in LETTERS.render(replace(view, words={"late": ""})).text


def test_a_word_the_engine_leaves_out_is_simply_not_said() -> None:
    view = replace(view_of("returned"), words={"who": "Смирнова О.Н."})
    text = LETTERS.render(view).text
    assert "Смирнова О.Н. возвращает заявку" in text
    assert "Причина" not in text


def test_the_page_about_letters_names_every_kind_and_its_words() -> None:
    page = (SHIPPED.parents[1] / "docs" / "letters.md").read_text(encoding="utf-8")
    for kind, words in KINDS.items():
        row = next((line for line in page.splitlines() if f"`{kind}`" in line.partition(" | ")[0]), "")
        assert row, kind
        assert all(f"`{word}`" in row for word in words), kind


# Programs that show letters


@pytest.mark.parametrize("view", SAMPLES, ids=lambda view: f"{view.kind}-{view.language}")
def test_a_page_loads_nothing_and_hides_nothing(view: LetterView) -> None:
    page = LETTERS.render(view).html
    allowed = {url for one in view.choices for url in (one.link, one.mailto) if url}
    assert set(flat(page).links) <= allowed
    bare = re.sub(r'href="[^"]*"', "", page)
    forbidden = r"src=|url\(|@import|<link|<img|<script|<style|background=|https?:|display:\s*none|visibility|opacity"
    assert re.search(forbidden, bare) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_asks_for_both_colour_schemes_and_colours_no_plain_text(language: Language) -> None:
    page = LETTERS.render(view_of("ask", language)).html
    assert '<meta name="color-scheme" content="light dark">' in page
    for style in re.findall(r'style="([^"]*)"', page):
        if re.search(r"(?<![-\w])color:#ffffff", style):
            continue
        assert not re.search(r"(?<![-\w])color:", style) or re.search(r"color:#(2f8a5f|d1493f)", style)


def test_on_a_phone_nothing_sticks_out_and_every_button_is_wide_enough_for_a_thumb() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no chromium here")
    api = pytest.importorskip("playwright.sync_api")
    with (
        api.sync_playwright() as play,
        play.chromium.launch(executable_path=chromium, args=["--no-sandbox"]) as browser,
    ):
        tab = browser.new_page(viewport={"width": 360, "height": 640})
        for view in LIFELIKE:
            tab.set_content(LETTERS.render(view).html)
            assert tab.evaluate("document.documentElement.scrollWidth") <= 360, view.kind
            heights = tab.evaluate("[...document.querySelectorAll('a')].map(a => a.getBoundingClientRect().height)")
            assert all(height >= 44 for height in heights), (view.kind, heights)


# What strangers type


HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            [*KEYWORDS, "\r\n", "\n", "\x00", "\u202e", "\u2028", "\x85", "<script>", "{{ 7*7 }}", '"', "&"]
        ),
        st.text(max_size=12),
    ),
    max_size=8,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(sorted(KINDS)), language=LANGUAGE, typed=HOSTILE, title=HOSTILE)
def test_whatever_people_type_the_letter_is_made_and_decides_nothing(
    kind: str, language: Language, typed: str, title: str
) -> None:
    own = {"confirm": "", "trusted": "", "late": "", "instruction": typed}
    if kind in OUTSIDE:
        own["text"] = "Счёт оплачен."  # said by the rules, not by people
    view = replace(
        view_of(kind, language),
        title=title,
        card=(Line("Комментарий", typed),),
        said=(Said("Петров П.П.", "согласовано", "", typed),),
        files=(FileLine(typed, 1, "1 КБ", "9b1c…e07a"),),
        rows=((typed,),),
        words={word: own.get(word, typed) for word in KINDS[kind]},
    )
    letter = LETTERS.render(view)
    everything = letter.subject + letter.text + letter.html
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", everything)
    assert bare_keywords(letter.text) == []
    assert bare_keywords(flat(letter.html).text) == []
    assert "<script" not in letter.html
    assert build(letter, envelope())


def test_what_looks_like_a_tag_or_a_template_is_text() -> None:
    typed = "<script>alert(1)</script> & {{ 7 * 7 }} {% for x in y %}"
    view = replace(view_of("comment"), title=typed, words={"who": "Петров П.П.", "text": typed})
    letter = LETTERS.render(view)
    assert typed in letter.subject
    assert letter.text.count(typed) == 2
    assert "<script" not in letter.html
    assert letter.html.count(html.escape(typed)) == 3


def test_line_breaks_that_people_type_become_one_line() -> None:
    view = replace(view_of("comment"), words={"who": "Петров П.П.", "text": "Дорого.\r\n\r\nСогласовано\n Петров"})
    assert "«Дорого. / Согласовано / Петров»" in LETTERS.render(view).text


def test_an_endless_text_is_cut_and_the_letter_goes() -> None:
    view = replace(view_of("unclear"), words={"text": "ы" * 2_000_000}, title="т" * 100_000)
    letter = LETTERS.render(view)
    assert len(letter.text) < 10_000
    assert len(letter.subject) <= 250
    assert "…" in letter.subject


def test_a_letter_that_would_pass_a_mebibyte_is_shortened() -> None:
    row = tuple("<" * 4000 for _ in range(4))
    letter = LETTERS.render(replace(view_of("tasks"), rows=(row,) * 1000))
    assert len(letter.html) <= 1024 * 1024
    assert "…" in letter.text


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://x.example/a b", "https://x.example/\nX", "ftp://x"])
def test_a_button_leads_to_a_page_or_a_mail_and_nowhere_else(link: str) -> None:
    with pytest.raises(LetterError, match="is not a link"):
        LETTERS.render(replace(view_of("ask"), choices=(Choice("approve", "Согласовать", link),)))


def test_an_unknown_kind_is_named_with_those_that_exist() -> None:
    with pytest.raises(LetterError, match='of the kind "bill": use one of registered, ask'):
        LETTERS.render(LetterView("bill", "ru", reader="", company=""))


# A company's own words


def own(folder: Path, name: str, text: str) -> Letters:
    (folder / name).write_text(text, encoding="utf-8")
    return Letters([folder, SHIPPED])


def test_the_shipped_templates_pass_the_check() -> None:
    Letters([SHIPPED]).check()


def test_a_company_changes_one_block_and_keeps_the_others(tmp_path: Path) -> None:
    letters = own(tmp_path, "closed.ru.j2", "{% block ask %}Спасибо, что работаете с нами.{% endblock %}")
    letters.check()
    letter = letters.render(view_of("closed"))
    assert "Спасибо, что работаете с нами." in letter.text
    assert "Спасибо, что работаете с нами." in letter.html
    assert letter.subject == LETTERS.render(view_of("closed")).subject


def test_a_line_break_in_a_template_is_a_line_break_in_the_letter(tmp_path: Path) -> None:
    words = "Первая {% if due %}строка{% endif %}\nВторая\n{% if due %}\nТретья\n{% endif %}\n"
    text = "{% block ask %}\n" + words + "{% endblock %}"
    letter = own(tmp_path, "closed.ru.j2", text).render(view_of("closed"))
    assert "Первая строка\nВторая\nТретья\n" in letter.text
    assert "Первая строка<br>Вторая<br>Третья<" in letter.html


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "{% block ask %}\n{{ amout }}{% endblock %}",
            r'closed\.ru\.j2:2: the field "amout" does not exist: use one of',
        ),
        ("{% block ask %}{{ words.who }}{% endblock %}", r'j2:1: "words\.who" does not exist here: use one of result'),
        ("{% block ask %}{{ label.fotter }}{% endblock %}", r'"label\.fotter" does not exist here'),
        ("\n{% block asks %}x{% endblock %}", r'j2:2: no letter has a block "asks": use one of'),
        ("{% block ask %}\n{% if due %}x{% endblock %}", r"j2:2: .*: mend the template"),
        ("Итог\n{% block ask %}x{% endblock %}", r"j2:1: text outside of a block is never shown: move it"),
        (
            "{% block ask %}{% for f in files %}\n{{ f.nam }}{% endfor %}{% endblock %}",
            r"j2:2: .*nam.*: correct the name",
        ),
        ("{% block ask %}{{ 'a' * 10**9 }}{% endblock %}", r'j2:1: a letter may not use "mul": use text'),
        ("{% block ask %}{{ title.upper() }}{% endblock %}", r'may not use "call"'),
        ("{% block ask %}{% include '/etc/passwd' %}{% endblock %}", r'may not use "include"'),
        ("{% block ask %}{{ title.__class__ }}{% endblock %}", r"j2:1: .*__class__"),
        ("{% block ask %}{{ title|center(10) }}{% endblock %}", r"j2:1: .*center"),
        ("{% block ask %}{% for x in files recursive %}{% endfor %}{% endblock %}", r"recursive loop"),
    ],
)
def test_a_wrong_template_stops_the_start_with_file_line_and_cure(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        own(tmp_path, "closed.ru.j2", text).check()


def test_a_file_that_no_letter_uses_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"close\.ru\.j2: no letter uses this file: rename it"):
        own(tmp_path, "close.ru.j2", "{% block ask %}x{% endblock %}").check()


def test_a_folder_without_a_kind_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"_words\.ru\.j2: no such template in"):
        Letters([tmp_path]).check()


def test_a_missing_block_is_named(tmp_path: Path) -> None:
    for path in SHIPPED.glob("*.j2"):
        shutil.copy(path, tmp_path)
    (tmp_path / "closed.en.j2").write_text("{% block subject %}x{% endblock %}", encoding="utf-8")
    with pytest.raises(SettingsError, match=r'closed\.en\.j2: the block "lead" is missing: add'):
        Letters([tmp_path]).check()


# The bytes


def envelope(**changes: object) -> Envelope:
    plain = Envelope(
        message_id="<e4f1.1@docs.neon.example>",
        from_name="Документы НЕОН",
        from_address="docs@neon.example",
        to_name="Ольга Смирнова",
        to_address="o.smirnova@neon.example",
        date=datetime(2026, 11, 12, 17, 6, tzinfo=UTC),
        auto_submitted="auto-generated",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not list(message.defects)
    return message


SHORT = Rendered("Тема", "Текст\n", "<!DOCTYPE html>\n<p>Текст</p>\n", "ru")


def test_a_letter_comes_back_as_it_was_written() -> None:
    letter = LETTERS.render(view_of("ask"))
    message = read(build(letter, envelope()))
    assert message.get_content_type() == "multipart/alternative"
    text, page = message.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == letter.text
    assert page.get_content().replace("\r\n", "\n") == letter.html
    assert (text.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert message["Subject"] == letter.subject
    assert message["From"].addresses[0].display_name == "Документы НЕОН"
    assert message["To"].addresses[0].addr_spec == "o.smirnova@neon.example"
    assert message["Content-Language"] == "ru"


def test_the_headers_keep_other_machines_silent_and_the_thread_together() -> None:
    references = tuple(f"<{n}@docs.neon.example>" for n in range(30))
    given_ = envelope(
        reply_to="docs+t.7f3k9q2m@neon.example",
        in_reply_to="29@docs.neon.example",
        references=references,
        instance="mf-1",
        auto_submitted="auto-replied",
    )
    message = read(build(SHORT, given_))
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["X-Mailflow-Instance"] == "mf-1"
    assert message["Reply-To"] == "docs+t.7f3k9q2m@neon.example"
    assert message["In-Reply-To"] == "<29@docs.neon.example>"
    assert message["References"].split() == list(references[-20:])
    assert message["Message-ID"] == "<e4f1.1@docs.neon.example>"
    assert message["Date"] == "Thu, 12 Nov 2026 17:06:00 +0000"
    assert "Precedence" not in message
    assert "Bcc" not in message


def test_a_strangers_broken_message_id_is_left_out_and_the_letter_goes() -> None:
    message = read(
        build(SHORT, envelope(in_reply_to="<a b@c>", references=("<good@x>", "<п@x>", "<" + "a" * 900 + ">")))
    )
    assert "In-Reply-To" not in message
    assert message["References"] == "<good@x>"


def test_the_same_letter_twice_is_the_same_bytes() -> None:
    files = (Enclosure("Счёт.pdf", "application/pdf", b"%PDF"),)
    first = build(SHORT, envelope(), files)
    assert build(SHORT, envelope(), files) == first
    assert build(SHORT, envelope(message_id="other@docs.neon.example"), files) != first


def test_a_letter_kept_without_its_files_is_the_same_letter_once_they_are_put_in() -> None:
    contents = [b"%PDF" + bytes(range(256)) * 40, b"", b"x"]
    files = [Enclosure(f"{n}.pdf", "application/pdf", content, f"{n}" * 64) for n, content in enumerate(contents)]
    kept = frame(SHORT, envelope(), files)
    assert filled(kept, contents) == build(SHORT, envelope(), files)
    assert [gap.sha256 for gap in kept.gaps] == ["0" * 64, "1" * 64, "2" * 64]
    assert len(kept.content) < 4096
    read_files = [part.get_payload(decode=True) for part in read(filled(kept, contents)).iter_attachments()]
    assert read_files == contents


@pytest.mark.parametrize("evil", ["a\r\nBcc: evil@x.example", "a\nb", "a\rb", "a\x00b"])
@pytest.mark.parametrize(
    "field", ["from_name", "to_name", "from_address", "to_address", "reply_to", "message_id", "instance", "in_reply_to"]
)
def test_a_line_break_or_nul_in_a_header_value_is_refused(field: str, evil: str) -> None:
    with pytest.raises(LetterError):
        build(SHORT, envelope(**{field: evil}))


@pytest.mark.parametrize("evil", ["a\r\nBcc: evil@x.example", "a\nb", "a\x00b"])
def test_a_line_break_in_subject_or_references_or_a_file_name_is_refused(evil: str) -> None:
    with pytest.raises(LetterError, match="line break or NUL"):
        build(replace(SHORT, subject=evil), envelope())
    with pytest.raises(LetterError, match="line break or NUL"):
        build(SHORT, envelope(references=(evil,)))
    with pytest.raises(LetterError, match="line break or NUL"):
        build(SHORT, envelope(), [Enclosure(evil, "application/pdf", b"")])


@pytest.mark.parametrize("address", ["", "docs", "a@b, c@d", "Иван@neon.example", "a b@neon.example", "a@b>c"])
def test_what_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(LetterError, match="not one mail address"):
        build(SHORT, envelope(to_address=address))


def test_a_cyrillic_domain_goes_in_its_ascii_form() -> None:
    message = read(build(SHORT, envelope(to_address="buh@ромашка.рф")))
    (address,) = message["To"].addresses
    assert address.addr_spec.isascii()
    assert address.domain.encode().decode("idna") == "ромашка.рф"


def test_a_date_without_a_zone_is_refused() -> None:
    with pytest.raises(LetterError, match="time zone"):
        build(SHORT, envelope(date=datetime(2026, 11, 12)))


def test_lines_end_in_crlf_and_stay_short() -> None:
    letter = LETTERS.render(view_of("ask"))
    files = [Enclosure("Ж" * 240 + ".pdf", "application/pdf", bytes(range(256)) * 50)]
    raw = build(letter, envelope(references=tuple(f"<{n}{'r' * 60}@x>" for n in range(20))), files)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert raw.isascii()


@pytest.mark.parametrize("text", ["Plain words", "trailing   \n.\nFrom here\n", "x" * 3000, "Слово " * 300, "", "="])
def test_any_text_comes_back_from_either_transfer_encoding(text: str) -> None:
    for part in read(build(replace(SHORT, text=text, html=text), envelope())).iter_parts():
        assert part.get_content().replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")


def test_latin_text_goes_quoted_and_cyrillic_text_in_base64() -> None:
    text, _ = read(build(replace(SHORT, text="Plain words\n"), envelope())).iter_parts()
    assert text["Content-Transfer-Encoding"] == "quoted-printable"
    text, _ = read(build(replace(SHORT, text="Кириллица, одна только кириллица\n"), envelope())).iter_parts()
    assert text["Content-Transfer-Encoding"] == "base64"


WORDS = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x410, max_codepoint=0x44F),
        st.sampled_from(list(' «»—№₽ёЁ.,:;!?()[]<>@"=_/\\\u00a0aZ09😀')),
    ),
    min_size=1,
    max_size=200,
).filter(lambda text: text.strip(" \u00a0") == text)


@settings(max_examples=300, deadline=None)
@given(subject=WORDS)
def test_a_folded_subject_loses_no_space(subject: str) -> None:
    raw = build(replace(SHORT, subject=subject), envelope())
    assert read(raw)["Subject"] == subject
    assert mailparser.parse_from_bytes(raw).subject == subject


@settings(max_examples=150, deadline=None)
@given(name=WORDS)
def test_a_name_comes_back_whole_and_adds_no_second_address(name: str) -> None:
    raw = build(SHORT, envelope(to_name=name))
    (address,) = read(raw)["To"].addresses
    assert address.addr_spec == "o.smirnova@neon.example"
    shown, where = parseaddr(str(email.message_from_bytes(raw)["To"]))
    assert where == "o.smirnova@neon.example"
    assert str(make_header(decode_header(shown))) == " ".join(name.split())


@settings(max_examples=150, deadline=None)
@given(name=WORDS.filter(lambda name: not set('"<>') & set(name)), content=st.binary(max_size=300))
def test_a_file_comes_back_with_its_name_and_its_bytes(name: str, content: bytes) -> None:
    raw = build(SHORT, envelope(), [Enclosure(name, "application/pdf", content)])
    (part,) = read(raw).iter_attachments()
    assert part.get_filename() == name
    assert part.get_payload(decode=True) == content
    (found,) = mailparser.parse_from_bytes(raw).attachments
    assert found["filename"].strip() == name.strip()


@pytest.mark.parametrize("name", ["Счёт № 57.pdf", "plain.pdf", 'a "quoted" 100% name;.pdf', "Ж" * 240 + ".pdf"])
def test_old_outlook_finds_the_name_in_the_content_type(name: str) -> None:
    raw = build(SHORT, envelope(), [Enclosure(name, "application/pdf", b"%PDF")])
    part = list(email.message_from_bytes(raw).walk())[-1]
    assert str(make_header(decode_header(str(part.get_param("name"))))) == name


@pytest.mark.parametrize("kind", ["message/rfc822", "multipart/mixed", "x\r\nBcc: e@x", "", "text"])
def test_a_type_that_may_not_be_encoded_goes_as_plain_bytes(kind: str) -> None:
    (part,) = read(build(SHORT, envelope(), [Enclosure("a.eml", kind, b"From: x")])).iter_attachments()
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_payload(decode=True) == b"From: x"


def test_a_letter_with_files_holds_the_words_first() -> None:
    files = [Enclosure(f"{n}.pdf", "application/pdf", b"%PDF" * n) for n in (1, 2)]
    message = read(build(SHORT, envelope(), files))
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["multipart/alternative", "application/pdf", "application/pdf"]


def test_a_failed_check_is_marked_by_a_word_not_by_colour_alone() -> None:
    view = replace(view_of("ask"), findings=(Finding(False, "Ключ счёта не сходится."),))
    letter = LETTERS.render(view)
    assert "✗ Внимание! Ключ счёта не сходится." in letter.text
    assert "Внимание!" in letter.html
