"""Why a mail was set aside, in the words of whoever reads it: the secretary's digest and page, not the log.

Owns: a sentence for each defect a person has to look at. Refuses to know: which defects those are (`classify`).
"""

from __future__ import annotations

from collections.abc import Mapping

from mailflow.core.views import Language

HELD_BECAUSE = "a person must look at it: "
"""How the reason of a mail set aside begins; what follows is the defect."""

_TOO_LARGE = (
    "письмо слишком велико или слишком сложно устроено, прочитано не всё",
    "the mail is too large or too intricate, not all of it was read",
)
_UNCLEAR = (
    "структура письма неясна: разные почтовые программы увидят в нём разное, файлы могут быть не те",
    "its structure is unclear: mail programs may see different texts and files in it",
)
_WORDS: Mapping[str, tuple[str, str]] = {
    "header-limit": _TOO_LARGE,
    "line-limit": _TOO_LARGE,
    "depth-limit": _TOO_LARGE,
    "part-limit": _TOO_LARGE,
    "part-header-limit": _TOO_LARGE,
    "nested-limit": _TOO_LARGE,
    "text-limit": _TOO_LARGE,
    "attachments-differ": _UNCLEAR,
    "structure-unclear": _UNCLEAR,
    "base64-ambiguous": _UNCLEAR,
}


def held_words(reason: str, language: Language) -> str:
    """Say why a mail was set aside; what has no sentence, such as an error of the service, stays as it is."""
    defect = reason.removeprefix(HELD_BECAUSE)
    russian, english = _WORDS.get(defect.partition(":")[0], (defect, defect))
    return russian if language == "ru" else english
