"""Fit texts into a picture, which does not break lines: by the width of their letters, not their number.

May know how many cells of a fixed-width font a letter takes; must not know what the picture shows.
"""

from collections.abc import Iterable
from io import StringIO
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from desync.report.escape import escape
from desync.report.text_sheet import text_console

ENDING: Final = 8
"""Letters of the end of a line that are kept, where the line is too long."""

LONG: Final = 1000
"""Characters that are looked at; a letter may take no room at all."""

_CONSOLE: Final = text_console(StringIO(), width=100)
"""Rich breaks lines for a console; what it would print goes nowhere."""


def shortened(words: str, cells: int) -> str:
    """Shorten a text to so many cells, in its middle: how a line ends tells most."""
    if len(words) > LONG:
        words = f"{words[: LONG - ENDING]}…{words[-ENDING:]}"
    safe = escape(words)
    if cell_len(safe) <= cells:
        return safe
    end = safe[-ENDING:]
    return f"{set_cell_size(safe, cells - 1 - cell_len(end)).rstrip()}…{end}"


def broken(texts: Iterable[str], cells: int, most: int) -> tuple[str, ...]:
    """Break texts into lines of so many cells, and into so many lines at most."""
    lines = [
        line.plain.rstrip()
        for words in texts
        for line in Text(escape(words[:LONG])).wrap(_CONSOLE, cells, overflow="fold")
    ]
    if len(lines) <= most:
        return tuple(lines)
    return (*lines[: most - 1], f"{set_cell_size(lines[most - 1], cells - 2).rstrip()} …")
