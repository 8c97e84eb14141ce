"""Print the clients and servers of a comparison, each with both sides and what follows.

May know the document's rows; must not know what they come to in all.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from desync.report.compare.words import (
    Row,
    quiet_words,
    server_verdict_words,
    server_words,
    side_words,
    verdict_words,
    why_words,
)
from desync.report.text_sheet import Sheet
from desync.report.text_words import clip, end_name, plural

MOST_LISTED: Final = 10
"""Clients of a section, and servers, that are printed before ``--all`` is asked for."""

MOST_NAMES: Final = 3
"""Names of a client, and banners of a server, that are told."""

NAME_LIMIT: Final = 60
BANNER_LIMIT: Final = 120

Write: TypeAlias = Callable[[Sheet, Row], None]


def write_rows(sheet: Sheet, rows: Sequence[Row], write: Write, name: str, *, everything: bool) -> None:
    """Write rows, the first of them, and how many there are besides."""
    most = len(rows) if everything else MOST_LISTED
    for number, row in enumerate(rows[:most]):
        if number:
            sheet.blank()
        write(sheet, row)
    if len(rows) > most:
        sheet.blank()
        sheet.paragraph(f"and {plural(len(rows) - most, f'more {name}')}; --all shows them.", indent=2)


def write_client(sheet: Sheet, row: Row) -> None:
    """Write a client that was out of step."""
    a, b = row["a"], row["b"]
    sheet.paragraph((row["address"], "bold"), _names(row), hang=2)
    for label, seen in (("A", a), ("B", b)):
        if seen is not None:
            sheet.field(label, side_words(seen))
    for label, seen in _reasons(a, b):
        sheet.field(label, why_words(seen))
    sheet.field("verdict", verdict_words(row))
    if row["same_name"]:
        other = "B" if b is None else "A"
        sheet.field("same name", f"{row['same_name']} in {other}; it may be the same client")


def write_quiet(sheet: Sheet, row: Row) -> None:
    """Write a client that was never out of step, in one line."""
    seen = [f"{name.upper()}: {quiet_words(row[name])}" for name in ("a", "b") if row[name] is not None]
    sheet.paragraph((row["address"], "bold"), f"  {'; '.join(seen)}", indent=2, hang=4)


def write_server(sheet: Sheet, row: Row) -> None:
    """Write a server."""
    a, b = row["a"], row["b"]
    sheet.paragraph((end_name(row["address"], row["port"]), "bold"))
    same = a is not None and b is not None and a["banners"] == b["banners"]
    if same:
        sheet.field("banner", _banners(a))
    for label, seen in (("A", a), ("B", b)):
        if seen is not None:
            sheet.field(label, server_words(seen))
            if not same:
                sheet.field("", _banners(seen))
    verdict = server_verdict_words(row)
    if verdict:
        sheet.field("verdict", verdict)


def _reasons(a: Row | None, b: Row | None) -> list[tuple[str, Row]]:
    """Which reasons are to be told: those of B, and those of A where they are others."""
    told = [
        (label, seen)
        for label, seen in (("why in A", a), ("why in B", b))
        if seen is not None and seen["why"]
    ]
    if len(told) > 1 and [one["reason"] for one in told[0][1]["why"]] == [
        one["reason"] for one in told[1][1]["why"]
    ]:
        return told[1:]
    return told


def _names(row: Row) -> str:
    names = list(dict.fromkeys(name for seen in (row["a"], row["b"]) if seen for name in seen["names"]))
    if not names:
        return ""
    shown = ", ".join(clip(name, NAME_LIMIT) for name in names[:MOST_NAMES])
    return f"  says it is {shown}" + (", ..." if len(names) > MOST_NAMES else "")


def _banners(seen: Row) -> str:
    known = [f'"{clip(banner, BANNER_LIMIT)}"' for banner in seen["banners"] if banner is not None]
    shown = ", ".join(known[:MOST_NAMES]) or "no greeting"
    more = len(known) - MOST_NAMES
    return f"{shown} and {more:,} more" if more > 0 else shown
