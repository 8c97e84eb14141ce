"""The document of two captures laid over each other: what ``desync compare --points --format json`` prints.

The only place that knows its format (``report/schema_points.py``). May know overlays and deeds; must not
know how the document is printed.
"""

from collections import Counter
from typing import Any, Final

from desync.analysis.record import Outcome
from desync.archive.points.handshake import hops_of
from desync.archive.points.overlay import Course, Overlay
from desync.archive.points.points import Laid, Points
from desync.archive.points.sighting import Sighting, View
from desync.report.points.deed_rows import NANOSECONDS, Sides, both, deed_row, frames_of
from desync.report.times import rfc3339
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
        "stream": view.archive.stream_of(brief),
        "client": str(brief.client),
        "server": str(brief.server),
        "first_frame": part.first_frame,
        "first_time": rfc3339(brief.first_time, NANOSECONDS),
    }


def _connection(laid: Laid, sides: Sides) -> dict[str, Any]:
    overlay = laid.overlay
    deeds = [deed_row(overlay, one, sides) for one in laid.deeds]
    return {
        "verdict": _verdict(laid),
        "matched_by": overlay.match.by,
        "sure": overlay.match.sure,
        **both(sides, _sighting(overlay.near), _sighting(overlay.far)),
        "renumbered": dict(zip(("client", "server"), overlay.renumbered, strict=True)),
        "clock": {
            "b_ahead_ns": _ahead(overlay, sides),
            "way_ns": overlay.offset.way,
            "reason": overlay.offset.reason,
        },
        "client": _course(laid, overlay.client, sides),
        "server": _course(laid, overlay.server, sides),
        "options": [
            {
                "packet": one.packet,
                "option": one.name,
                **both(sides, one.near, one.far),
                "frames": frames_of(overlay, one.rows[:1], one.rows[1:], sides),
            }
            for one in overlay.altered
        ],
        "deeds": deeds,
        "findings": [
            {
                "code": one.code,
                "name": one.name,
                **both(sides, one.near, one.far),
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


def _course(laid: Laid, course: Course, sides: Sides) -> dict[str, Any]:
    way = course.passage
    told = Counter(one.what for one in laid.deeds if one.sender == course.sender)
    acknowledged = sum(
        one.segments for one in laid.deeds if (one.what, one.sender) == ("acknowledged", course.sender)
    )
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
            "lost": told["lost"],
            "bare_lost": way.bare_lost,
            "made_up": told["made"],
            "acknowledgments_made_up": acknowledged,
        },
        "hops": _hops(course, sides),
        "delay": _delay(laid.overlay, course, sides),
    }


def _delay(overlay: Overlay, course: Course, sides: Sides) -> dict[str, Any] | None:
    """How long the segments of one direction took, and the frames of the slowest."""
    delay = course.delay
    if delay is None:
        return None
    sent, arrived = delay.slowest
    near, far = (sent, arrived) if course.sender == "client" else (arrived, sent)
    return {
        "segments": delay.number,
        "least_ns": delay.least,
        "median_ns": delay.middle,
        "most_ns": delay.most,
        "slowest": both(sides, overlay.near.whole.rows.frame[near], overlay.far.whole.rows.frame[far]),
    }


def _hops(course: Course, sides: Sides) -> dict[str, int | None]:
    """The time to live that most of a sender's segments have at either point."""
    sent, arrived = (hops_of(some) for some in (course.passage.sent, course.passage.arrived))
    return both(sides, *((sent, arrived) if course.sender == "client" else (arrived, sent)))
