"""The document of two captures laid over each other: what ``desync compare --points --format json`` prints.

The only place that knows its format (``report/schema_points.py``). May know overlays and deeds; must not
know how the document is printed.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from desync.analysis.record import Outcome
from desync.archive.points.deeds import Deed
from desync.archive.points.handshake import hops_of
from desync.archive.points.overlay import Course, Overlay
from desync.archive.points.points import Laid, Points
from desync.archive.points.sighting import Sighting, View
from desync.findings.making import known_time
from desync.report.points.texts import about, texts_of
from desync.report.times import rfc3339
from desync.tcp.rows import FIN, RST, SYN
from desync.version import VERSION

SCHEMA: Final = "desync-points/1"

VERDICTS: Final = ("changed", "answered", "dropped", "recut", "same", "unknown")
"""Of a connection, what matters most first: octets are others; something between the points answered or
acknowledged for a side; segments were lost; octets were cut anew, segments doubled or options changed;
nothing of the kind; nothing could be laid over each other."""

CLASSES: Final = {
    **dict.fromkeys(("changed", "replaced", "missing", "inserted"), "changed"),
    **dict.fromkeys(("made", "acknowledged"), "answered"),
    "lost": "dropped",
    **dict.fromkeys(("doubled", "cut"), "recut"),
}
"""The verdict that each kind of deed is reason for."""

FLAGS: Final = {SYN: "SYN", FIN: "FIN", RST: "RST"}

MOST_FRAMES: Final = 20
"""Frames of one deed that are named; how many segments there are is said beside."""

NANOSECONDS: Final = 9
"""Digits of times: the captures' own precision may differ."""

Sides: TypeAlias = tuple[Literal["a", "b"], Literal["a", "b"]]
"""Which capture is near and which is far."""


def points_document(paths: tuple[str, str], points: Points, *, everything: bool) -> dict[str, Any]:
    """Say what lies between two captures did to the connections in both.

    Args:
        paths: A and B as the caller named them.
        points: The two views.
        everything: Whether connections that are the same at both points are listed too.
    """
    sides: Sides = ("b", "a") if points.swapped else ("a", "b")
    counts = dict.fromkeys(VERDICTS, 0)
    rows = []
    for laid in points.laid():
        row = _connection(laid, sides)
        counts[row["verdict"]] += 1
        if everything or row["verdict"] != "same":
            rows.append(row)
    matches = points.matches
    return {
        "schema": SCHEMA,
        "tool": {"name": "desync", "version": VERSION},
        "options": {"ports": sorted(points.a.archive.options.ports)},
        "a": _view(paths[0], points.a),
        "b": _view(paths[1], points.b),
        "nearer_client": points.nearer,
        "handshakes": {"a": points.votes[0], "b": points.votes[1]},
        "summary": {
            "matched": len(matches.found),
            "by": {
                by: sum(one.by == by for one in matches.found) for by in ("numbers", "addresses", "octets")
            },
            "verdicts": counts,
            "only_a": len(matches.only_a),
            "only_b": len(matches.only_b),
        },
        "connections": rows,
        "unmatched": [
            *(_unmatched("a", one, points.a) for one in matches.only_a),
            *(_unmatched("b", one, points.b) for one in matches.only_b),
        ],
    }


def _view(path: str, view: View) -> dict[str, Any]:
    times = [one.times for one in view.archive.captures if one.times.known]
    return {
        "path": path,
        "captures": len(view.archive.captures),
        "connections": len(view.outcomes),
        "first_time": rfc3339(min((one.earliest for one in times), default=None), NANOSECONDS),
        "last_time": rfc3339(max((one.latest for one in times), default=None), NANOSECONDS),
    }


def _unmatched(where: str, outcome: Outcome, view: View) -> dict[str, Any]:
    brief = outcome.brief
    part = brief.parts[0]
    return {
        "in": where,
        "capture": view.archive.captures[part.capture].path,
        "stream": view.archive.stream_of(brief.key, part.capture, part.last_frame),
        "client": str(brief.client),
        "server": str(brief.server),
        "first_frame": part.first_frame,
        "first_time": rfc3339(brief.first_time, NANOSECONDS),
    }


def _connection(laid: Laid, sides: Sides) -> dict[str, Any]:
    overlay = laid.overlay
    deeds = [_deed(overlay, one, sides) for one in laid.deeds]
    return {
        "verdict": _verdict(laid),
        "matched_by": overlay.match.by,
        "sure": overlay.match.sure,
        **_both(sides, _sighting(overlay.near), _sighting(overlay.far)),
        "renumbered": dict(zip(("client", "server"), overlay.renumbered, strict=True)),
        "clock": {
            "b_ahead_ns": _ahead(overlay, sides),
            "way_ns": overlay.offset.way,
            "reason": overlay.offset.reason,
        },
        "client": _course(overlay.client, sides),
        "server": _course(overlay.server, sides),
        "options": [
            {
                "packet": one.packet,
                "option": one.name,
                **_both(sides, one.near, one.far),
                "frames": _frames(overlay, one.rows[:1], one.rows[1:], sides),
            }
            for one in overlay.altered
        ],
        "deeds": deeds,
        "findings": [
            {
                "code": one.code,
                "name": one.name,
                **_both(sides, one.near, one.far),
                "result": one.result,
                "deeds": list(one.deeds),
            }
            for one in laid.checks
        ],
    }


def _verdict(laid: Laid) -> str:
    overlay = laid.overlay
    classes = {CLASSES[one.what] for one in laid.deeds if one.certainty != "inconclusive"}
    if overlay.altered:
        classes.add("recut")
    found = next((verdict for verdict in VERDICTS if verdict in classes), None)
    if found is not None:
        return found
    laid_over = overlay.client.compared + overlay.server.compared
    said = overlay.near.whole.client_stream.length + overlay.far.whole.server_stream.length
    return "same" if laid_over or not said else "unknown"


def _ahead(overlay: Overlay, sides: Sides) -> int | None:
    ahead = overlay.offset.ahead
    return ahead if ahead is None or sides[0] == "a" else -ahead


def _both(sides: Sides, near: object, far: object) -> dict[str, Any]:
    """What is so at A and what at B."""
    found = {sides[0]: near, sides[1]: far}
    return {"a": found["a"], "b": found["b"]}


def _sighting(one: Sighting) -> dict[str, Any]:
    brief = one.brief
    return {
        "capture": one.path,
        "stream": one.stream,
        "client": str(brief.client),
        "server": str(brief.server),
        "name": brief.name,
        "banner": brief.banner,
        "first_frame": brief.parts[0].first_frame,
        "last_frame": brief.parts[-1].last_frame,
        "first_time": rfc3339(brief.first_time, NANOSECONDS),
        "capture_point": one.whole.point.point,
        "complete": one.whole.complete,
    }


def _course(course: Course, sides: Sides) -> dict[str, Any]:
    way = course.passage
    return {
        "octets": course.compared + course.unknown,
        "compared": course.compared,
        "unknown": course.unknown,
        "incomparable": course.incomparable,
        "differences": len(course.differences),
        "segments": {
            "sent": len(way.sent),
            "arrived": len(way.arrived),
            "same": len(way.pairs) - len(way.changed),
            "cut_anew": {"sent": len(way.cut[0]), "arrived": len(way.cut[1])},
            "lost": len(way.lost),
            "bare_lost": way.bare_lost,
            "made_up": len(way.made),
            "acknowledgments_made_up": len(way.bare_made) + len(way.changed),
        },
        "hops": _hops(course, sides),
        "delay_ns": None
        if course.delay is None
        else {
            "segments": course.delay.number,
            "least": course.delay.least,
            "median": course.delay.middle,
            "most": course.delay.most,
        },
    }


def _hops(course: Course, sides: Sides) -> dict[str, int | None]:
    """The time to live that most of a sender's segments have at either point."""
    sent, arrived = (hops_of(some) for some in (course.passage.sent, course.passage.arrived))
    return _both(sides, *((sent, arrived) if course.sender == "client" else (arrived, sent)))


def _deed(overlay: Overlay, deed: Deed, sides: Sides) -> dict[str, Any]:
    texts = texts_of(overlay, deed)
    part = about(overlay, deed)
    octets = [None if span is None else list(span) for span in (deed.near_octets, deed.far_octets)]
    text = [None if one is None else list(one) for one in texts]
    frames = _frames(overlay, deed.near, deed.far, sides)
    return {
        "what": deed.what,
        "sender": deed.sender,
        "certainty": deed.certainty,
        "doubts": list(deed.doubts),
        "part": None if part is None else part.part,
        "verb": None if part is None else part.verb,
        "octets": _both(sides, *octets),
        "text": _both(sides, *text),
        "segments": deed.segments,
        "flags": [name for bit, name in FLAGS.items() if deed.flags & bit],
        "came_later": deed.again,
        "hops": None if deed.hops is None else {"made_up": deed.hops[0], "usual": deed.hops[1]},
        "acknowledged": None
        if deed.acknowledged is None
        else {"made_up": deed.acknowledged[0], "most": deed.acknowledged[1]},
        "time": _time(overlay, deed),
        "frames": frames,
        "filters": {name: _filter(some) for name, some in frames.items()},
    }


def _time(overlay: Overlay, deed: Deed) -> str | None:
    """When it was seen first, by the clock of the point where it was seen."""
    for sighting, rows in ((overlay.near, deed.near), (overlay.far, deed.far)):
        if rows:
            return rfc3339(known_time(sighting.whole.rows.time[rows[0]]), NANOSECONDS)
    return None


def _frames(
    overlay: Overlay, near: tuple[int, ...], far: tuple[int, ...], sides: Sides
) -> Mapping[str, list[int]]:
    return _both(sides, _numbers(overlay.near, near), _numbers(overlay.far, far))


def _numbers(sighting: Sighting, rows: tuple[int, ...]) -> list[int]:
    return sorted({sighting.whole.rows.frame[row] for row in rows})[:MOST_FRAMES]


def _filter(frames: list[int]) -> str | None:
    return f"frame.number in {{{','.join(map(str, frames))}}}" if frames else None
