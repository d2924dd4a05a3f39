"""The writer's own words in replies of every program: above, below, between quotes, beside what programs add."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailflow.core.message import parse
from mailflow.core.reply import fresh, own_words

MAILS = Path(__file__).parent / "mails" / "reply"

SAID = {
    "outlook_ru": "Согласовано",
    "outlook_en": "Approved",
    "outlook_2010_ru_in_cp1251": "Согласовано",
    "outlook_with_a_signature_of_paragraphs": "Согласовано",
    "outlook_text_under_a_line_of_underscores": "Согласовано",
    "outlook_text_with_a_mailto_address": "Согласовано",
    "outlook_old_original_message_ru": "Согласовано",
    "owa_ru": "Согласовано",
    "owa_en": "Approved",
    "owa_with_its_signature_element": "Согласовано",
    "outlook_new_mac": "Согласовано",
    "outlook_ios": "Согласовано",
    "outlook_android": "Ок",
    "typed_into_the_signature_of_outlook_mobile": "Согласовано, но без доставки",
    "gmail_ru": "Согласовано",
    "gmail_en_over_two_lines": "Approved",
    "gmail_below_the_quote": "Согласовано",
    "gmail_between_the_quotes": "много\nсрок подходит",
    "gmail_with_a_signature_that_advertises": "Согласовано",
    "gmail_app_without_a_gap": "Согласовано",
    "gmail_own_quotation_is_own": "Согласовано\nкроме п. 3",
    "yandex_web": "Согласовано",
    "yandex_app": "Согласовано",
    "yandex_app_with_its_tail": "Согласовано",
    "yandex_signature_below_dashes": "Согласовано",
    "mailru_web": "Согласовано",
    "mailru_web_signature_below_the_quote": "Согласовано",
    "mailru_old_bare_quote": "Согласовано",
    "mailru_app": "Согласовано",
    "mailru_app_as_text": "Согласовано",
    "apple_mail_ru": "Согласовано",
    "apple_mail_en": "Approved",
    "iphone_ru": "Ок",
    "iphone_between_the_quotes": "много\nдоставка нужна",
    "samsung_ru": "Да",
    "samsung_en": "Approved",
    "android_short_name_line": "Согласовано",
    "k9_name_line": "Согласовано",
    "thunderbird_ru": "Согласовано",
    "thunderbird_below_with_a_signature": "Согласовано",
    "thunderbird_between_the_quotes": "много\nсрок подходит",
    "the_bat_in_koi8r": "Здравствуйте, Иван.\nСогласовано.",
    "the_bat_en": "Hello Ivan,\nApproved.",
    "mutt_below": "Согласовано",
    "mutt_with_brackets": "Согласовано",
    "roundcube": "Согласовано",
    "evolution": "Согласовано",
    "zimbra": "Согласовано",
    "lotus_notes": "Согласовано",
    "horde": "Согласовано",
    "zoho": "Согласовано",
    "proton": "Согласовано",
    "name_line_glued_to_the_answer": "Согласовано",
    "headers_on_one_line": "Согласовано",
    "gmail_uk": "Погоджено",
    "outlook_uk": "Погоджено",
    "outlook_be": "Узгоднена",
    "outlook_kk": "Келісілді",
    "gmail_kk": "Келісілді",
    "outlook_de": "Einverstanden",
    "thunderbird_de": "Einverstanden",
    "gmail_tr": "Onaylandı",
    "gmail_zh": "同意",
    "banner_ru_in_a_table": "Согласовано",
    "banner_en_only_in_the_page": "Согласовано",
    "banner_of_seldom_mail": "Согласовано",
    "banner_and_label": "Согласовано",
    "banner_with_own_words_behind_it": "Вложения не открываются",
    "own_words_like_a_banner": "Внимание! Внешний подрядчик не согласован",
    "disclaimer_ru": "Согласовано",
    "disclaimer_en_below_the_quote": "Approved",
    "antivirus_tail": "Согласовано",
    "postscript_under_a_signature_is_kept": "Согласовано\nС уважением,\nСмирнова\nP.S. только после исправления п. 3",
    "condition_in_a_named_signature_is_kept": "Согласовано\nСмирнова\nтолько после исправления",
}
"""Mail -> what its writer decides with: quotes, tails, banners, signatures and notices taken off."""


@pytest.mark.parametrize("name", SAID)
def test_the_writers_own_words_are_found(name: str) -> None:
    seen = fresh(parse((MAILS / f"{name}.eml").read_bytes()))
    assert "\n".join(line.strip() for line in own_words(seen.text).split("\n") if line.strip()) == SAID[name]
    assert (seen.conflict, seen.original) == (False, None)
