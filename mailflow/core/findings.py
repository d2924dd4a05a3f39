"""A finding: one thing checked about a paper, said in one sentence a clerk can read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. `ok` False: a person has to look, be it an error or a question."""

    code: str
    ok: bool
    text_ru: str
    text_en: str

    def text(self, language: str = "ru") -> str:
        """Give the sentence in that language."""
        return self.text_ru if language == "ru" else self.text_en
