"""The lists of a site as files: lists/NAME.csv as a spreadsheet saves it, NAME.xlsx, or NAME.yaml.

Owns: reading them into rows; the first row is the head, the first column the value as cards show it, every further
column another word for it (a code, a short name). Refuses to know: which field goes by which list.

What may go wrong: a file that is no such file, or too large; two files of one name. Each stops the start with its
name and the cure. Of a workbook the first sheet is read, formulas as they were last reckoned, without running anything.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from pydantic import RootModel

from mailflow.core.documents import read_document
from mailflow.core.reference_lists import ReferenceList, reference_list
from mailflow.core.rule_words import Texts
from mailflow.errors import SettingsError

FOLDER = "lists"
MOST_BYTES = 16 * 1024 * 1024
MOST_ROWS = 100_000


def read_lists(site: Path) -> dict[str, ReferenceList]:
    """Read every list of a site by name; SettingsError gathers what is wrong in all of them."""
    found: dict[str, ReferenceList] = {}
    complaints: list[str] = []
    for path in sorted((site / FOLDER).glob("*")):
        if path.suffix.lower() not in _READERS:
            continue
        try:
            _refuse_second(path, found)
            found[path.stem] = read_list(path)
        except SettingsError as wrong:
            complaints.append(str(wrong))
    if complaints:
        raise SettingsError("\n".join(complaints))
    return found


def read_list(path: Path) -> ReferenceList:
    """Read one list; SettingsError names file, row and cure."""
    name = f"{FOLDER}/{path.name}"
    if path.stat().st_size > MOST_BYTES:
        raise SettingsError(f"{name}: the file is larger than 16 MiB: keep the values alone in it")
    rows = list(islice(_READERS[path.suffix.lower()](path, name), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise SettingsError(f"{name}: the list has more than {MOST_ROWS} rows: part it")
    return reference_list(path.stem, rows)


def table(path: Path) -> list[tuple[int, Sequence[str]]]:
    """Read a csv or a workbook as it stands, each row with its number; SettingsError where it is neither."""
    reader = _TABLES.get(path.suffix.lower())
    if reader is None:
        raise SettingsError(f"{path.name}: it is no .csv and no .xlsx: save it as one")
    if path.stat().st_size > MOST_BYTES:
        raise SettingsError(f"{path.name}: the file is larger than 16 MiB: keep the values alone in it")
    return list(islice(reader(path, path.name), MOST_ROWS + 1))


def _refuse_second(path: Path, found: Mapping[str, ReferenceList]) -> None:
    if path.stem in found:
        raise SettingsError(f"{FOLDER}/{path.name}: there is a list `{path.stem}` already, in another form: keep one")


def text_of(path: Path) -> str:
    """Read the text of a spreadsheet's csv: UTF-8 with or without its mark, else Windows-1251."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", "replace")


def csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give the rows of a csv with the line each ends at; the head tells whether commas or semicolons part it."""
    head = text.split("\n", 1)[0]
    rows = csv.reader(text.splitlines(), delimiter=";" if head.count(";") > head.count(",") else ",")
    for row in rows:
        yield rows.line_num, row


def _of_csv(path: Path, name: str) -> Iterator[tuple[int, Sequence[str]]]:
    try:
        yield from csv_rows(text_of(path))
    except csv.Error as wrong:
        raise SettingsError(f"{name}: this is no csv ({wrong}): save it anew from the spreadsheet") from None


def _of_workbook(path: Path, name: str) -> Iterator[tuple[int, Sequence[str]]]:
    from openpyxl import load_workbook  # 0.2 s: only where a site has a workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            yield number, tuple(map(_cell, cells))
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError) as wrong:
        raise SettingsError(f"{name}: this is no workbook ({wrong}): save it anew as .xlsx") from None


def _cell(value: object) -> str:
    """Give what a cell shows: 12.0 is 12, an empty one is nothing."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


class _Written(RootModel[dict[str, Texts] | tuple[str, ...]]):
    """Values in a list, or each with its further words: `Реклама: [маркетинг, "01.02"]`."""


def _from_yaml(path: Path, name: str) -> Iterator[Sequence[str]]:
    try:
        written = read_document(path.read_text(encoding="utf-8"), name, _Written)
    except UnicodeDecodeError:
        raise SettingsError(f"{name}: this is not UTF-8 text: save it as UTF-8") from None
    if isinstance(written.root, tuple):
        yield from ((value,) for value in written.root)
        return
    yield from ((value, *words) for value, words in written.root.items())


_TABLES: Mapping[str, Callable[[Path, str], Iterator[tuple[int, Sequence[str]]]]] = {
    ".csv": _of_csv,
    ".xlsx": _of_workbook,
}


def _from_table(path: Path, name: str) -> Iterator[Sequence[str]]:
    """Give the rows of a list below its head."""
    return (cells for number, cells in _TABLES[path.suffix.lower()](path, name) if number > 1)


_READERS: Mapping[str, Callable[[Path, str], Iterator[Sequence[str]]]] = {
    ".csv": _from_table,
    ".xlsx": _from_table,
    ".yaml": _from_yaml,
}
