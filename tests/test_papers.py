"""What a paper says: names and positions in their cases, a letter's requisites, the rows of an approval sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mailflow.core.addressee import read_addressee
from mailflow.core.answers import Answer, Details
from mailflow.core.case import Assignment, Case, Decision, FieldValue, FileVersion
from mailflow.core.declension import decline
from mailflow.core.directory import CaseForms, Substitution, read_directory
from mailflow.core.events import IncomingFile
from mailflow.core.headings import heading
from mailflow.core.morphology import Case as In
from mailflow.core.papers import OutgoingLetter, attachments, outgoing_letter, paragraphs
from mailflow.core.person_names import find_name, gender_of, read_name
from mailflow.core.sheet import ApprovalSheet, SheetRow, approval_sheet
from mailflow.core.titles import decline_position
from mailflow.errors import SettingsError
from tests.offices import HERE, MONDAY, Story, directory, neon, paper

# --- people

PEOPLE = """
Иванов Иван Иванович | Иванова Ивана Ивановича | Иванову Ивану Ивановичу | Иванова Ивана Ивановича
Кузнецова Ольга Николаевна | Кузнецовой Ольги Николаевны | Кузнецовой Ольге Николаевне | Кузнецову Ольгу Николаевну
Рабинович Лев Исаакович | Рабиновича Льва Исааковича | Рабиновичу Льву Исааковичу | Рабиновича Льва Исааковича
Рабинович Софья Львовна | Рабинович Софьи Львовны | Рабинович Софье Львовне | Рабинович Софью Львовну
Коваленко Пётр Ильич | Коваленко Петра Ильича | Коваленко Петру Ильичу | Коваленко Петра Ильича
Черных Сергей Петрович | Черных Сергея Петровича | Черных Сергею Петровичу | Черных Сергея Петровича
Бондарь Илья Фомич | Бондаря Ильи Фомича | Бондарю Илье Фомичу | Бондаря Илью Фомича
Бондарь Мария Ильинична | Бондарь Марии Ильиничны | Бондарь Марии Ильиничне | Бондарь Марию Ильиничну
Толстой Лев Николаевич | Толстого Льва Николаевича | Толстому Льву Николаевичу | Толстого Льва Николаевича
Мамедов Рашид Али оглы | Мамедова Рашида Али оглы | Мамедову Рашиду Али оглы | Мамедова Рашида Али оглы
Шевчук Павел Ильич | Шевчука Павла Ильича | Шевчуку Павлу Ильичу | Шевчука Павла Ильича
Жук Анна Ильинична | Жук Анны Ильиничны | Жук Анне Ильиничне | Жук Анну Ильиничну
Салтыков-Щедрин Михаил Евграфович | Салтыкова-Щедрина Михаила Евграфовича | Салтыкову-Щедрину Михаилу Евграфовичу \
| Салтыкова-Щедрина Михаила Евграфовича
Окуджава Булат Шалвович | Окуджавы Булата Шалвовича | Окуджаве Булату Шалвовичу | Окуджаву Булата Шалвовича
"""
ROWS = [tuple(cell.strip() for cell in row.split("|")) for row in PEOPLE.strip().splitlines()]


@pytest.mark.parametrize(("name", "genitive", "dative", "accusative"), ROWS, ids=[row[0] for row in ROWS])
def test_a_name_is_declined_without_any_help(name: str, genitive: str, dative: str, accusative: str) -> None:
    forms = [decline(read_name(name), case) for case in (In.GENITIVE, In.DATIVE, In.ACCUSATIVE)]
    assert [form.name.full for form in forms] == [genitive, dative, accusative]
    assert all(form.sure for form in forms)


@pytest.mark.parametrize(
    ("name", "dative"),
    [
        ("Щербина Борис Ильич", "Щербине Борису Ильичу"),
        ("Никитин Никита Ильич", "Никитину Никите Ильичу"),
        ("Дюма Александр Ильич", "Дюма Александру Ильичу"),
        ("Петров Семен Ильич", "Петрову Семену Ильичу"),
        ("Долгих Инга Фоминична", "Долгих Инге Фоминичне"),
    ],
)
def test_a_rule_for_both_genders_and_the_spelling_are_kept(name: str, dative: str) -> None:
    assert decline(read_name(name), In.DATIVE).name.full == dative


@pytest.mark.parametrize("surname", ["Орёл", "Лев", "Заяц", "Соловей", "Коломиец"])
def test_a_surname_that_families_decline_differently_is_doubted(surname: str) -> None:
    assert not decline(read_name(f"{surname} Иван Ильич"), In.DATIVE).sure


@pytest.mark.parametrize("name", ["Ким И.Л.", "Рабинович С.Л.", "Кузнецовой О.Н."])
def test_initials_that_could_be_his_or_hers_are_doubted(name: str) -> None:
    assert not decline(read_name(name), In.DATIVE).sure


@pytest.mark.parametrize("name", ["Коваленко П.И.", "Седых А.А.", "Живаго Ю.А."])
def test_a_surname_that_never_changes_needs_no_gender(name: str) -> None:
    assert decline(read_name(name), In.DATIVE) == decline(read_name(name), In.GENITIVE)
    assert decline(read_name(name), In.DATIVE).sure


@pytest.mark.parametrize(
    ("typed", "short"),
    [
        ("Лагунин В.А.", "Лагунин В.А."),
        ("Лагунин В. А.", "Лагунин В.А."),
        ("В.А. Лагунин", "Лагунин В.А."),
        ("Лагунин Виктор Андреевич", "Лагунин В.А."),
        ("Виктор Андреевич Лагунин", "Лагунин В.А."),
        ("Мамедов Рашид Али оглы", "Мамедов Р.А."),
        ("Смирнова Ольга", "Смирнова О."),
        ("John Smith", "Smith J."),
    ],
)
def test_a_name_is_read_in_any_order(typed: str, short: str) -> None:
    assert read_name(typed).short == short


@pytest.mark.parametrize(
    ("name", "gender"),
    [
        ("Лагунин В.А.", "m"),
        ("Лагунина В.А.", "f"),
        ("Черных Сергей Петрович", "m"),
        ("Ким Нелли Львовна", "f"),
        ("Мамедов Рашид Али оглы", "m"),
        ("Толстая А.", "f"),
        ("Горький М.А.", "m"),
        ("Черных С.П.", None),
        ("Щербина Б.Е.", None),
        ("Ким И.Л.", None),
        ("Шевчук О.О.", None),
    ],
)
def test_a_gender_is_told_only_where_it_is_sure(name: str, gender: str | None) -> None:
    assert gender_of(read_name(name)) == gender


def test_a_firm_is_no_name() -> None:
    assert find_name("ООО «Ромашка»") is None
    assert find_name("Администрация города Химки") is None


# --- positions

POSITIONS = """
Генеральный директор | Генерального директора | Генеральному директору | Генерального директора
Исполняющий обязанности директора | Исполняющего обязанности директора | Исполняющему обязанности директора \
| Исполняющего обязанности директора
Секретарь-референт | Секретаря-референта | Секретарю-референту | Секретаря-референта
Заведующая складом | Заведующей складом | Заведующей складом | Заведующую складом
Глава администрации | Главы администрации | Главе администрации | Главу администрации
Офис-менеджер | Офис-менеджера | Офис-менеджеру | Офис-менеджера
Дежурный врач | Дежурного врача | Дежурному врачу | Дежурного врача
Учредитель и директор | Учредителя и директора | Учредителю и директору | Учредителя и директора
И.о. директора | И.о. директора | И.о. директора | И.о. директора
"""
OFFICES = [tuple(cell.strip() for cell in row.split("|")) for row in POSITIONS.strip().splitlines()]


@pytest.mark.parametrize(("position", "genitive", "dative", "accusative"), OFFICES, ids=[row[0] for row in OFFICES])
def test_of_a_position_only_the_head_is_declined(position: str, genitive: str, dative: str, accusative: str) -> None:
    assert decline_position(position, In.GENITIVE) == genitive
    assert decline_position(position, In.DATIVE) == dative
    assert decline_position(position, In.ACCUSATIVE) == accusative


def test_what_follows_the_head_of_a_position_stays() -> None:
    typed = "Заместитель генерального директора по строительству и эксплуатации"
    declined = decline_position(typed, In.DATIVE)
    assert declined == "Заместителю генерального директора по строительству и эксплуатации"


def test_a_position_in_the_dative_already_is_not_declined_again() -> None:
    assert decline_position("Начальнику управления", In.DATIVE) is None


# --- the addressee


def corner(typed: str, full_name: str = "") -> list[str]:
    read = read_addressee(typed, full_name)
    return [*read.lines, *([f"{read.surname} {read.initials}"] if read.surname else [])]


def test_one_line_becomes_position_firm_and_person() -> None:
    typed = "Начальник управления АО «Мосводоканал» Лагунин В.А."
    assert corner(typed) == ["Начальнику управления", "АО «Мосводоканал»", "Лагунину В.А."]


def test_lines_keep_their_order_and_the_firm_its_nominative() -> None:
    typed = "АО «Мосводоканал»\nУправление по подключению\nначальник управления\nЛагунин В.А."
    assert corner(typed) == [
        "АО «Мосводоканал»",
        "Управление по подключению",
        "Начальнику управления",
        "Лагунину В.А.",
    ]


def test_a_firm_alone_stays_as_it_is() -> None:
    assert corner("Департамент строительства города Москвы") == ["Департамент строительства города Москвы"]
    assert read_addressee("ООО «Вега»").greeting == "Уважаемые господа!"


def test_what_is_in_the_dative_already_stays() -> None:
    typed = "Генеральному директору ООО «Вега»\nКузнецовой О.Н."
    assert corner(typed) == ["Генеральному директору", "ООО «Вега»", "Кузнецовой О.Н."]


@pytest.mark.parametrize(
    ("typed", "full_name", "greeting"),
    [
        ("Лагунин В.А.", "Лагунин Виктор Андреевич", "Уважаемый Виктор Андреевич!"),
        ("Лагунин В.А.", "Виктор Андреевич", "Уважаемый Виктор Андреевич!"),
        ("Директор Кузнецова Ольга Николаевна", "", "Уважаемая Ольга Николаевна!"),
        ("Прохоров В.В.", "", "Уважаемый господин Прохоров!"),
        ("Сидорова А.А.", "", "Уважаемая госпожа Сидорова!"),
        ("Заведующая складом Ким Н.Л.", "", "Уважаемая госпожа Ким!"),
        ("Ким Н.Л.", "", "Уважаемые господа!"),
        ("Генеральному директору Жуку А.А.", "", "Уважаемые господа!"),
    ],
)
def test_a_greeting_never_guesses_a_gender(typed: str, full_name: str, greeting: str) -> None:
    assert read_addressee(typed, full_name).greeting == greeting


def test_a_doubtful_addressee_is_named() -> None:
    assert read_addressee("ИП Орёл И.И.").doubts == ("Орёлу И.И.",)
    assert read_addressee("Ведущий инженер").doubts == ("не найдено имя адресата",)
    assert read_addressee("Начальник управления АО «Мосводоканал» Лагунин В.А.").doubts == ()


# --- the heading


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("О согласовании технических условий", "О согласовании технических условий"),
        ("согласование технических условий", "О согласовании технических условий"),
        ("Оплата счёта № 57", "Об оплате счёта № 57"),
        ("о оплате", "Об оплате"),
        ("Об согласовании", "О согласовании"),
        ("Ежегодный отчёт", "О ежегодном отчёте"),
        ("Юбилей", "О юбилее"),
        ("Эскизный проект.", "Об эскизном проекте"),
        ("Изменение реквизитов", "Об изменении реквизитов"),
        ("Технические условия", "О технических условиях"),
        ("Согласование и утверждение проекта", "О согласовании и утверждении проекта"),
        ("НДС", "Об НДС"),
        ("По вопросу поставки", "По вопросу поставки"),
        ("", ""),
    ],
)
def test_a_heading_begins_with_o_or_ob_by_sound(typed: str, printed: str) -> None:
    assert heading(typed).text == printed
    assert heading(typed).sure


def test_a_heading_without_a_noun_stays_and_is_doubted() -> None:
    assert heading("просим согласовать") == heading("Просим согласовать")
    assert not heading("Просим согласовать").sure


# --- text and enclosures


def test_a_wrapped_line_is_joined_and_a_list_is_not() -> None:
    text = "В ответ на Ваше письмо направляем\nсогласованную схему.\nПросим:\n1) ответить;\n2) подписать.\n\n\nКонец"
    assert paragraphs(text) == (
        "В ответ на Ваше письмо направляем согласованную схему.",
        "Просим:",
        "1) ответить;",
        "2) подписать.",
        "Конец",
    )


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("на 2 л. в 1 экз.", ("на 2 л. в 1 экз.",)),
        ("схема на 2 л.", ("Схема на 2 л. в 1 экз.",)),
        ("Приложение: схема на 2 л", ("Схема на 2 л. в 1 экз.",)),
        ("1. Схема на 2 л.\n2. Акт на 1 л. в 2 экз", ("Схема на 2 л. в 1 экз.", "Акт на 1 л. в 2 экз.")),
        ("Акт сверки", ("Акт сверки",)),
        ("", ()),
    ],
)
def test_an_enclosure_says_its_sheets_and_copies(typed: str, printed: tuple[str, ...]) -> None:
    assert attachments(typed, "ru") == printed


# --- the letter

WATER: dict[str, FieldValue] = {
    "addressee": "Начальник управления АО «Мосводоканал» Лагунин В.А.",
    "addressee_name": "Лагунин Виктор Андреевич",
    "subject_matter": "О согласовании технических условий",
    "their_number": "01-12/4567",
    "their_date": "2026-11-09",
    "text": "В ответ на Ваше письмо направляем схему.\nПросим подтвердить срок.",
    "attachments": "на 2 л. в 1 экз.",
}
SIGNED: dict[str, FieldValue] = {"reg_number": "01-14/205", "reg_date": "2026-11-20"}


def letter(**fields: FieldValue) -> OutgoingLetter:
    case = Case("c1", "outgoing", "p.petrov", MONDAY, number="И-2026-0205", fields={**WATER, **fields})
    return outgoing_letter(case, neon())


def test_a_letter_without_number_and_date_is_a_draft() -> None:
    draft = letter()
    assert draft.draft
    assert (draft.number, draft.date) == ("", "")
    half = letter(reg_number="01-14/205")
    assert half.draft
    assert half.number == ""


def test_a_registered_letter_carries_number_and_date() -> None:
    done = letter(**SIGNED)
    assert not done.draft
    assert (done.number, done.date) == ("01-14/205", "20.11.2026")
    assert (done.their_number, done.their_date) == ("01-12/4567", "09.11.2026")
    assert done.code.startswith("01-14/205 ")


def test_the_director_signs_with_initials_first_and_the_initiator_is_the_executor() -> None:
    done = letter()
    assert (done.signature.position, done.signature.initials, done.signature.surname) == (
        "Генеральный директор",
        "И.С.",
        "Иванов",
    )
    assert (done.executor.name, done.executor.contact) == ("Петров Пётр Петрович", "+7 (495) 000-00-01")


def test_an_executor_without_a_telephone_gives_his_address() -> None:
    case = Case("c1", "outgoing", "i.kuznetsov", MONDAY, fields=WATER)
    assert outgoing_letter(case, neon()).executor.contact == "i.kuznetsov@neon.example"


def test_what_is_written_by_hand_wins_over_grammar() -> None:
    done = letter(addressee_dative="Орлу И.И.\nСамара", greeting="Дорогой друг!", addressee="Орёл И.И.")
    assert done.addressee.lines == ("Орлу И.И.", "Самара")
    assert done.addressee.surname == ""
    assert done.greeting == "Дорогой друг!"
    assert done.doubts == ()


def test_an_english_letter_is_printed_as_it_was_typed() -> None:
    done = letter(language="en", addressee="Acme Inc\nJohn Smith", addressee_name="Mr Smith", subject_matter="Terms")
    assert done.addressee.lines == ("Acme Inc", "John Smith")
    assert (done.greeting, done.heading, done.closing) == ("Dear Mr Smith,", "Terms", "Yours faithfully,")


def test_a_letter_nobody_can_sign_says_so() -> None:
    yaml = (HERE / "site" / "directory.yaml").read_text(encoding="utf-8").replace("  director: [director]\n", "")
    office = replace(neon(), directory=read_directory(yaml))
    case = Case("c1", "outgoing", "p.petrov", MONDAY, fields=WATER)
    assert outgoing_letter(case, office).doubts == ("нет подписанта: впишите роль director",)


# --- the directory behind it


def test_the_directory_knows_the_requisites_and_refuses_wrong_ones() -> None:
    assert directory().company.ogrn == "1157746123457"
    with pytest.raises(SettingsError, match=r"directory.yaml:1:\d+: .*ogrn"):
        read_directory("company: {name: X, ogrn: '12'}\npeople: {a: {name: A, address: a@x.example}}")


# --- the approval sheet


def sheet(story: Story) -> ApprovalSheet:
    return approval_sheet(story.it, story.office, story.now)


def told(rows: tuple[SheetRow, ...]) -> list[tuple[str, str, int]]:
    return [(row.name, row.decision, row.round) for row in rows]


def returned() -> Story:
    """An invoice agreed, returned, corrected with a new file, agreed again and paid."""
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.REWORK, "нет договора")
    story.answer("i.kuznetsov", Answer.DONE, files=(paper("Счет 57.pdf", "b"),))
    story.answer("p.petrov", Answer.APPROVE, channel="link")
    story.answer("o.smirnova", Answer.APPROVE)
    story.pays()
    return story


def test_every_round_stands_on_the_sheet_in_its_order() -> None:
    assert told(sheet(returned()).rows) == [
        ("Петров П.П.", "Согласовано", 1),
        ("Смирнова О.Н.", "На доработку", 1),
        ("Кузнецов И.И.", "Исправлено", 1),
        ("Петров П.П.", "Согласовано", 2),
        ("Смирнова О.Н.", "Согласовано", 2),
        ("Бухгалтерия", "Оплачено", 2),
        ("Кузнецов И.И.", "Ожидается", 2),
    ]


def test_a_row_names_the_version_its_person_had_before_him() -> None:
    rows = sheet(returned()).rows
    assert rows[1].files == ("Ф1: № 1, aaaaaaaa",)
    assert rows[4].files == ("Ф2: № 2, bbbbbbbb",)


def test_the_sheet_lists_every_version_with_its_whole_hash() -> None:
    files = sheet(returned()).files
    assert [(f.mark, f.version, f.sha256, f.current) for f in files] == [
        ("Ф1", 1, "a" * 64, False),
        ("Ф2", 2, "b" * 64, True),
    ]


def test_a_version_under_another_name_replaces_the_one_before() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.REWORK, "не тот файл")
    story.answer("i.kuznetsov", Answer.DONE, files=(paper("Новый счет.pdf", "c"),))
    assert sheet(story).rows[-1].files == ("Ф2: № 2, cccccccc",)


def test_two_files_at_once_are_both_named() -> None:
    story = Story()
    story.request()
    second = FileVersion("Договор.pdf", 1, "d" * 64, 1, "application/pdf", "i.kuznetsov", MONDAY)
    story.case = replace(story.it, files=(*story.it.files, second))
    assert sheet(story).rows[0].files == ("Ф1: № 1, aaaaaaaa", "Ф2: № 1, dddddddd")


def test_the_payment_order_is_the_remark_of_whoever_paid() -> None:
    paid = next(row for row in sheet(returned()).rows if row.decision == "Оплачено")
    assert paid.remark == "п/п № 345 от 13.11.2026"


def test_how_it_was_said_stands_on_the_sheet() -> None:
    rows = sheet(returned()).rows
    assert (rows[0].way, rows[3].way, rows[6].way) == ("ответ письмом", "ссылка", "")


def test_a_skipped_manager_says_why() -> None:
    story = Story()
    story.request(by="s.orlov")
    assert told(sheet(story).rows)[0] == ("Петров П.П.", "Не требуется: доверенная сумма", 1)


def test_whoever_agreed_in_an_earlier_round_is_said_to_be_skipped() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.REWORK, "уточните статью")
    story.answer("i.kuznetsov", Answer.DONE)
    assert ("Петров П.П.", "Пропущен (согласовал в круге 1)", 2) in told(sheet(story).rows)


def deputy_story(declined: CaseForms) -> Story:
    """Orlov decides while Smirnova is away."""
    people = directory()
    deputy = Substitution(by="s.orlov", since="2026-11-01", until="2026-11-30")
    away = people.people["o.smirnova"].model_copy(update={"substitute": deputy, "declined": declined})
    staff = replace(people, people={**people.people, "o.smirnova": away})
    story = Story(neon(staff))
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.APPROVE, proof=story.proof("s.orlov"))
    return story


def test_a_deputy_stands_with_his_own_name_and_for_whom() -> None:
    row = sheet(deputy_story(CaseForms())).rows[1]
    assert (row.name, row.position) == ("Орлов С.П.", "менеджер")
    assert row.way == "ответ письмом; замещение за Смирнову О.Н."


def test_the_directorys_own_form_of_a_name_wins() -> None:
    row = sheet(deputy_story(CaseForms(accusative="Смирновъ Ольгу Николаевну"))).rows[1]
    assert row.way.endswith("за Смирновъ О.Н.")


def test_an_approval_by_rule_says_how_long_the_silence_was() -> None:
    story = Story()
    story.request()
    asked: Assignment = story.task("p.petrov")
    decided = Decision(Answer.APPROVE, "p.petrov", asked.opened_at + timedelta(days=7), "rule")
    story.case = story.it.with_assignment(replace(asked, decision=decided))
    row = sheet(story).rows[0]
    assert (row.decision, row.way) == ("Автосогласовано (нет ответа 5 р. д.)", "по правилу")


def test_the_result_follows_the_case() -> None:
    story = Story()
    story.request()
    assert sheet(story).result == "Согласование не завершено. Ожидается: Петров П.П."
    story.answer("p.petrov", Answer.APPROVE)
    story.answer("o.smirnova", Answer.APPROVE)
    assert sheet(story).result == "Согласовано. Исполняется: Бухгалтерия"
    story.answer("buh", Answer.PAID, details=Details(number="345", date=date(2026, 11, 13)))
    story.answer("i.kuznetsov", Answer.DONE)
    assert sheet(story).result == "Согласовано. Маршрут пройден полностью 16.11.2026."


def test_a_rejected_case_is_not_agreed() -> None:
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.REJECT, "дорого")
    shown = sheet(story)
    assert shown.result == "Не согласовано. Заявка отклонена 16.11.2026."
    assert shown.rows[0].remark == "дорого"
    assert shown.rows[0].decision == "Не согласовано"


def test_the_head_of_the_sheet_names_the_matter() -> None:
    shown = sheet(returned())
    assert (shown.process, shown.number, shown.date) == ("Счёт на оплату", "СЧ-2026-0001", "16.11.2026")
    assert shown.title == "Счёт № 57, ООО «Ромашка», 120\u00a0000,50\u00a0₽"
    assert (shown.initiator, shown.counterparty) == ("Кузнецов И.И.", "ООО «Ромашка»")
    assert shown.zone == "Москвы"


def test_the_sheet_of_an_english_company_is_english() -> None:
    people = directory()
    company = people.company.model_copy(update={"language": "en"})
    story = Story(neon(replace(people, company=company)))
    story.request()
    story.answer("p.petrov", Answer.APPROVE)
    shown = sheet(story)
    assert (shown.process, shown.rows[0].decision, shown.rows[0].way) == ("Invoice", "Approved", "reply by mail")
    assert shown.result == "Approval is not complete. Awaited: Смирнова О.Н."


def test_a_person_who_has_left_keeps_his_row() -> None:
    story = returned()
    left = {k: v for k, v in story.office.directory.people.items() if k != "o.smirnova"}
    office = replace(story.office, directory=replace(story.office.directory, people=left))
    assert approval_sheet(story.it, office, story.now).rows[1].name == "o.smirnova"


def test_a_file_of_a_request_without_files_leaves_the_cell_empty() -> None:
    story = Story()
    story.request()
    story.case = replace(story.it, files=())
    assert sheet(story).rows[0].files == ()
    assert sheet(story).files == ()


def test_an_incoming_file_keeps_its_hash_on_the_way_to_the_sheet() -> None:
    file: IncomingFile = paper("Счет 57.pdf", "e")
    story = Story()
    story.request()
    story.answer("p.petrov", Answer.REWORK, "обновите")
    story.answer("i.kuznetsov", Answer.DONE, files=(file,))
    assert sheet(story).files[-1].sha256 == file.sha256
