"""Say how good the captures are and what could not be analysed, so that a newcomer understands it.

May know the document's captures and their problems; must not know the dialogue.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Final

from desync.report.jsonl import Document
from desync.report.text_groups import Finding, by_id, count_sessions
from desync.report.text_sheet import Sheet
from desync.report.text_words import CAPTURE_PROBLEM, clip, period, plural

MOST_CAPTURES: Final = 10
"""Captures that are listed before ``--all`` is asked for."""

FIRST: Final = 3
"""Messages of one kind of problem that are shown before ``--all`` is asked for."""

MESSAGE_LIMIT: Final = 400
"""Characters of a message that are shown."""


def write_captures(sheet: Sheet, document: Document, *, everything: bool) -> None:
    """Write a line for each capture, and what is wrong with any of them."""
    captures = document["captures"]
    if not captures:
        return
    sheet.heading("Captures")
    most = len(captures) if everything else MOST_CAPTURES
    for capture in captures[:most]:
        _write_capture(sheet, capture)
    if len(captures) > most:
        sheet.paragraph(f"and {len(captures) - most:,} more; --all shows them.", indent=2)
    _write_problems(sheet, document, everything=everything)


def write_not_analysed(
    sheet: Sheet, document: Document, errors: Collection[str] | None, *, everything: bool
) -> None:
    """Write which inputs could not be analysed, and why.

    Args:
        sheet: Where to.
        document: The report.
        errors: The paths among them that should have been captures; the others are only counted.
            None: all are.
        everything: Write all of them.
    """
    refused = document["summary"]["not_analysed"]
    if not refused:
        return
    sheet.heading("Not analysed")
    shown = [one for one in refused if everything or errors is None or one["path"] in errors]
    most = len(shown) if everything else MOST_CAPTURES
    for one in shown[:most]:
        sheet.paragraph((one["path"], "bold"), ": ", clip(one["reason"], MESSAGE_LIMIT), indent=2, hang=4)
    if len(shown) > most:
        sheet.paragraph(f"and {len(shown) - most:,} more; --all shows them.", indent=2)
    others = len(refused) - len(shown)
    if others:
        words = plural(others, "other file is no capture", "other files are no captures")
        sheet.paragraph(f"{words}; --all lists {'it' if others == 1 else 'them'}.", indent=2)


def _write_capture(sheet: Sheet, capture: Mapping[str, Any]) -> None:
    kind = (capture["format"] or "unknown format") + (
        f" in {capture['compression']}" if capture["compression"] else ""
    )
    frames, segments = capture["frames"] or 0, capture["tcp_frames"] or 0
    counts = [plural(frames, "frame"), *([f"{segments:,} of TCP"] if segments != frames else [])]
    cut = [f"cut to {plural(capture['snap_length'], 'octet')}"] if _cuts(capture) else []
    when = [period(capture["first_time"], capture["last_time"])] if capture["first_time"] else []
    sheet.paragraph(
        (capture["path"], "bold"), f": {', '.join([kind, *counts, *cut, *when])}", indent=2, hang=4
    )
    if capture["sha256"]:
        sheet.literal("    ", f"SHA-256 {capture['sha256']}")


def _cuts(capture: Mapping[str, Any]) -> bool:
    """Whether the snap length is below a full frame; larger ones cut nothing worth saying."""
    return 0 < (capture["snap_length"] or 0) < 1514


def _write_problems(sheet: Sheet, document: Document, *, everything: bool) -> None:
    """Write each kind of problem once: what it means, then the first messages."""
    connections = by_id(document)
    paths = {one["index"]: one["path"] for one in document["captures"]}
    for (code, name), findings in problems_of(document):
        sheet.blank()
        concerned = count_sessions(findings, connections)
        where = f" in {plural(concerned, 'connection')}" if concerned else ""
        sheet.paragraph((f"{code} {name}", "yellow"), f"  {plural(len(findings), 'time')}{where}", indent=2)
        sheet.paragraph(CAPTURE_PROBLEM.get(code, ""), indent=4, hang=4)
        most = len(findings) if everything else FIRST
        for finding in findings[:most]:
            sheet.paragraph("- ", *located(paths, finding), indent=4, hang=6)
        if len(findings) > most:
            sheet.paragraph(f"- and {len(findings) - most:,} more; --all shows them.", indent=4)


def problems_of(document: Document) -> list[tuple[tuple[str, str], list[Finding]]]:
    """Gather the problems of the captures by code and name."""
    gathered: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in document["findings"]:
        if finding["code"].startswith("CAP"):
            gathered[finding["code"], finding["name"]].append(finding)
    return sorted(gathered.items())


def located(paths: Mapping[int, str], finding: Finding) -> list[str]:
    """Say where a problem is, where that is not plain, and what it is."""
    stream = f" tcp.stream {finding['stream']}" if finding["stream"] is not None else ""
    frame = f" frame {finding['frame']}" if finding["frame"] is not None else ""
    path = paths.get(finding["capture"], "unknown file")
    place = f"{path}{stream}{frame}: " if len(paths) > 1 or stream or frame else ""
    return [place, clip(finding["message"], MESSAGE_LIMIT)]
