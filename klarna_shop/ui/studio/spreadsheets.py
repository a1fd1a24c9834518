"""Tables as files that spreadsheets open: CSV for Sweden, CSV for programs, and Excel's own format.

Every export of the studio is written here, so that one guard stands before all of them: no cell is ever a
formula, whatever readers wrote into the addresses and forms it comes from.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

Cell = str | int | Decimal
"""Text stays text and a number a number; an empty text is an empty cell."""

_FORMULA = frozenset("=+-@\u2212")
"""Beginnings of formulas, in the plain form of each: full-width and small forms are brought to it."""
_PASSED_OVER = re.compile(
    "[\\s\"'`\u200b-\u200f\u2060-\u2064\ufeff\u00ad\u202a-\u202e\u2066-\u2069\x00-\x1f\x7f-\x9f]*"
)
"""Characters before a formula that a spreadsheet, or somebody's cleaning of the file, passes over."""
_PARTS = re.compile("[;,|\t\r\n]")
"""Characters at which a spreadsheet of another country parts a line into cells."""
_WIDEST = 60


class SpreadsheetFormat(StrEnum):
    """Kind of file."""

    SWEDISH_CSV = "csv"
    """Semicolons, decimal commas and a byte order mark: what Excel takes in Sweden."""
    PLAIN_CSV = "csv-plain"
    """Commas, decimal points and no mark (RFC 4180): what programs take."""
    XLSX = "xlsx"
    """Excel's own format, the same in every country."""

    @property
    def suffix(self) -> str:
        """The end of the file's name."""
        return "xlsx" if self is SpreadsheetFormat.XLSX else "csv"

    @property
    def media_type(self) -> str:
        """The file's type for a browser."""
        if self is SpreadsheetFormat.XLSX:
            return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Table:
    """A heading for each column, and rows as long as it."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def written(table: Table, kind: SpreadsheetFormat) -> bytes:
    """Return the table as a file."""
    if kind is SpreadsheetFormat.XLSX:
        return _xlsx(table)
    swedish = kind is SpreadsheetFormat.SWEDISH_CSV
    text = io.StringIO()
    lines = csv.writer(text, delimiter=";" if swedish else ",", lineterminator="\r\n")
    lines.writerow(map(guarded, table.head))
    lines.writerows([_in_csv(cell, swedish=swedish) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig" if swedish else "utf-8")


def guarded(text: str) -> str:
    """Return the text with an apostrophe before whatever a spreadsheet reads as the beginning of a formula.

    Also inside, after a character at which a spreadsheet of another country would begin a new cell.
    """
    pieces = []
    start = 0
    for part in [*_PARTS.finditer(text), None]:
        piece = text[start : part.start() if part else len(text)]
        pieces.append(f"'{piece}" if _is_formula(piece) else piece)
        if part:
            pieces.append(part[0])
            start = part.end()
    whole = "".join(pieces)
    return f"'{whole}" if whole[:1] in {"\t", "\r", "\n"} else whole


def _is_formula(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text)
    begin = _PASSED_OVER.match(plain)
    return plain[begin.end() if begin else 0 :][:1] in _FORMULA


def _in_csv(cell: Cell, *, swedish: bool) -> str:
    if isinstance(cell, str):
        return guarded(cell)
    number = str(cell)
    return number.replace(".", ",") if swedish else number


def _xlsx(table: Table) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.title)
    sheet.freeze_panes = "A2"
    for place, name in enumerate(table.head):
        longest = max((len(str(row[place])) for row in table.rows), default=0)
        letter = chr(ord("A") + place) if place < 26 else None
        if letter:
            sheet.column_dimensions[letter].width = min(max(len(name), longest) + 2, _WIDEST)
    sheet.append([_text_cell(sheet, name, bold=True) for name in table.head])
    for row in table.rows:
        sheet.append([_text_cell(sheet, cell) if isinstance(cell, str) else cell for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _text_cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    """A cell that is text whatever stands in it, also after it is edited or saved as CSV."""
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", guarded(text)))
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
