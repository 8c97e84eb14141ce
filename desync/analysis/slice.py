"""Analyse one slice of a capture, apart from all others: a pure function.

What it finds is provisional: where stitching meets frames of the same pair of endpoints in
another slice, or a missing fragment, it is thrown away and made again from all of the pair's
frames. May know all stages below; must not know other slices.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desync.analysis.carried import behind, open_flows, take
from desync.analysis.kept import Kept, keep
from desync.analysis.lighter import lighten
from desync.analysis.options import Options
from desync.analysis.outcomes import open_pairs, outcomes_of
from desync.analysis.plain import Plain
from desync.analysis.record import Outcome
from desync.analysis.select import mail_flows, opened_flows, speaking_flows
from desync.capture.frames import Frames, Integers
from desync.capture.slices import Slice, read_frames
from desync.findings.finding import Facts
from desync.findings.quality import Clock
from desync.packets.decode import Decoded, decode
from desync.packets.fragments import Fragments, joined
from desync.packets.headers import NO_HEADERS, Headers
from desync.packets.segments import NO_SEGMENTS, Segments
from desync.tcp.flows import Flows, group
from desync.tcp.numbering import StreamEvents, events
from desync.tcp.pair_keys import Keys, among, keys_of
from desync.units import SECOND, UNKNOWN_TIME


@dataclass(frozen=True, slots=True)
class Times:
    """What the times of consecutive frames did; joined by ``analysis.stitch``.

    Attributes:
        known: Frames with a time.
        begin, end: Time of the first and of the last such frame, 0 where there is none.
        earliest, latest: The extremes.
        first_step: Frame before which time stepped back by more than a second, or None.
        steps, largest: How often it did, and by how much at worst.
    """

    known: int
    begin: int
    end: int
    earliest: int
    latest: int
    first_step: int | None
    steps: int
    largest: int


@dataclass(frozen=True, slots=True)
class Partial:
    """What one slice of a capture holds, or several that follow each other.

    Attributes:
        capture: Index of the capture.
        first_frame, frames, tcp_frames, cut, malformed: Which frames, and how many of what.
        times: What their times did.
        opaque: Frames that could not be decoded, by link type and reason.
        events: What numbering the streams needs; its ``keys`` name every pair in the slice.
        fragments: IP fragments that may carry TCP.
        kept: The segments of pairs that may carry mail.
        speaking: Which of the kept pairs may carry mail by what this slice shows of them.
        outcomes: For each kept pair its mail connections, as far as this slice shows them; None where it
            seems to have frames in other slices: it is examined when all its frames are known.
        plain: The textbook connections, which are not among the outcomes.
    """

    capture: int
    first_frame: int
    frames: int
    tcp_frames: int
    cut: int
    malformed: int
    times: Times
    opaque: tuple[tuple[int | None, str, int], ...]
    events: StreamEvents
    fragments: Fragments
    kept: Kept
    speaking: NDArray[np.bool_]
    outcomes: tuple[tuple[Outcome, ...] | None, ...]
    plain: Plain


class Terms(NamedTuple):
    """What the slices of a capture are analysed by.

    Attributes:
        capture: Index of the capture.
        options: What the caller asked for.
        facts: What is known of the rest of the archive.
        watch: Pairs to keep whatever they say.
    """

    capture: int
    options: Options
    facts: Facts
    watch: Keys | None = None


def analyse(piece: Slice, terms: Terms) -> Partial:
    """Analyse one slice by itself."""
    return analyse_next(piece, NO_SEGMENTS, terms, goes_on=False)[0]


def analyse_next(piece: Slice, before: Segments, terms: Terms, *, goes_on: bool) -> tuple[Partial, Segments]:
    """Analyse one slice together with what the one before carries over.

    Args:
        piece: The slice.
        before: What is carried into it.
        terms: What it is analysed by.
        goes_on: Whether something may be carried out of it: the next slice is analysed in its turn.

    Returns:
        What the slice holds, and what is carried into the next one: that is not in it.
    """
    frames = read_frames(piece, before.octets)
    decoded = decode(frames)
    counts = _counts(piece, frames, decoded, terms.capture)
    segments, quoted = behind(before, decoded.segments), decoded.quoted
    # The columns of the frames, and the segments without the carried ones, need not stay.
    del frames, decoded
    found, after = _look(segments, quoted, terms, rereadable=piece.octets is None, goes_on=goes_on)
    return Partial(**counts, **found._asdict()), after


def _counts(piece: Slice, frames: Frames, decoded: Decoded, capture: int) -> dict[str, Any]:
    """The members of ``Partial`` that say which frames there are, and how many of what."""
    return {
        "capture": capture,
        "first_frame": piece.first_frame,
        "frames": len(frames),
        "tcp_frames": decoded.tcp_frames,
        "cut": decoded.cut,
        "malformed": decoded.malformed,
        "times": times_of(frames),
        "opaque": opaque_rows(decoded.opaque),
        "fragments": decoded.fragments,
    }


def opaque_rows(counts: Mapping[tuple[int | None, str], int]) -> tuple[tuple[int | None, str, int], ...]:
    """Link type, reason and number of the frames that could not be decoded, in order."""
    return tuple(sorted(((link, reason, count) for (link, reason), count in counts.items()), key=str))


def analyse_rest(before: Segments, terms: Terms, first_frame: int) -> Partial:
    """Analyse what was carried into a slice that cannot be read."""
    found, _ = _look(before, NO_HEADERS, terms, rereadable=True, goes_on=False)
    return Partial(
        capture=terms.capture,
        first_frame=first_frame,
        frames=0,
        tcp_frames=0,
        cut=0,
        malformed=0,
        times=NO_TIMES,
        opaque=(),
        fragments=joined([]),
        **found._asdict(),
    )


class _Found(NamedTuple):
    """What segments say; members of ``Partial``."""

    events: StreamEvents
    kept: Kept
    speaking: NDArray[np.bool_]
    outcomes: tuple[tuple[Outcome, ...] | None, ...]
    plain: Plain


def _look(
    segments: Segments, quoted: Headers, terms: Terms, *, rereadable: bool, goes_on: bool
) -> tuple[_Found, Segments]:
    """Look at segments that lie together, but for those that are carried on."""
    flows = group(segments)
    chosen = said = _said(segments, flows, terms.options)
    if not rereadable:
        # What is not kept of it now is gone.
        chosen = chosen | opened_flows(segments, flows)
    if terms.watch is not None and len(terms.watch):
        chosen = chosen | among(keys_of(flows.keys), terms.watch)
    carried = open_flows(segments, flows, chosen) if goes_on else np.zeros(len(flows), dtype=np.bool_)
    chosen = chosen & ~carried
    kept = keep(segments, flows, chosen, terms.capture, rereadable=rereadable)
    speaking = said[chosen]
    order = flows.rows_of(chosen)
    wanted = speaking & ~open_pairs(kept)
    outcomes, plain = outcomes_of(segments, order, kept, terms.options, terms.facts, wanted=wanted)
    found = _Found(
        events=events(segments, flows, quoted, carried),
        kept=lighten(kept, segments.octets, segments.payload[order]),
        speaking=speaking,
        outcomes=outcomes,
        plain=plain,
    )
    return found, take(segments, flows, carried) if goes_on else NO_SEGMENTS


def keep_all(
    segments: Segments, capture: int, options: Options
) -> tuple[StreamEvents, Kept, NDArray[np.bool_]]:
    """Keep the segments of reassembled datagrams: they belong to no slice alone.

    Returns:
        What numbering the streams needs, the segments, and which of their pairs may carry mail.
    """
    flows = group(segments)
    kept = keep(segments, flows, np.ones(len(flows), dtype=np.bool_), capture, rereadable=False)
    return events(segments, flows, NO_HEADERS), kept, _said(segments, flows, options)


def _said(segments: Segments, flows: Flows, options: Options) -> NDArray[np.bool_]:
    """The pairs that may carry mail by what the slice shows of them."""
    return mail_flows(flows, options.mail_ports) | speaking_flows(segments, flows)


def times_of(frames: Frames) -> Times:
    """What the times of a slice's frames did."""
    known = frames.time != UNKNOWN_TIME
    times: Integers = frames.time[known]
    if not times.size:
        return Times(0, 0, 0, 0, 0, None, 0, 0)
    back = times[:-1] - times[1:]
    steps: NDArray[np.bool_] = back > SECOND
    first = int(frames.number[known][1:][steps][0]) if steps.any() else None
    return Times(
        known=int(times.size),
        begin=int(times[0]),
        end=int(times[-1]),
        earliest=int(times.min()),
        latest=int(times.max()),
        first_step=first,
        steps=int(steps.sum()),
        largest=int(back.max()) if steps.any() else 0,
    )


def join_times(earlier: Times, later: Times, first_frame: int) -> Times:
    """What the times of two slices in a row did.

    Args:
        earlier: Times of the one.
        later: Times of the next.
        first_frame: First frame of the later one.
    """
    if not earlier.known or not later.known:
        return earlier if earlier.known else later
    back = earlier.end - later.begin
    stepped = back > SECOND
    return Times(
        known=earlier.known + later.known,
        begin=earlier.begin,
        end=later.end,
        earliest=min(earlier.earliest, later.earliest),
        latest=max(earlier.latest, later.latest),
        first_step=next(
            (
                one
                for one in (earlier.first_step, first_frame if stepped else None, later.first_step)
                if one is not None
            ),
            None,
        ),
        steps=earlier.steps + stepped + later.steps,
        largest=max(earlier.largest, later.largest, back if stepped else 0),
    )


def clock_of(times: Times) -> Clock:
    """What the times of a whole capture did, as rules ask for it."""
    return Clock(
        known=times.known,
        first_step=times.first_step,
        steps=times.steps,
        largest=times.largest,
        still=times.known > 1 and times.earliest == times.latest,
    )


NO_TIMES = Times(0, 0, 0, 0, 0, None, 0, 0)
"""Of no frames."""
