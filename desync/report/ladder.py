"""Draw one connection as a ladder: who sent what when, and what it acknowledged.

May know rungs, the connection's document and a terminal's width; must not know how segments
or exchanges are found.

A rung is a row of cells and, behind them, the text. Where the client drifted the text stands in
two columns: what was true, and what the client believed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.console import Console

from desync.report.beliefs import Pairings
from desync.report.ladder_sides import Sides, sides_of
from desync.report.ladder_text import write_footer, write_header
from desync.report.rungs import Ladder, Rung
from desync.report.text_sheet import GUTTER, Sheet
from desync.report.text_words import clip
from desync.units import SECOND

TEXT_LIMIT: Final = 1000
"""Characters of one piece of text that are shown."""

NARROWEST: Final = 62
"""Columns that two columns of text need; where there are fewer, they stand below each other."""

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
    heading = _joined(columns, widths, titles) + GUTTER
    sheet.row((heading + "text", "dim"))
    names = {finding["code"]: finding["name"] for finding in ladder.connection["findings"]}
    sides = sides_of(Pairings(ladder.connection), ladder.rungs)
    page = _Page(sheet, len(heading), names)
    beside = False
    for rung, each in zip(ladder.rungs, sides, strict=True):
        if each is not None and not beside:
            page.write_titles()
        beside = each is not None
        page.write(rung, _joined(columns, widths, [column.cell(rung) for column in columns]) + GUTTER, each)
    write_footer(sheet, ladder.connection)


def _columns(ladder: Ladder, *, ascii_only: bool) -> tuple[_Column, ...]:
    """Choose the columns that stand before the text."""
    arrows = {"client": "-->", "server": "<--"} if ascii_only else {"client": "──▶", "server": "◀──"}
    origin = next((rung.time for rung in ladder.rungs if rung.time is not None), None)
    several = len({rung.capture for rung in ladder.rungs}) > 1
    return (
        _Column("seconds", lambda rung: seconds_since(rung.time, origin)),
        _Column("frame", lambda rung: f"{rung.capture}:{rung.frame}" if several else str(rung.frame)),
        _Column("C S", lambda rung: arrows[rung.sender], right=False),
        _Column("octets", lambda rung: f"{rung.octets[0]}-{rung.octets[1]}" if rung.octets else ""),
        _Column("acked", lambda rung: "" if rung.acknowledged is None else str(rung.acknowledged)),
    )


def seconds_since(time: int | None, origin: int | None) -> str:
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


class _Page:
    """Writes rungs, whole or in two columns.

    Args:
        sheet: Where to.
        hang: Where the text begins.
        names: The name of each finding's code.
    """

    def __init__(self, sheet: Sheet, hang: int, names: Mapping[str, str]) -> None:
        self._sheet = sheet
        self._hang = hang
        self._names = names
        room = sheet.width - hang - len(GUTTER)
        self._split = room * 11 // 20 if room >= NARROWEST else 0

    def write_titles(self) -> None:
        """Write what stands in the two columns, from here on; lines below each other say it themselves."""
        if self._split:
            true, believed = ("what was true", "bold"), ("what the client believed", "bold")
            self._sheet.beside([true], [believed], split=self._split, hang=self._hang)

    def write(self, rung: Rung, cells: str, sides: Sides | None) -> None:
        """Write a rung, below it the findings that were made there."""
        style = _STYLE[rung.sender] if rung.text else "dim"
        lines = [(line, style) for line in _lines(rung, self._sheet)]
        if sides is not None and sides.true and self._split:
            left = [*lines, *((f"= {line}", "dim") for line in sides.true)]
            self._sheet.beside(left, sides.parts, split=self._split, opening=cells, hang=self._hang)
        else:
            self._write_lines(cells, lines)
            self._write_below(sides)
        mark = "^" if self._sheet.ascii_only else "▲"
        for code in rung.findings:
            label = f"{mark} {code} {self._names.get(code, '')}"
            self._sheet.row(" " * self._hang, (label, "bold red"), hang=self._hang + 2)

    def _write_below(self, sides: Sides | None) -> None:
        true, believed = (sides.true, sides.parts) if sides is not None else ((), [])
        for label, parts in (("true", true), ("believed", believed)):
            for part in parts:
                self._sheet.row(" " * self._hang, (f"{label}: ", "bold"), part, hang=self._hang + 2)

    def _write_lines(self, cells: str, lines: list[tuple[str, str]]) -> None:
        opening = cells
        for line in lines:
            self._sheet.row(opening, line, hang=self._hang)
            opening = " " * self._hang


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
    return "" if piece.endswith(("\\n", ">")) else sheet.open_end
