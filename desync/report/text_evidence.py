"""Show the evidence of each finding: where it stands, what was held, what was missing.

May know a finding's fields and details; must not know how findings are judged.
"""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from desync.errors import UsageError
from desync.findings.pages import page
from desync.report.jsonl import Document
from desync.report.text_groups import Connection, Finding, Group, by_id
from desync.report.text_hex import hex_rows
from desync.report.text_reply import Portions, exchange_of, portions, reply_concerned, reply_lines
from desync.report.text_sheet import LABEL, Sheet
from desync.report.text_turn import drift_words, reader_words, write_turn
from desync.report.text_verdict import DRIFT, STYLE
from desync.report.text_words import (
    CAPTURE_POINT,
    CERTAINTY,
    CURE,
    EVIDENCE,
    SPLIT,
    clip,
    clock,
    duration,
    plural,
)

FIRST: Final = 3
"""Findings of one kind by one party that are shown before ``--all`` is asked for."""

MOST_GROUPS: Final = 20
"""Kinds of findings that are shown before ``--all`` is asked for."""

MOST_LINES: Final = 8
"""Lines of a reply that are shown."""

LINE_LIMIT: Final = 300
"""Characters of a captured line that are shown."""

MOST_FRAMES: Final = 12
"""Frames that are listed; the display filter names all."""


@dataclass(frozen=True, slots=True)
class Index:
    """What a finding points to, found by its number once for all findings."""

    connections: Mapping[str, Connection]
    paths: Mapping[int, str]


def index_of(document: Document) -> Index:
    """Find the connections by their ids, and the captures' paths by their numbers."""
    return Index(by_id(document), {one["index"]: one["path"] for one in document["captures"]})


def write_evidence(
    sheet: Sheet, document: Document, groups: list[Group], *, everything: bool
) -> Iterator[None]:
    """Write the evidence of all groups, of each the first few findings.

    Yields:
        Nothing, after each finding: what is on the sheet can be taken off it.
    """
    if not groups:
        return
    sheet.heading("Evidence")
    index = index_of(document)
    most = len(groups) if everything else MOST_GROUPS
    explained: set[str] = set()
    for number, group in enumerate(groups[:most]):
        if number:
            sheet.blank()
        _write_heading(sheet, group, explain=group.code not in explained)
        explained.add(group.code)
        yield from _write_findings(sheet, index, group, everything=everything)
    if len(groups) > most:
        sheet.blank()
        sheet.paragraph(f"{plural(len(groups) - most, 'more kind')} of findings; --all shows them.")


def _write_heading(sheet: Sheet, group: Group, *, explain: bool) -> None:
    sheet.paragraph(
        (f"{group.code} {group.name}", STYLE.get(group.severity, "")),
        f"  {group.address if group.side != 'capture' else ''}  ",
        f"{group.severity}, {group.certainty}, {plural(len(group.findings), 'time')}",
        hang=2,
    )
    if explain:
        sheet.paragraph(" ".join(summary_of(group.code).split()), indent=2)


def _write_findings(sheet: Sheet, index: Index, group: Group, *, everything: bool) -> Iterator[None]:
    """Write the first finding whole, the next ones in brief, unless all are asked for."""
    shown = group.findings if everything else group.findings[:FIRST]
    for number, finding in enumerate(shown):
        sheet.blank()
        write_finding(sheet, index, finding, whole=everything or number == 0)
        yield
    if len(group.findings) > len(shown):
        sheet.blank()
        sheet.paragraph(f"and {len(group.findings) - len(shown):,} more like it; --all shows them.", indent=2)


def summary_of(code: str) -> str:
    """Say in plain words what such a finding means; nothing for a rule that has no page."""
    try:
        return page(code).summary
    except UsageError:
        return ""


def write_finding(sheet: Sheet, index: Index, finding: Finding, *, whole: bool) -> None:
    """Write a finding: what happened, how sure, when, where; in brief, or with all that proves it."""
    sheet.paragraph(clip(finding["message"], LINE_LIMIT * 3), indent=2)
    if whole:
        sheet.field("how sure", *_certainty(finding))
    sheet.field("time", clock(finding["time"]))
    if finding["client"] is not None and finding["server"] is not None:
        taken = _capture_point(index.connections.get(finding["connection"]))
        sheet.field("between", f"{finding['client']} and {finding['server']}", taken)
    _write_place(sheet, index, finding)
    if whole:
        _write_reply(sheet, finding, index.connections.get(finding["connection"]))
        _write_split(sheet, finding["details"])
        _write_drift(sheet, finding, index.connections.get(finding["connection"]))
    if finding["filter"]:
        sheet.literal("  ", (f"{'Wireshark':<{LABEL}}", "dim"), finding["filter"])
    path = index.paths.get(finding["capture"])
    if path is not None and finding["stream"] is not None:
        command = f"desync show {shlex.quote(path)} --stream {finding['stream']}"
        sheet.literal("  ", (f"{'ladder':<{LABEL}}", "dim"), command)


def _capture_point(connection: Connection | None) -> str:
    """Say where on the way the capture was taken, where that is known."""
    point = "unknown" if connection is None else connection["capture_point"]
    return "" if point == "unknown" else f", captured {CAPTURE_POINT.get(point, point)}"


def _certainty(finding: Finding) -> Iterator[str]:
    yield CERTAINTY.get(finding["certainty"], str(finding["certainty"]))
    reasons = [EVIDENCE.get(kind, kind) for kind in finding["evidence"]]
    if reasons:
        yield f" ({', '.join(finding['evidence'])}: {'; '.join(reasons)})"
    details = finding["details"]
    if details.get("reasons"):
        yield f" because {clip('; '.join(map(str, details['reasons'])), LINE_LIMIT)}"
    if details.get("because"):
        yield f"; follows from {details['because']}"


def _write_place(sheet: Sheet, index: Index, finding: Finding) -> None:
    """Name file, stream and frames; a connection that crosses files has a line for each."""
    frames: dict[int, list[int]] = {finding["capture"]: []}
    for place in finding["frames"]:
        frames.setdefault(place["capture"], []).append(place["frame"])
    if finding["frame"] is not None and not any(frames.values()):
        frames[finding["capture"]].append(finding["frame"])
    for number, (capture, listed) in enumerate(frames.items()):
        stream = finding["stream"] if capture == finding["capture"] else None
        sheet.field(
            "" if number else "where",
            index.paths.get(capture, "unknown file"),
            f", tcp.stream {stream}" if stream is not None else "",
            _frames(listed),
        )


def _frames(frames: list[int]) -> str:
    if not frames:
        return ""
    listed = ", ".join(str(frame) for frame in frames[:MOST_FRAMES])
    more = f" and {len(frames) - MOST_FRAMES} more" if len(frames) > MOST_FRAMES else ""
    return f", {'frame' if len(frames) == 1 else 'frames'} {listed}{more}"


def _write_reply(sheet: Sheet, finding: Finding, connection: Connection | None) -> None:
    """Show the reply concerned, cut where the client stopped waiting, and what the client sent."""
    reply = reply_concerned(finding, connection)
    held = finding["details"].get("held")
    cut = None
    # Octets that are private come without hex, and their text is but a count.
    if reply is not None and isinstance(held, int) and finding["details"].get("held_hex"):
        cut = portions(reply, held)
    early = finding["code"].startswith("SYNC")
    if isinstance(held, int):
        _write_held(sheet, finding["details"], "held" if early else "first part", cut)
        missing = finding["details"].get("missing")
        count = "not known" if missing is None else plural(missing, "octet")
        rest = _quotation(cut.missing if cut else None)
        sheet.field("to come" if early else "the rest", count, *rest)
    if reply is not None and cut is None:
        _write_lines(sheet, list(reply_lines(reply)))
    exchange = exchange_of(finding, connection)
    if (early or finding["code"].startswith("MAIL")) and exchange is not None and exchange["text"]:
        sent = f"frame {exchange['frame']}: " if exchange["frame"] is not None else ""
        sheet.field("sent", sent, f'"{clip(exchange["text"], LINE_LIMIT)}"')


def _write_drift(sheet: Sheet, finding: Finding, connection: Connection | None) -> None:
    """Show the turn where the client lost step: what was true beside what it believed."""
    if finding["code"] != DRIFT or connection is None or connection["drift"] is None:
        return
    sheet.field("reader", reader_words(connection["reader"]))
    sheet.field("out of step", drift_words(connection))
    sheet.blank()
    write_turn(sheet, connection, whole=False)
    sheet.blank()


def _write_held(sheet: Sheet, details: Mapping[str, Any], label: str, cut: Portions | None) -> None:
    """Show the octets of the reply that had arrived, the last of them in hex."""
    digits = str(details.get("held_hex") or "")
    sheet.field(label, plural(details["held"], "octet"), *_quotation(cut.held if cut else None))
    for pairs, letters in hex_rows(digits):
        sheet.field("", f"{pairs:<47}  {letters}" if sheet.width >= 80 else pairs)
    if digits and not digits.endswith("0d0a"):
        sheet.field("", "no CR LF (0d 0a) at their end: the line had not ended")


def _write_lines(sheet: Sheet, lines: list[str]) -> None:
    for number, line in enumerate(lines[:MOST_LINES]):
        sheet.field("" if number else "reply", f'"{clip(line, LINE_LIMIT)}"')
    if len(lines) > MOST_LINES:
        sheet.field("", f"and {len(lines) - MOST_LINES:,} more lines")


def _write_split(sheet: Sheet, details: Mapping[str, Any]) -> None:
    if "split" in details:
        gap = details.get("gap_ns")
        later = f", the rest {duration(gap)} later" if isinstance(gap, int) else ""
        sheet.field("split", SPLIT.get(details["split"], str(details["split"])), later)
    if "cure" in details:
        why = clip(str(details.get("why") or ""), LINE_LIMIT)
        sheet.field(
            "one write",
            f"for the whole reply {CURE.get(details['cure'], str(details['cure']))}",
            f": {why}" if why else "",
        )


def _quotation(text: str | None) -> list[str]:
    return [] if text is None else [', "', clip(text, LINE_LIMIT), '"']
