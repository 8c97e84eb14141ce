"""What is written beside frames and at the head of a section.

May know findings, places and names of files; must not know octets of a capture, nor how a comment is
stored.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from desync.analysis.record import Outcome
from desync.archive.captures import CaptureEntry
from desync.capture.member import Member
from desync.capture.url import Url
from desync.findings.finding import Finding, Place
from desync.report.escape import escape
from desync.report.evidence.believed import beliefs_of
from desync.report.evidence.survey import Extra
from desync.version import VERSION

APPLICATION: Final = f"desync {VERSION}"

COMPANION: Final = "this connection is here since the verdict on another rests on it"

Marks: TypeAlias = Mapping[Place, Sequence[str]]
"""What findings say of frames."""


def file_name(path: str) -> str:
    """What a capture is called in comments: its name without the directory, which may be somebody's.

    A member of an archive is called by its name there, behind the archive's.
    """
    if isinstance(path, Member):
        return f"{file_name(path.archive)}/{escape(path.name)}"
    name = path.rpartition("/")[2] if isinstance(path, Url) else os.path.basename(path)  # noqa: PTH119 - a text
    return escape(name or path)


def marks_of(
    outcomes: Iterable[Outcome], companions: Collection[Outcome], numbers: Mapping[Place, int]
) -> Marks:
    """Say what findings have to say, each at its frame, and at the others that it rests on.

    Args:
        outcomes: The connections.
        companions: Those of them that are there for the sake of others.
        numbers: The number that each frame has in the annotated capture.
    """
    found: dict[Place, list[str]] = {}
    for outcome in outcomes:
        for place, text in _of_connection(outcome, numbers):
            lines = found.setdefault(place, [])
            if text not in lines:
                lines.append(text)
    for outcome in companions:
        found.setdefault(Place(*outcome.brief.order), []).insert(0, COMPANION)
    return found


def _of_connection(outcome: Outcome, numbers: Mapping[Place, int]) -> Iterator[tuple[Place, str]]:
    """What is to be said of a connection: what was found, why, and at which frames it rests on more."""
    record = outcome.record
    if record is None:
        return
    for one in record.findings:
        deed = _deed(one)
        if deed is not None:
            yield deed, _said(one)
    for each in record.exchanges:
        if each.in_step is False and each.frames and each.acknowledged is not None:
            yield each.frames[0], _held(each.acknowledged, each.required_end)
    yield from beliefs_of(record, numbers)
    for one in record.findings:
        deed = _deed(one)
        if deed is not None:
            see = f"{one.rule.code}: part of the evidence, see frame {numbers.get(deed, '?')} of this file"
            yield from ((place, see) for place in one.frames if place != deed)


def _deed(one: Finding) -> Place | None:
    return one.frame or (one.frames[0] if one.frames else None)


def _said(one: Finding) -> str:
    reasons = one.details.get("reasons")
    doubts = f" ({'; '.join(map(str, reasons))})" if isinstance(reasons, list | tuple) and reasons else ""
    return f"{one.rule.code} {one.rule.name}, {one.severity}, {one.certainty}{doubts}: {one.message}"


def _held(acknowledged: int, required: int | None) -> str:
    ends = f"; the reply to wait for ends at octet {required}" if required is not None else ""
    return f"acknowledges {acknowledged} octets of what the server said (tcp.ack {acknowledged + 1}){ends}"


def frame_comments(
    place: Place, name: str, marks: Sequence[str], extra: Extra | None, overwritten: int
) -> list[str]:
    """What stands beside a frame, what matters first.

    Args:
        place: The frame in its capture.
        name: What that is called.
        marks: What findings say of it.
        extra: Why it is there though it holds no whole segment, or None.
        overwritten: Octets of it that were overwritten.
    """
    found = [*marks]
    if extra is not None:
        found.append(_reason(extra, place))
    if overwritten:
        found.append(f"{overwritten} octet{'' if overwritten == 1 else 's'} overwritten")
    found.append(f"frame {place.frame} of {name}")
    return found


def _reason(extra: Extra, place: Place) -> str:
    if extra.kind == "quote":
        return "quotes this connection, or has a TCP header that cannot be read"
    if extra.kind == "unfinished":
        return "fragment of a datagram that is not whole"
    if extra.completed == place.frame:
        return "fragment that completes its datagram"
    return f"fragment of the datagram that frame {extra.completed} completes"


def section_comments(
    entry: CaptureEntry, name: str, connections: int, *, redacted: bool, renamed: bool
) -> list[str]:
    """What stands at the head of a section.

    Args:
        entry: The capture that its frames are from.
        name: What that is called.
        connections: How many connections they belong to.
        redacted: Whether what is private was overwritten.
        renamed: Whether addresses and names were replaced.
    """
    digest = f"SHA-256 {entry.sha256}" if entry.sha256 else "of unknown SHA-256"
    plural = "" if connections == 1 else "s"
    found = [
        f"from {name}, {digest}",
        f"frames of {connections} TCP connection{plural}, chosen and annotated by {APPLICATION}",
    ]
    if redacted:
        found.append(
            "overwritten at the same length: mail text, also where it ran as commands; responses and "
            "challenges of AUTH; lines that are no command; replies that repeat any of these; what could not "
            "be understood; what trails packets. Line ends, verbs and reply codes are as they were. "
            "Checksums are corrected so that a wrong one stays wrong."
        )
    if renamed:
        found.append(
            "addresses and names are replaced by pseudonyms, the same everywhere in this file; under TLS all "
            "but the beginning of the first record is overwritten"
        )
    elif redacted:
        found.append("Octets under TLS are as they were captured: encrypted.")
    if not redacted:
        found.append("unredacted: mail text and credentials are as they were captured")
    return found
