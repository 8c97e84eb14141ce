"""Which connections are regular, and that their pieces are their streams."""

from random import Random

import numpy as np
import pytest
from build import cut
from chance import chance_capture
from dialogues import records
from hypothesis import given, settings
from hypothesis import strategies as st
from short_way import regular_of
from tcp.handmade import (
    CLIENT,
    DIALOGUE,
    ENDS,
    HANDSHAKE,
    MAIL,
    SERVER,
    c,
    frames,
    rows_of,
    s,
    wrong_checksum,
)

from desync.tcp.connection import connect
from desync.tcp.split import split_connections

ESTABLISHED = [*HANDSHAKE, s(0, b"220 mx\r\n", 0), c(0, b"QUIT\r\n", 8), s(8, b"221 bye\r\n", 6)]


def is_regular(sent, **how):
    (answer,) = regular_of(frames(sent, **how))[0].regular.tolist()
    return answer


def streams(regular, octets, pair):
    """What both sides of a pair said, by its pieces."""
    pieces = regular.pieces
    told = [b"", b""]
    for row in np.flatnonzero(pieces.stream >> 1 == pair):
        side = int(pieces.stream[row]) & 1
        assert pieces.start[row] == len(told[side])
        first = int(pieces.payload[row])
        told[side] += octets[first : first + int(pieces.length[row])].tobytes()
    return told


class TestRegular:
    def test_a_whole_dialogue_is(self):
        regular, octets = regular_of(frames(DIALOGUE))
        assert regular.regular.tolist() == [True]
        assert streams(regular, octets, 0) == [CLIENT, SERVER]
        assert [int(length[0]) for length in regular.lengths] == [len(CLIENT), len(SERVER)]
        assert [int(number[0]) for number in regular.initial] == [1_000_000, 500_000_000]
        assert regular.largest[0][0] == max(len(one.octets) for one in DIALOGUE if one.side == "client")

    @pytest.mark.parametrize("isn", [(2**32 - 1, 2**32 - 2), (2**32 - 30, 0), (0, 2**32 - 100)])
    def test_sequence_numbers_may_wrap(self, isn):
        regular, octets = regular_of(frames(DIALOGUE, isn=isn))
        assert streams(regular, octets, 0) == [CLIENT, SERVER]

    def test_a_wrong_checksum_is_no_reason(self):
        assert is_regular(ESTABLISHED, edits={4: wrong_checksum})

    def test_several_stand_side_by_side(self):
        packed = frames(ESTABLISHED) + frames(ESTABLISHED[:4], port=41026) + frames(DIALOGUE, port=41027)
        regular, octets = regular_of(sorted(packed))
        assert regular.regular.tolist() == [True] * 3
        assert [streams(regular, octets, pair)[1] for pair in range(3)] == [
            b"220 mx\r\n221 bye\r\n",
            b"220 mx\r\n",
            SERVER,
        ]

    def test_closed_by_either_side(self):
        for close in (
            [
                c(6, acknowledged=17, flags="F"),
                s(17, acknowledged=7, flags="F"),
                c(7, acknowledged=18, flags=""),
            ],
            [
                s(17, acknowledged=6, flags="F"),
                c(6, acknowledged=18, flags="F"),
                s(18, acknowledged=7, flags=""),
            ],
        ):
            assert is_regular([*ESTABLISHED, *close])

    def test_repeated_as_it_was(self):
        again = [*ESTABLISHED[:5], ESTABLISHED[4], ESTABLISHED[5]]
        regular, octets = regular_of(frames(again))
        assert streams(regular, octets, 0) == [b"QUIT\r\n", b"220 mx\r\n221 bye\r\n"]


IRREGULAR = {
    "no SYN": ESTABLISHED[1:],
    "no SYN-ACK": [ESTABLISHED[0], *ESTABLISHED[2:]],
    "the SYN-ACK first": [ESTABLISHED[1], ESTABLISHED[0], *ESTABLISHED[2:]],
    "two SYNs": [ESTABLISHED[0], *ESTABLISHED],
    "a SYN-ACK of another SYN": [HANDSHAKE[0], s(0, acknowledged=5, flags="S"), *ESTABLISHED[2:]],
    "data with the SYN": [c(0, b"x", flags="S"), *ESTABLISHED[1:]],
    "no ACK flag": [*ESTABLISHED, c(6, flags="")],
    "a hole": [*ESTABLISHED[:3], s(1, b"20 mx\r\n", 0)],
    "swapped": [*ESTABLISHED, s(20, b"421\r\n", 6), s(17, b"x\r\n", 6)],
    "a reset": [*ESTABLISHED, c(6, acknowledged=17, flags="R")],
    "acknowledges what was not seen": [*ESTABLISHED, c(6, acknowledged=18, flags="")],
    "acknowledges less than before": [*ESTABLISHED, c(6, acknowledged=17, flags=""), c(6, acknowledged=8)],
    "acknowledges what came before the stream": [*ESTABLISHED[:4], c(0, b"QUIT\r\n", -1)],
    "repeated with other octets": [*ESTABLISHED[:5], c(0, b"RSET\r\n", 8)],
    "repeated in part": [*ESTABLISHED[:5], c(0, b"QUIT", 8)],
    "repeated late": [*ESTABLISHED, ESTABLISHED[3]],
    "a keep-alive": [*ESTABLISHED, c(5, b"\n", 17)],
    "an empty keep-alive": [*ESTABLISHED, c(5, b"", 17)],
    "data behind the FIN": [*ESTABLISHED, s(17, acknowledged=6, flags="F"), s(18, b"x", 6)],
    "two FINs": [*ESTABLISHED, s(17, acknowledged=6, flags="F"), s(17, acknowledged=6, flags="F")],
    "half a handshake": [ESTABLISHED[0]],
    "an unknown time": [*ESTABLISHED[:-1], ESTABLISHED[-1]._replace(time=-(1 << 63))],
}


@pytest.mark.parametrize("name", IRREGULAR)
def test_irregular(name):
    assert not is_regular(IRREGULAR[name])


class TestSecondCopies:
    """One packet captured twice is no retransmission, and nothing that is said shows it."""

    @pytest.mark.parametrize("at", [3, 4, 5])
    def test_the_same_packet(self, at):
        twice = [*ESTABLISHED[: at + 1], *ESTABLISHED[at:]]
        ids = [*range(at + 1), *range(at, len(ESTABLISHED))]
        assert is_regular(twice)
        assert not is_regular(twice, ids=ids)

    def test_a_bare_acknowledgment(self):
        ack = c(6, acknowledged=17, flags="")
        assert is_regular([*ESTABLISHED, ack, ack])
        assert not is_regular([*ESTABLISHED, ack, ack], ids=[1, 2, 3, 4, 5, 6, 7, 7])

    def test_two_packets_before_the_copy_of_the_first(self):
        ack = c(6, acknowledged=17, flags="")
        assert not is_regular([*ESTABLISHED, ack, ack, ack], ids=[1, 2, 3, 4, 5, 6, 7, 8, 7])

    def test_an_acknowledgment_between_data_and_its_copy(self):
        sent = [*ESTABLISHED[:5], c(6, acknowledged=8, flags=""), ESTABLISHED[4]]
        assert not is_regular(sent, ids=[1, 2, 3, 4, 5, 6, 5])
        assert is_regular(sent)

    def test_an_acknowledgment_and_a_fin_are_two(self):
        last = [c(6, acknowledged=17, flags=""), c(6, acknowledged=17, flags="F")]
        assert is_regular([*ESTABLISHED, *last], ids=[0] * 8)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(st.lists(st.integers(1, 40), max_size=3), min_size=1, max_size=6))
def test_pieces_are_the_segments_however_they_were_cut(places):
    sent = [part for number, one in enumerate(DIALOGUE) for part in cut(one, *places[number % len(places)])]
    regular, octets = regular_of(frames(sent))
    assert streams(regular, octets, 0) == [CLIENT, SERVER]
    said = [one for side in ("client", "server") for one in sent if one.side == side and one.octets]
    assert regular.pieces.acknowledged.tolist() == [one.acknowledged for one in said]
    assert regular.pieces.start.tolist() == [one.offset for one in said]


@pytest.mark.parametrize("seed", range(40))
def test_streams_are_those_of_the_general_way(seed):
    dice = Random(seed)  # noqa: S311 - a test's dice
    held = records(chance_capture(dice, odd=0.2, count=1))
    packed = [
        (seconds * 10**9 + rest, octets) for (seconds, rest, size), octets in held if size == len(octets)
    ]
    regular, octets = regular_of(packed)
    rows = rows_of(packed)
    if regular.regular[0]:
        assert split_connections(rows) == [list(range(len(rows)))]
        one = connect(rows, ENDS, MAIL)
        assert one.complete
        assert one.client_stream.conflicts == one.server_stream.conflicts == ()
        assert one.assembly.duplicated == 0
        assert streams(regular, octets, 0) == [one.client_stream.octets, one.server_stream.octets]
