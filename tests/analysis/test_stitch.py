"""Which pairs several slices share, and their segments put together again."""

import numpy as np
import pytest
from build import segments_capture
from judged import played

from desync.analysis.options import Options
from desync.analysis.slice import Terms, analyse
from desync.analysis.stitch import joined_rows, shared_pairs, sizes
from desync.capture.places import read_places
from desync.findings.finding import Facts
from desync.tcp.pair_keys import KEY

TALK = "S: 220 mx\nC: EHLO gw\nS: 250 mx\nC: QUIT\nS: 221 bye\nclose"


def keys(*numbers):
    return np.array([(number, 0) for number in numbers], dtype=KEY)


def numbers(found):
    return found["addresses"].tolist()


class TestSharedPairs:
    def test_a_pair_in_one_slice_alone_is_left(self):
        assert len(shared_pairs([keys(1), keys(2)], [keys(1), keys(2)])) == 0

    def test_a_pair_in_two_of_which_one_speaks_is_made_again(self):
        assert numbers(shared_pairs([keys(1, 2), keys(2, 3)], [keys(1, 2), keys(3)])) == [2]

    def test_a_pair_that_says_nothing_of_mail_is_not(self):
        assert numbers(shared_pairs([keys(1, 2), keys(1, 2)], [keys(), keys(2)])) == [2]
        assert len(shared_pairs([keys(1), keys(1)], [keys(), keys()])) == 0

    def test_a_pair_named_twice_by_one_slice_is_not_shared(self):
        assert len(shared_pairs([keys(1, 1), keys(2)], [keys(1), keys(2)])) == 0

    def test_each_pair_once(self):
        held = [keys(3, 1), keys(1, 3), keys(3)]
        assert numbers(shared_pairs(held, held)) == [1, 3]


@pytest.fixture
def slices(pieces):
    def slices(octets, slice_octets):
        parts = pieces(octets, slice_octets)
        kept = [analyse(piece, Terms(0, Options(), Facts())).kept for piece in parts]
        return [(one, lambda places, lengths: read_places(parts[0].path, places, lengths)) for one in kept]

    return slices


class TestJoinedRows:
    @pytest.mark.parametrize("octets", [1, 300, 1 << 26])
    def test_all_segments_come_back_in_file_order(self, slices, octets):
        sent = played(TALK)
        parts = slices(segments_capture(sent), octets)
        wanted = np.unique(np.concatenate([one.keys for one, _ in parts]))
        ((pair, rows),) = joined_rows(parts, wanted, lambda _: 0)
        assert {pair.low_port, pair.high_port} == {25, 41025}
        assert rows.frame == list(range(1, len(sent) + 1))
        assert [bytes(rows.octets_of(row)) for row in range(len(rows))] == [one.octets for one in sent]
        assert rows.time == [one.time for one in sent]

    def test_pairs_come_by_their_first_segment_and_others_not_at_all(self, slices):
        first = segments_capture(played(TALK), client=("192.0.2.200", 9))
        second = segments_capture(played(TALK), client=("192.0.2.1", 9))
        parts = slices(first + second[24:], 400)
        every = np.unique(np.concatenate([one.keys for one, _ in parts]))
        found = [rows.frame[0] for _, rows in joined_rows(parts, every, lambda _: 0)]
        assert found == [1, len(played(TALK)) + 1]
        assert list(joined_rows(parts, every[:0], lambda _: 0)) == []

    def test_sizes_are_what_reading_again_costs(self, slices):
        sent = played(TALK)
        parts = slices(segments_capture(sent), 400)
        wanted = np.unique(np.concatenate([one.keys for one, _ in parts]))
        total = sum(size for one, _ in parts for _, size in sizes(one, wanted))
        packets = sum(40 + len(one.octets) + (4 if "S" in one.flags else 0) for one in sent)
        assert total == packets
