"""The rows of what happened to a connection between two points, as the document holds them.

May know overlays and deeds; must not know the rest of the document.
"""

from typing import Any, Final, Literal, TypeAlias

from desync.archive.points.deed import Deed
from desync.archive.points.overlay import Overlay
from desync.archive.points.sighting import Sighting
from desync.findings.making import known_time
from desync.report.points.texts import about, texts_of
from desync.report.times import rfc3339
from desync.tcp.rows import FIN, RST, SYN

FLAGS: Final = {SYN: "SYN", FIN: "FIN", RST: "RST"}

MOST_FRAMES: Final = 20
"""Frames of one deed that are named; how many segments there are is said beside."""

NANOSECONDS: Final = 9
"""Digits of times: the captures' own precision may differ."""

Sides: TypeAlias = tuple[Literal["a", "b"], Literal["a", "b"]]
"""Which capture is near and which is far."""


def both(sides: Sides, near: object, far: object) -> dict[str, Any]:
    """What is so at A and what at B."""
    found = {sides[0]: near, sides[1]: far}
    return {"a": found["a"], "b": found["b"]}


def deed_row(overlay: Overlay, deed: Deed, sides: Sides) -> dict[str, Any]:
    """Make the row of a deed."""
    texts = texts_of(overlay, deed)
    part = about(overlay, deed)
    octets = [None if span is None else list(span) for span in (deed.near_octets, deed.far_octets)]
    text = [None if one is None else list(one) for one in texts]
    frames = frames_of(overlay, deed.near, deed.far, sides)
    return {
        "what": deed.what,
        "sender": deed.sender,
        "certainty": deed.certainty,
        "doubts": list(deed.doubts),
        "part": None if part is None else part.part,
        "verb": None if part is None else part.verb,
        "octets": both(sides, *octets),
        "text": both(sides, *text),
        "segments": deed.segments,
        "flags": [name for bit, name in FLAGS.items() if deed.flags & bit],
        "came_later": deed.again,
        "hops": None if deed.hops is None else {"made_up": deed.hops[0], "usual": deed.hops[1]},
        "acknowledged": None
        if deed.acknowledged is None
        else {"made_up": deed.acknowledged[0], "most": deed.acknowledged[1]},
        "time": _time(overlay, deed),
        "frames": frames,
        "files": both(sides, _file(overlay.near, deed.near), _file(overlay.far, deed.far)),
        "filters": {name: _filter(some) for name, some in frames.items()},
    }


def _time(overlay: Overlay, deed: Deed) -> str | None:
    """When it was seen first, by the clock of the point where it was seen."""
    for sighting, rows in ((overlay.near, deed.near), (overlay.far, deed.far)):
        if rows:
            return rfc3339(known_time(sighting.whole.rows.time[rows[0]]), NANOSECONDS)
    return None


def frames_of(
    overlay: Overlay, near: tuple[int, ...], far: tuple[int, ...], sides: Sides
) -> dict[str, list[int]]:
    """The frames of rows at either point, of one file of a rotation: the one that holds the first of them."""
    return both(sides, _numbers(overlay.near, near), _numbers(overlay.far, far))


def _numbers(sighting: Sighting, rows: tuple[int, ...]) -> list[int]:
    columns = sighting.whole.rows
    found = {columns.frame[row] for row in rows if columns.capture[row] == columns.capture[rows[0]]}
    return sorted(found)[:MOST_FRAMES]


def _file(sighting: Sighting, rows: tuple[int, ...]) -> str | None:
    """The file that holds the frames, where the connection does not begin in it."""
    path = sighting.paths[sighting.whole.rows.capture[rows[0]]] if rows else None
    return None if path == sighting.path else path


def _filter(frames: list[int]) -> str | None:
    return f"frame.number in {{{','.join(map(str, frames))}}}" if frames else None
