"""Print what happened to a connection between two points: each deed with its octets and its frames.

May know the rows of deeds; must not know the connection that they are of.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from desync.report.points.deed_rows import MOST_FRAMES
from desync.report.points.words import Row, deed_words, sureness
from desync.report.text_sheet import Sheet
from desync.report.text_words import clip, plural

MOST_ALIKE: Final = 5
"""Deeds of one kind and direction that are printed before ``--all`` is asked for."""

TEXT_LIMIT: Final = 300
"""Characters of one line of a text that are shown."""

MOST_LINES: Final = 8
"""Lines of a text that are shown."""


def write_deeds(sheet: Sheet, deeds: Sequence[Row], points: tuple[str, str], *, everything: bool) -> None:
    """Write what happened.

    Args:
        sheet: Where to.
        deeds: What happened, alike after alike.
        points: The names of the point nearer the client and of the other.
        everything: All of them, not the first of each kind.
    """
    for _, group in groupby(deeds, key=lambda one: (one["what"], one["sender"])):
        alike = list(group)
        most = len(alike) if everything else MOST_ALIKE
        for deed in alike[:most]:
            sent, arrived = points if deed["sender"] == "client" else points[::-1]
            _write_deed(sheet, deed, sent, arrived)
        if len(alike) > most:
            sheet.paragraph(f"and {plural(len(alike) - most, 'more such case')}; --all shows them.", indent=2)


def _write_deed(sheet: Sheet, deed: Row, sent: str, arrived: str) -> None:
    sheet.paragraph((_capital(deed_words(deed, sent, arrived)), "bold"), indent=2, hang=4)
    sheet.field("how sure", sureness(deed), indent=4)
    for where, what in ((sent, "sent"), (arrived, "arrived")):
        for number, line in enumerate(_text(deed["text"][where.lower()])):
            sheet.field(f"{where}, {what}" if not number else "", line, indent=4)
    for where in (sent, arrived):
        words = ", ".join(_where(deed, where.lower()))
        if words:
            sheet.field(f"in {where}", words, indent=4)
    sheet.blank()


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _text(lines: Sequence[str] | None) -> Iterator[str]:
    """The lines of a text, the first of them, and how many there are besides."""
    if lines is None:
        return
    for line in lines[:MOST_LINES]:
        yield clip(line, TEXT_LIMIT)
    if len(lines) > MOST_LINES:
        yield f"and {plural(len(lines) - MOST_LINES, 'more line')}"


def _where(deed: Row, where: str) -> Iterator[str]:
    """Where a deed is in one capture: octets, and the display filter for its frames."""
    span, found = deed["octets"][where], deed["filters"][where]
    if span is not None and found is not None:
        yield f"octets {span[0]}-{span[1]}" if span[0] < span[1] else f"at octet {span[0]}"
    if deed["files"][where] is not None:
        yield deed["files"][where]
    if found is not None:
        # There may be more: a row names so many at most.
        more = len(deed["frames"][where]) == MOST_FRAMES
        yield found + (f", {MOST_FRAMES} frames at most" if more else "")
