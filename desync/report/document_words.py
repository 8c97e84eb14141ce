"""What several parts of the report's document are made with: times, places, findings.

May know findings and what scanning an archive found; must not know connections in detail.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from desync.analysis.record import Brief
from desync.archive.archive import Archive
from desync.archive.captures import CaptureEntry
from desync.findings.finding import Finding, Place
from desync.report.times import rfc3339

Document: TypeAlias = dict[str, Any]


class Writer(NamedTuple):
    """Turns what was found into the document's values.

    Attributes:
        archive: What was found.
        digits: For each capture the decimals of its times.
    """

    archive: Archive
    digits: Mapping[int, int]

    def time(self, time: int | None, capture: int) -> str | None:
        """A time, with the precision of its capture."""
        return rfc3339(time, self.digits[capture])


def digits_of(one: CaptureEntry) -> int:
    """Decimals of a capture's times."""
    return max((interface.time_digits for interface in one.interfaces), default=6)


def identify(brief: Brief) -> str:
    """The id of a connection in its report: its capture and its first frame there."""
    return "{}-{}".format(*brief.order)


def finding_part(
    writer: Writer, one: Finding, name: str, brief: Brief | None, stream: int | None
) -> Document:
    """Write a finding.

    Args:
        writer: Knows the captures.
        one: The finding.
        name: Its id.
        brief: Its connection, or None where it is about a capture.
        stream: That connection's number.
    """
    frames = [place.frame for place in one.frames]
    capture = one.frame.capture if one.frame else brief.parts[0].capture if brief else None
    return {
        "id": name,
        "code": one.rule.code,
        "name": one.rule.name,
        "severity": one.severity,
        "certainty": one.certainty,
        "blame": one.blame,
        "evidence": list(one.evidence),
        "capture": capture if capture is not None else int(name.partition("-")[0]),
        "connection": identify(brief) if brief else None,
        "stream": stream,
        "client": str(brief.client) if brief else None,
        "server": str(brief.server) if brief else None,
        "frame": one.frame.frame if one.frame else None,
        "frames": [place_part(place) for place in one.frames],
        "time": writer.time(one.time, one.frame.capture) if one.frame else None,
        "exchanges": list(one.exchanges) if one.exchanges else None,
        "message": one.message,
        "filter": _filter(one, frames),
        "details": dict(one.details),
    }


def _filter(one: Finding, frames: list[int]) -> str | None:
    """A display filter for the frames, where one capture holds them all."""
    if not frames or len({place.capture for place in one.frames}) > 1:
        return None
    return f"frame.number in {{{','.join(str(frame) for frame in sorted(set(frames)))}}}"


def place_part(place: Place) -> Document:
    """Write a frame's place."""
    return {"capture": place.capture, "frame": place.frame}
