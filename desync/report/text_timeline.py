"""Print the timeline: what changed and when, then servers and clients as small charts.

May know the timeline's rows; must not know how they come about.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Any, Final

from rich.console import Console

from desync.report.jsonl import Document
from desync.report.text_changes import BANNER_LIMIT, change_sentence
from desync.report.text_counts import write_title
from desync.report.text_sheet import Sheet
from desync.report.text_words import clip, end_name, percent, period, plural
from desync.report.timeline.chart import (
    NOTHING,
    Axis,
    axis_of,
    length_words,
    marks,
    sessions_chart,
    share_chart,
)

Row = Mapping[str, Any]

MOST_CHANGES: Final = 20
MOST_ROWS: Final = 12
"""Servers, or clients, that are drawn before ``--all`` is asked for."""

_ENOUGH: Final = 1000
"""Rows that are held before those that tell least are let go."""

_LABEL: Final = 10


@dataclass(slots=True)
class Shown:
    """Of the timeline what is shown, and how much there is.

    Attributes:
        changes: The change points.
        rows: Of servers and of clients those that tell most, each with its place in the timeline.
        counts: How many rows there are of each kind.
        edges: The earliest and the latest beginning of a period.
        length: Of a period, in nanoseconds.
    """

    changes: list[Row] = field(default_factory=list)
    rows: dict[str, list[tuple[int, Row]]] = field(default_factory=lambda: {"server": [], "client": []})
    counts: Counter[str] = field(default_factory=Counter)
    edges: list[str] = field(default_factory=list)
    length: int = 1


def write_timeline(document: Document, console: Console, *, everything: bool = False) -> None:
    """Print the timeline of a report to a console.

    Args:
        document: The report.
        console: Where to; ``text_sheet.text_console`` makes one.
        everything: All rows, not those that tell most.
    """
    write_timeline_on(Sheet(console), document, everything=everything)


def write_timeline_on(sheet: Sheet, document: Document, *, everything: bool = False) -> None:
    """Write the timeline of a report on a sheet; the other arguments are those of ``write_timeline``."""
    shown = shown_of(document["summary"]["timeline"], everything=everything)
    write_title(sheet, document)
    sheet.heading("Changes")
    write_changes(sheet, shown.changes, everything=everything)
    axis = axis_of(shown.edges, shown.length)
    if axis is None:
        return
    sheet.heading("Over time")
    _write_legend(sheet, shown.length)
    for kind, row in ((kind, row) for kind, rows in shown.rows.items() for _, row in rows):
        sheet.blank()
        _write_row(sheet, kind, row, times_of(shown.changes, row), axis)
    for kind, name in (("server", "banner"), ("client", "client")):
        _write_left_out(sheet, shown.counts[kind] - len(shown.rows[kind]), name)


def write_changes(sheet: Sheet, changes: list[Row], *, everything: bool = False) -> None:
    """Write a sentence for each change point, or that there is none."""
    if not changes:
        sheet.paragraph("No change of a banner, of the share of split replies, or of who misread.", indent=2)
    most = len(changes) if everything else MOST_CHANGES
    for change in changes[:most]:
        when, what = change_sentence(change)
        sheet.paragraph((when, "bold"), what, indent=2, hang=4)
    _write_left_out(sheet, len(changes) - most, "change")


def shown_of(rows: Iterable[Row], *, everything: bool) -> Shown:
    """Choose from the rows, which may be very many, in one pass."""
    shown = Shown()
    changed: set[str] = set()
    for place, row in enumerate(rows):
        kind = row["kind"]
        if kind == "change":
            shown.changes.append(row)
            changed.add(row["address"])
            continue
        shown.counts[kind] += 1
        shown.length = row["period_ns"]
        times = [one["time"] for one in row["periods"]]
        shown.edges = sorted([*shown.edges, *times[:1], *times[-1:]])
        shown.edges = [*shown.edges[:1], *shown.edges[-1:]]
        shown.rows[kind].append((place, row))
        if not everything and len(shown.rows[kind]) > _ENOUGH:
            _thin(shown.rows[kind], changed)
    if not everything:
        for several in shown.rows.values():
            _thin(several, changed)
    return shown


def _thin(rows: list[tuple[int, Row]], changed: Collection[str]) -> None:
    """Keep the rows that tell most: who changed, then who misread, then who split."""

    def weight(placed: tuple[int, Row]) -> tuple[bool, int, int, int]:
        row = placed[1]
        return row["address"] in changed, row["misread"], row["split"], row["sessions"]

    rows[:] = sorted(nlargest(MOST_ROWS, rows, key=weight), key=lambda placed: placed[0])


def times_of(changes: Iterable[Row], row: Row) -> list[str]:
    """When something changed at a server or a client."""
    own = row["kind"], row["address"], row["port"]
    return [one["time"] for one in changes if (one["side"], one["address"], one["port"]) == own]


def _write_legend(sheet: Sheet, length: int) -> None:
    steps = "1 is up to a tenth, # all" if sheet.ascii_only else "the higher, the more"
    column = f"Each column is {length_words(length)}"
    sheet.paragraph(
        f"{column}: blank without a session, {NOTHING} for none of them; {steps}. ^ is a change.", indent=2
    )


def _write_row(sheet: Sheet, kind: str, row: Row, changes: list[str], axis: Axis) -> None:
    """Draw a server with one banner, or a client."""
    name = f'  "{clip(row["banner"], BANNER_LIMIT)}"' if row["banner"] else ""
    sheet.paragraph(f"{kind} ", (end_name(row["address"], row["port"]), "bold"), name, indent=2, hang=4)
    times = period(row["first_time"], row["last_time"])
    sheet.paragraph(f"{plural(row['sessions'], 'session')}, {times}", indent=4)
    if not row["periods"]:
        return
    _write_chart(sheet, "sessions", sessions_chart(axis, row["periods"], ascii_only=sheet.ascii_only), "")
    for member in ("split", "misread"):
        if row[member]:
            chart = share_chart(axis, row["periods"], member, ascii_only=sheet.ascii_only)
            _write_chart(sheet, member, chart, f"{percent(row[member], row['sessions'])} ({row[member]:,})")
    if changes:
        _write_chart(sheet, "", marks(axis, changes), "")


def _write_chart(sheet: Sheet, label: str, chart: str, words: str) -> None:
    edge = "" if not label else "|"
    sheet.literal(f"    {label:<{_LABEL}}{edge or ' '}{chart}{edge}  {words}")


def _write_left_out(sheet: Sheet, number: int, name: str) -> None:
    if number > 0:
        sheet.blank()
        sheet.paragraph(f"and {plural(number, f'more {name}', f'more {name}s')}; --all shows them.", indent=2)
