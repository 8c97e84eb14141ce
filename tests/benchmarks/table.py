"""Print what was measured: a table for each capture, and how the large ones compare with the small.

May know measurements and how tables look; must not run anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from generate import Truth
from measure import Measurement
from tools import BASE

_HEAD: Final = (
    "tool", "wall s", "least", "CPU s", "least", "peak MB", "frames/s",
    "wall to desync's", "CPU", "memory", "remark",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """All runs of one tool on one capture.

    Attributes:
        tool: Its name.
        runs: What each run took.
        wrong: What was wrong about its answers.
    """

    tool: str
    runs: tuple[Measurement, ...]
    wrong: tuple[str, ...]

    @property
    def wall(self) -> float:
        """The median time in seconds."""
        return median(run.wall for run in self.runs) / 1e9

    @property
    def processor(self) -> float:
        """The median processor time in seconds."""
        return median(run.processor for run in self.runs) / 1e9

    @property
    def peak(self) -> float:
        """The median peak memory in millions of octets."""
        return median(run.peak for run in self.runs) / 1e6


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rows of one capture.

    Attributes:
        name: The capture's name.
        size: Of the file, in octets.
        truth: What it holds.
        rows: One for each tool.
        than: The capture to compare it with, or None.
    """

    name: str
    size: int
    truth: Truth
    rows: tuple[Row, ...]
    than: str | None

    @property
    def title(self) -> str:
        """The capture in a line."""
        truth = self.truth
        broken = f", {sum(truth.broken.values()):,} of those broken" if truth.broken else ""
        return (
            f"{self.name}: {truth.frames:,} frames, {self.size / 1e6:,.1f} MB, {truth.connections:,}"
            f" connections, {truth.mail:,} of mail{broken}"
        )

    def row(self, tool: str) -> Row | None:
        """The row of a tool, if it ran."""
        return next((row for row in self.rows if row.tool == tool), None)


def as_text(sheet: Sheet) -> str:
    """Print a sheet for a terminal."""
    cells = [_HEAD, *_cells(sheet)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if place in {0, len(line) - 1} else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
    return "\n".join([sheet.title, *(f"  {line}" for line in lines)]) + "\n"


def as_markdown(sheet: Sheet) -> str:
    """Print a sheet as a Markdown table."""
    rule = ["---", *["---:"] * (len(_HEAD) - 2), "---"]
    lines = [
        f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |"
        for line in (_HEAD, rule, *_cells(sheet))
    ]
    return "\n".join([f"**{sheet.title}**", "", *lines]) + "\n"


def comparisons(sheets: Sequence[Sheet]) -> list[str]:
    """Set desync's figures for a capture against those for another, where both were measured."""
    known = {sheet.name: sheet for sheet in sheets}
    lines = []
    for sheet in sheets:
        base = known.get(sheet.than or "")
        for row in sheet.rows if base else ():
            other = base.row(row.tool) if base and row.tool.startswith(BASE) else None
            if base and other:
                ratios = (
                    ("frames", sheet.truth.frames, base.truth.frames),
                    ("wall", row.wall, other.wall),
                    ("CPU", row.processor, other.processor),
                    ("peak memory", row.peak, other.peak),
                )
                said = ", ".join(f"{what} {one / two:.2f}x" for what, one, two in ratios if two)
                lines.append(f"{row.tool}, {sheet.name} to {base.name}: {said}")
    return lines


def _cells(sheet: Sheet) -> list[tuple[str, ...]]:
    """The cells of a sheet; the ratios are the tool's medians over those of desync."""
    base = sheet.row(BASE)
    return [_line(row, base, sheet.truth.frames) for row in sheet.rows]


def _line(row: Row, base: Row | None, frames: int) -> tuple[str, ...]:
    ratios = ["", "", ""]
    if base is not None:
        pairs = ((row.wall, base.wall), (row.processor, base.processor), (row.peak, base.peak))
        ratios = [_ratio(value / other) if value and other else "" for value, other in pairs]
    return (
        row.tool,
        _seconds(row.wall),
        _seconds(min(run.wall for run in row.runs) / 1e9),
        _seconds(row.processor),
        _seconds(min(run.processor for run in row.runs) / 1e9),
        f"{row.peak:.0f}" if row.peak else "",
        f"{frames / row.wall:,.0f}",
        *ratios,
        "; ".join(row.wrong),
    )


def _seconds(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.2f}"


def _ratio(value: float) -> str:
    return f"{value:.3f}x" if value < 0.1 else f"{value:.2f}x"
