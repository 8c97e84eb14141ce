"""Print the findings, or another table, as CSV (RFC 4180): a header, then a row for each.

May know the columns of tables; must not know what a row means.

A spreadsheet runs a cell that begins with a sign of a formula. Before such a text stands an
apostrophe, the spreadsheets' own mark for text, also where blanks or quotation marks come first; and
behind a semicolon, where a spreadsheet of another locale would begin a new cell.
"""

import csv
import re
from collections.abc import Iterator
from typing import Any, Final

from desync.report.escape import escape
from desync.report.formats.tables import table
from desync.report.jsonl import Document

_FORMULA: Final = re.compile('(^|;)(?=[ "]*[-=+@\uff0d\uff1d\uff0b\uff20])')
"""Where a formula could begin; the last four are the signs in full width, which some locales take too.
Tabs and line ends are visible escapes by then."""


class _Line:
    """Gives back the row that a CSV writer hands it."""

    def write(self, text: str) -> str:
        """Hand a row on."""
        return text


def csv_rows(document: Document, of: str = "findings") -> Iterator[str]:
    """Yield the header and a row for each finding, each ended by CR LF.

    Lists are joined by blanks; what is not known is an empty cell.

    Args:
        document: The report.
        of: Another of the tables of ``formats.tables``.
    """
    chosen = table(of)
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield writer.writerow([column.name for column in chosen.columns])
    for row in chosen.rows(document):
        yield writer.writerow([cell(column.value(row)) for column in chosen.columns])


def cell(value: Any) -> str | int:
    """Write a value for a cell: numbers stay numbers, texts are printable and no formulas."""
    if value is None:
        return ""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, list | tuple):
        return cell(" ".join(map(str, value)))
    return _FORMULA.sub(r"\1'", escape(str(value)))
