"""One slice, apart from all others; and what times did."""

import pickle

import numpy as np
import pytest
from build import pcap, segments_capture
from judged import played

from desync.analysis.options import Options
from desync.analysis.slice import NO_TIMES, Terms, Times, analyse, clock_of, join_times, times_of
from desync.capture.frames import Frames
from desync.capture.slices import read_frames
from desync.findings.finding import Facts
from desync.units import SECOND, UNKNOWN_TIME

CLEAN = "S: 220 mx\nC: EHLO gw\nS: 250 mx\nC: QUIT\nS: 221 bye\nclose"
FAULT = "S: 220 \\\nC: EHLO gw\nS[unprompted +10ms]: mx\nS[after EHLO]: 250 mx\nclose"


class TestAnalyse:
    def test_it_counts_and_keeps_what_may_be_mail(self, pieces):
        web = played("C: GET / HTTP/1.1")
        other = segments_capture(web, server=("203.0.113.1", 80))
        (piece,) = pieces(segments_capture(played(FAULT)) + other[24:])
        partial = analyse(piece, Terms(3, Options(), Facts()))
        assert (partial.capture, partial.first_frame, len(partial.kept)) == (3, 1, 1)
        assert partial.frames == partial.tcp_frames == len(played(FAULT)) + len(web)
        ((outcome,),) = partial.outcomes
        assert outcome.brief.proved

    @pytest.mark.parametrize(("first", "last"), [(0, -4), (1, None)])
    def test_what_may_have_frames_in_other_slices_waits(self, pieces, first, last):
        (piece,) = pieces(segments_capture(played(FAULT)[first:last]))
        partial = analyse(piece, Terms(0, Options(), Facts()))
        assert (len(partial.kept), partial.outcomes) == (1, (None,))

    def test_a_clean_connection_is_only_counted(self, pieces):
        (piece,) = pieces(segments_capture(played(CLEAN)))
        one = analyse(piece, Terms(0, Options(), Facts()))
        assert (one.outcomes, len(one.plain)) == (((),), 1)
        (((one),),) = analyse(piece, Terms(0, Options(details=True), Facts())).outcomes
        assert one.record is not None

    def test_it_is_a_pure_function(self, pieces):
        (piece,) = pieces(segments_capture(played(FAULT)))
        one, other = (analyse(piece, Terms(0, Options(), Facts())) for _ in range(2))
        assert pickle.dumps(one.outcomes) == pickle.dumps(other.outcomes)
        assert one.kept.frame.tolist() == other.kept.frame.tolist()

    def test_a_partial_travels_between_processes(self, pieces):
        (piece,) = pieces(segments_capture(played(FAULT)))
        partial = analyse(piece, Terms(0, Options(), Facts()))
        again = pickle.loads(pickle.dumps(partial))  # noqa: S301 - written one line above
        assert again.outcomes == partial.outcomes
        assert again.times == partial.times

    def test_what_can_be_read_again_is_not_held(self, pieces):
        (piece,) = pieces(segments_capture(played(FAULT)))
        kept = analyse(piece, Terms(0, Options(), Facts())).kept
        assert len(kept.octets) == 0
        assert (kept.place > 0).all()

    def test_watched_pairs_are_kept_whatever_they_say(self, pieces):
        web = segments_capture(played("C: GET / HTTP/1.1"), server=("203.0.113.1", 80))
        (piece,) = pieces(web)
        first = analyse(piece, Terms(0, Options(), Facts()))
        assert len(first.kept) == 0
        assert len(analyse(piece, Terms(0, Options(), Facts(), first.events.keys)).kept) == 1

    def test_a_slice_without_tcp(self, pieces):
        (piece,) = pieces(pcap([(SECOND, bytes(60))]))
        partial = analyse(piece, Terms(0, Options(), Facts()))
        assert (partial.frames, partial.tcp_frames, partial.outcomes) == (1, 0, ())


def frames_at(times, pieces):
    (piece,) = pieces(pcap((0, b"\0" * 60) for _ in times))
    frames = read_frames(piece)
    values = {name: getattr(frames, name) for name in frames.__slots__} | {
        "time": np.array(times, dtype=np.int64)
    }
    return Frames(**values)


class TestTimes:
    def test_of_known_ones_alone(self, pieces):
        found = times_of(frames_at([UNKNOWN_TIME, 5 * SECOND, 7 * SECOND, 6 * SECOND], pieces))
        assert found == Times(3, 5 * SECOND, 6 * SECOND, 5 * SECOND, 7 * SECOND, None, 0, 0)

    def test_a_step_of_more_than_a_second(self, pieces):
        found = times_of(frames_at([9 * SECOND, 8 * SECOND, 3 * SECOND, 1 * SECOND], pieces))
        assert (found.first_step, found.steps, found.largest) == (3, 2, 5 * SECOND)

    def test_none_known(self, pieces):
        assert times_of(frames_at([UNKNOWN_TIME], pieces)) == NO_TIMES

    @pytest.mark.parametrize("at", range(7))
    def test_joined_they_are_those_of_the_whole(self, at, pieces):
        times = [5 * SECOND, UNKNOWN_TIME, 9 * SECOND, 2 * SECOND, UNKNOWN_TIME, 1 * SECOND, 0]
        whole = times_of(frames_at(times, pieces))
        first = times_of(frames_at(times[:at], pieces)) if at else NO_TIMES
        second = times_of(frames_at(times[at:], pieces))
        shifted = (
            second
            if second.first_step is None
            else Times(*[*_fields(second)[:5], second.first_step + at, *_fields(second)[6:]])
        )
        joined = join_times(first, shifted, at + 1)
        assert (joined.known, joined.earliest, joined.latest) == (whole.known, whole.earliest, whole.latest)
        assert (joined.steps, joined.largest) == (whole.steps, whole.largest)

    def test_a_clock_that_stands_still(self):
        assert clock_of(Times(3, 7, 7, 7, 7, None, 0, 0)).still
        assert not clock_of(Times(1, 7, 7, 7, 7, None, 0, 0)).still
        assert clock_of(Times(3, 7, 9, 7, 9, None, 0, 0)).sound
        assert not clock_of(NO_TIMES).sound


def _fields(one):
    return [getattr(one, name) for name in one.__slots__]
