"""Draw one connection as a ladder: who sent what when, and what it acknowledged.

May know rungs, the connection's document and a terminal's width; must not know how segments
or exchanges are found.

A rung is a row of cells, and the columns are a table: another column ("what the client
believed") is another entry of ``_columns``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.console import Console

from desync.report.ladder_text import write_footer, write_header
from desync.report.rungs import Ladder, Rung
from desync.report.text_sheet import Sheet
from desync.report.text_words import clip
from desync.units import SECOND

TEXT_LIMIT: Final = 1000
"""Characters of one piece of text that are shown."""

_STYLE: Final = {"client": "cyan", "server": "green"}


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its title, what stands in it, and whether it is set to the right."""

    title: str
    cell: Callable[[Rung], str]
    right: bool = True


def write_ladder(ladder: Ladder, console: Console) -> None:
    """Print a ladder: both ends and the files, a rung for each segment, the findings explained."""
    sheet = Sheet(console)
    write_header(sheet, ladder.connection, ladder.captures)
    columns = _columns(ladder, ascii_only=sheet.ascii_only)
    widths = [
        max(cell_len(text) for text in (column.title, *(column.cell(rung) for rung in ladder.rungs)))
        for column in columns
    ]
    titles = [column.title for column in columns]
    sheet.row((_joined(columns, widths, titles) + "  text", "dim"))
    names = {finding["code"]: finding["name"] for finding in ladder.connection["findings"]}
    for rung in ladder.rungs:
        cells = [column.cell(rung) for column in columns]
        _write_rung(sheet, rung, _joined(columns, widths, cells) + "  ", names)
    write_footer(sheet, ladder.connection)


def _columns(ladder: Ladder, *, ascii_only: bool) -> tuple[_Column, ...]:
    """Choose the columns that stand before the text."""
    arrows = {"client": "-->", "server": "<--"} if ascii_only else {"client": "──▶", "server": "◀──"}
    origin = next((rung.time for rung in ladder.rungs if rung.time is not None), None)
    several = len({rung.capture for rung in ladder.rungs}) > 1
    return (
        _Column("seconds", lambda rung: _seconds(rung.time, origin)),
        _Column("frame", lambda rung: f"{rung.capture}:{rung.frame}" if several else str(rung.frame)),
        _Column("C S", lambda rung: arrows[rung.sender], right=False),
        _Column("octets", lambda rung: f"{rung.octets[0]}-{rung.octets[1]}" if rung.octets else ""),
        _Column("acked", lambda rung: "" if rung.acknowledged is None else str(rung.acknowledged)),
    )


def _seconds(time: int | None, origin: int | None) -> str:
    """Write the time since the first rung, to the microsecond; a clock may have stepped back."""
    if time is None or origin is None:
        return "-"
    since = time - origin
    sign, since = ("-", -since) if since < 0 else ("", since)
    return f"{sign}{since // SECOND}.{since % SECOND // 1000:06d}"


def _joined(columns: tuple[_Column, ...], widths: list[int], cells: list[str]) -> str:
    return " ".join(
        cell.rjust(width) if column.right else cell.ljust(width)
        for column, width, cell in zip(columns, widths, cells, strict=True)
    )


def _write_rung(sheet: Sheet, rung: Rung, cells: str, names: Mapping[str, str]) -> None:
    hang = len(cells)
    style = _STYLE[rung.sender]
    opening = cells
    for line in _lines(rung, sheet):
        sheet.row(opening, (line, style if rung.text else "dim"), hang=hang)
        opening = " " * hang
    for code in rung.findings:
        mark = "^" if sheet.ascii_only else "▲"
        sheet.row(" " * hang, (f"{mark} {code} {names.get(code, '')}", "bold red"), hang=hang + 2)


def _lines(rung: Rung, sheet: Sheet) -> Iterator[str]:
    """Yield what stands beside the cells: the text, its segment's end inside a line, the note."""
    note = f"[{rung.note}]" if rung.note else ""
    if not rung.text:
        yield note or ("[ACK]" if rung.octets is None else "")
        return
    last = len(rung.text) - 1
    for number, piece in enumerate(rung.text):
        line = clip(piece, TEXT_LIMIT)
        if number < last:
            yield line
        else:
            yield line + _open_end(piece, sheet) + (f"  {note}" if note else "")


def _open_end(piece: str, sheet: Sheet) -> str:
    """Mark a segment that ends inside a line; text shown as ``<n octets>`` says nothing of its end."""
    if piece.endswith(("\\n", ">")):
        return ""
    return "|" if sheet.ascii_only else "┃"
