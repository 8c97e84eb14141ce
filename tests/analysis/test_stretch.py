"""Slices that follow each other, analysed together."""

from dataclasses import replace

import numpy as np
import pytest
from build import segments_capture
from judged import played

from desync.analysis.options import Options
from desync.analysis.plain import joined_plain, lone_pairs
from desync.analysis.slice import Terms
from desync.analysis.stretch import analyse_stretch
from desync.capture.slices import within
from desync.findings.finding import Facts
from desync.tcp.numbering import number
from desync.tcp.pair_keys import KEY

CLEAN = played("S: 220 mx\nC: EHLO gw\nS: 250 mx\nC: QUIT\nS: 221 bye\nclose")
TERMS = Terms(0, Options(), Facts())
AGAIN = {"client_isn": 77_000_000, "server_isn": 88_000_000}


def later(sent, seconds=60):
    return [one._replace(time=one.time + seconds * 1_000_000_000) for one in sent]


class TestCarried:
    @pytest.mark.parametrize("octets", [1, 200, 400])
    def test_what_goes_on_is_examined_once_with_all_its_frames(self, pieces, octets):
        parts = pieces(segments_capture(CLEAN), octets)
        found = analyse_stretch(parts, TERMS)
        partial = found.partial
        assert len(parts) > 1
        assert (partial.frames, len(partial.plain), len(partial.kept), found.unread) == (len(CLEAN), 1, 0, ())
        assert partial.plain.frames.tolist() == [[1, len(CLEAN)]]
        assert number([partial.events]).stream.tolist() == [0]

    def test_only_what_ended_is_let_go(self, pieces):
        (piece,) = pieces(segments_capture(CLEAN[:-1]), 1 << 20)
        partial = analyse_stretch([piece], TERMS).partial
        assert (len(partial.plain), len(partial.kept)) == (1, 1)

    def test_a_straggler_brings_all_frames_back(self, pieces):
        parts = pieces(segments_capture([*CLEAN, *later(CLEAN[-1:])]), 1)
        partial = analyse_stretch(parts, TERMS).partial
        assert (len(partial.plain), set(partial.outcomes)) == (0, {None})
        assert sorted(partial.kept.frame.tolist()) == list(range(1, len(CLEAN) + 2))

    def test_a_file_that_is_gone_in_the_midst_loses_nothing_that_was_read(self, pieces):
        parts = pieces(segments_capture(CLEAN[:8]), 1)
        gone = [replace(piece, path=piece.path + ".gone") for piece in parts[5:]]
        found = analyse_stretch([*parts[:5], *gone], TERMS)
        assert [piece.first_frame for piece, _ in found.unread] == [6, 7, 8]
        assert sorted(found.partial.kept.frame.tolist()) == [1, 2, 3, 4, 5]


class TestUsedAgain:
    def test_textbook_connections_on_one_pair_stay_apart(self, pieces):
        both = segments_capture(CLEAN) + segments_capture(later(CLEAN), **AGAIN)[24:]
        partial = analyse_stretch(pieces(both, 1), TERMS).partial
        assert (len(partial.plain), len(partial.kept)) == (2, 0)

    def test_the_same_connection_twice_does_not(self, pieces):
        twice = segments_capture(CLEAN) + segments_capture(later(CLEAN))[24:]
        partial = analyse_stretch(pieces(twice, 1), TERMS).partial
        assert (len(partial.plain), len(partial.kept.frame)) == (0, 2 * len(CLEAN))

    def test_nor_does_a_pair_that_has_other_frames_in_a_slice(self, pieces):
        parts = [analyse_stretch([one], TERMS).partial for one in pieces(segments_capture(CLEAN), 1 << 20)]
        keys = parts[0].plain.keys
        plain, held = parts[0].plain, parts[0].events.keys
        none = plain.take(np.array([False]))
        assert len(lone_pairs(keys, [held], [plain])) == 1
        assert len(lone_pairs(keys, [held, held], [plain, none])) == 0
        assert len(lone_pairs(np.empty(0, dtype=KEY), [held], [plain])) == 0


def test_texts_of_several_slices_are_there_once(pieces):
    both = segments_capture(CLEAN) + segments_capture(later(CLEAN), client=("192.0.2.18", 9))[24:]
    one, other = (
        analyse_stretch([piece], TERMS).partial.plain
        for piece in pieces(both, len(segments_capture(CLEAN)) - 24)
    )
    joined = joined_plain([one, other])
    assert len(joined) == 2
    assert len(set(joined.texts)) == len(joined.texts)
    assert [joined.texts[row] for row in joined.names] == ["gw", "gw"]


def test_a_part_of_slices_has_the_frames_that_were_asked_for(pieces):
    parts = pieces(segments_capture(CLEAN), 200)
    some = within(parts, 3, 7)
    assert [one.first_frame + row for one in some for row in range(len(one.records))] == [3, 4, 5, 6, 7]
    assert within(parts, 0, -1) == ()
