"""Print two captures laid over each other: each connection that is not the same, and what happened to it.

May know the document of two points; must not know how it comes about.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console

from desync.report.points.text_deeds import write_deeds
from desync.report.points.words import (
    KNOWN_BY,
    MASKED,
    POINT,
    Row,
    check_words,
    clock_words,
    course_words,
    option_words,
    renumbered_words,
)
from desync.report.text_sheet import Sheet
from desync.report.text_sides import write_sides
from desync.report.text_words import clip, clock, plural

MOST_LISTED: Final = 10
"""Connections of a section that are printed before ``--all`` is asked for."""

NAME_LIMIT: Final = 60

_SECTIONS: Final = (
    ("changed", "Changed between A and B", "What arrived is not what was sent."),
    (
        "answered",
        "Answered between A and B",
        "Something between the points spoke or acknowledged for a side. What came is as it was sent.",
    ),
    (
        "dropped",
        "Lost between A and B",
        "Segments were lost on the way. What came is as it was sent.",
    ),
    ("recut", "Other segments or options", "The octets are the same. Segments or TCP options are others."),
    ("unknown", "Not compared", "The captures hold no octets that could be laid over each other."),
    ("same", "The same at A and B", "Every octet arrived as it was sent."),
)


def write_points(document: Mapping[str, Any], console: Console, *, everything: bool = False) -> None:
    """Print what two points say of the same connections.

    Args:
        document: It, as ``document.points_document`` makes it.
        console: Where to; ``text_sheet.text_console`` makes one.
        everything: All connections, not those that tell most.
    """
    sheet = Sheet(console)
    write_sides(sheet, document, "connections")
    sheet.blank()
    _write_headline(sheet, document)
    near, far = ("B", "A") if document["nearer_client"] == "b" else ("A", "B")
    for verdict, title, what in _SECTIONS:
        rows = [row for row in document["connections"] if row["verdict"] == verdict]
        if not rows:
            continue
        sheet.heading(title)
        sheet.paragraph(what, indent=2)
        most = len(rows) if everything else MOST_LISTED
        for row in rows[:most]:
            sheet.blank()
            _write_connection(sheet, row, near, far, everything=everything)
        _write_rest(sheet, len(rows) - most)
    _write_unmatched(sheet, document["unmatched"], everything=everything)


def _write_headline(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """Write the answer in a few sentences."""
    summary = document["summary"]
    matched, verdicts = summary["matched"], summary["verdicts"]
    if not matched:
        words = "No mail connection is in both A and B: there is nothing to lay over each other."
        sheet.paragraph((words, "bold yellow"))
        return
    told = {
        "changed": "changed on the way",
        "answered": "answered or acknowledged by something between the points",
        "dropped": "with segments lost on the way",
        "recut": "with segments or options changed, the octets the same",
        "same": "the same at both points",
        "unknown": "not comparable",
    }
    parts = ", ".join(f"{verdicts[key]:,} {words}" for key, words in told.items() if verdicts[key])
    clean = verdicts["same"] == matched
    sheet.paragraph(
        (f"{plural(matched, 'mail connection')} in both A and B: {parts}.", "bold green" if clean else "bold")
    )
    sheet.paragraph(*_nearer(document))


def _nearer(document: Mapping[str, Any]) -> tuple[str | tuple[str, str], ...]:
    """Say which capture is nearer the client, and from what that is known."""
    votes = document["handshakes"]
    asked = votes["a"] + votes["b"]
    if document["nearer_client"] is None:
        return (
            ("No handshake tells which is nearer the client; A is taken to be. ", "yellow"),
            "If it is not, name them the other way round.",
        )
    nearer = document["nearer_client"].upper()
    shown = f"by the round trips of {plural(votes[nearer.lower()], 'handshake')}" + (
        f" of {asked:,}" if asked != votes[nearer.lower()] else ""
    )
    if nearer == "B":
        return ((f"B is nearer the client, {shown}: they were named the other way round.", "yellow"),)
    return (f"A is nearer the client, {shown}.",)


def _write_connection(sheet: Sheet, row: Row, near: str, far: str, *, everything: bool) -> None:
    """Write one connection: where it is in both, how it went, and what happened to it."""
    at = row[near.lower()]
    name = f"  says it is {clip(at['name'], NAME_LIMIT)}" if at["name"] else ""
    sheet.paragraph((f"{at['client']} to {at['server']}", "bold"), name, hang=2)
    sure = "" if row["sure"] else "; another one comes as near"
    sheet.field("known by", KNOWN_BY[row["matched_by"]] + sure)
    for label in ("A", "B"):
        sheet.field(label, _seen(row[label.lower()], at))
    sheet.field("clocks", clock_words(row["clock"]))
    sheet.field("client", course_words(row["client"], near, far))
    sheet.field("server", course_words(row["server"], far, near))
    numbers = renumbered_words(row["renumbered"])
    if numbers:
        sheet.field("numbers", numbers)
    for one in row["options"]:
        sheet.field("option", option_words(one))
    sheet.blank()
    write_deeds(sheet, row["deeds"], (near, far), everything=everything)
    _write_findings(sheet, row, near, far)


def _write_findings(sheet: Sheet, row: Row, near: str, far: str) -> None:
    """Write what both points say to each finding; those that are the same at both in one line."""
    findings = row["findings"]
    both = [one for one in findings if one["result"] == "both" and one["code"] not in MASKED]
    if both:
        codes = ", ".join(one["code"] for one in both)
        sheet.paragraph((codes, "bold"), "  at both points: not made between them", indent=2, hang=4)
    for one in findings:
        if one in both:
            continue
        proved = all(row["deeds"][number]["certainty"] == "proved" for number in one["deeds"])
        words = check_words(one, far if one["code"] in ("PATH601", "TLS503") else near, proved=proved)
        sheet.paragraph((f"{one['code']} {one['name']}", "bold"), f"  {words}", indent=2, hang=4)


def _seen(side: Row, at: Row) -> str:
    """Say where a connection is in one capture."""
    words = f"{side['capture']}, "
    if (side["client"], side["server"]) != (at["client"], at["server"]):
        words += f"{side['client']} to {side['server']}, "
    if side["stream"] is not None:
        words += f"tcp.stream {side['stream']}, "
    words += f"frames {side['first_frame']} to {side['last_frame']}{POINT[side['capture_point']]}"
    return words + ("" if side["complete"] else ", not complete")


def _write_rest(sheet: Sheet, count: int) -> None:
    if count > 0:
        sheet.blank()
        sheet.paragraph(f"and {plural(count, 'more connection')}; --all shows them.", indent=2)


def _write_unmatched(sheet: Sheet, rows: Sequence[Row], *, everything: bool) -> None:
    if not rows:
        return
    sheet.heading("In one capture only")
    most = len(rows) if everything else MOST_LISTED
    for row in rows[:most]:
        where = f"{row['in'].upper()}: {row['client']} to {row['server']}"
        stream = "" if row["stream"] is None else f"tcp.stream {row['stream']}, "
        sheet.paragraph(
            (where, "bold"),
            f"  {row['capture']}, {stream}frame {row['first_frame']}, {clock(row['first_time'])}",
            indent=2,
            hang=4,
        )
    _write_rest(sheet, len(rows) - most)
