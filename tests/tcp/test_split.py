from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tcp.handmade import DIALOGUE, HANDSHAKE, c, frames, rows_of, s

from desync.tcp.split import split_connections

ISN = (1_000_000, 500_000_000)
OTHER = (77_000_000, 3_000_000_000)
SYN, SYN_ACK, ACK = HANDSHAKE


def split(*parts):
    """Split what several connections' segments make, each part a list of them with its numbers."""
    packed = [one for sent, isn in parts for one in frames(sent, isn=isn)]
    return split_connections(rows_of(packed))


def runs(*lengths):
    """Row indexes of connections that follow each other."""
    edges = [sum(lengths[:index]) for index in range(len(lengths) + 1)]
    return [list(range(first, last)) for first, last in pairwise(edges)]


def test_one_connection_stays_whole():
    assert split((DIALOGUE, ISN)) == runs(len(DIALOGUE))


@pytest.mark.parametrize("kept", [len(DIALOGUE), len(DIALOGUE) - 3, 12], ids=["closed", "not closed", "cut"])
@pytest.mark.parametrize("isn", [OTHER, (ISN[0] + 5000, OTHER[1]), (7, 11)], ids=["far", "above", "below"])
def test_a_syn_with_a_new_number_starts_a_connection(kept, isn):
    assert split((DIALOGUE[:kept], ISN), (DIALOGUE, isn)) == runs(kept, len(DIALOGUE))


def test_a_third_use_of_the_pair():
    third = (123_456_789, 987_654_321)
    length = len(DIALOGUE)
    assert split((DIALOGUE, ISN), (DIALOGUE, OTHER), (DIALOGUE, third)) == runs(length, length, length)


def test_a_repeated_syn_starts_nothing():
    sent = [SYN, SYN, SYN_ACK, SYN_ACK, *DIALOGUE[2:]]
    assert split((sent, ISN)) == runs(len(sent))


def test_a_syn_that_turns_up_late_starts_nothing():
    sent = [*DIALOGUE[:5], SYN, *DIALOGUE[5:]]
    assert split((sent, ISN)) == runs(len(sent))


def test_a_syn_tried_again_with_another_number_before_any_answer():
    assert split(([SYN], OTHER), (DIALOGUE, ISN)) == runs(1 + len(DIALOGUE))


def test_frames_swapped_around_the_handshake():
    sent = [DIALOGUE[1], DIALOGUE[0], *DIALOGUE[3:5], DIALOGUE[2], *DIALOGUE[5:]]
    assert split((sent, ISN)) == runs(len(sent))


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_handshake_with_a_segment_missing(missing):
    sent = [one for index, one in enumerate(DIALOGUE) if index != missing]
    assert split((sent, ISN)) == runs(len(sent))


def test_mid_stream_and_then_a_new_connection():
    assert split((DIALOGUE[6:12], ISN), (DIALOGUE, OTHER)) == runs(6, len(DIALOGUE))


def test_until_the_syn_ack_a_segment_belongs_where_its_numbers_fit():
    # The old connection's last segments pass after the client has opened a new one.
    old, late, new = DIALOGUE[:18], DIALOGUE[18:], DIALOGUE
    found = split((old, ISN), ([new[0]], OTHER), (late, ISN), (new[1:], OTHER))
    first = list(range(18)) + list(range(19, 19 + len(late)))
    second = [18, *range(19 + len(late), len(DIALOGUE) * 2)]
    assert found == [first, second]


def test_segments_of_an_older_connection_behind_the_new_handshake():
    again = DIALOGUE[16]
    found = split((DIALOGUE, ISN), (DIALOGUE[:5], OTHER), ([again], ISN), (DIALOGUE[5:], OTHER))
    length = len(DIALOGUE)
    assert found == [
        [*range(length), length + 5],
        [*range(length, length + 5), *range(length + 6, 2 * length + 1)],
    ]


def test_a_refused_syn_and_its_reset():
    assert split(([SYN, s(0, acknowledged=0, flags="R")], ISN)) == runs(2)


@given(st.randoms(use_true_random=False))
def test_two_directions_recorded_apart_stay_one_connection(dice):
    # Each in its own order, as two queues or two files would have them.
    queues = [[one for one in DIALOGUE if one.side == side] for side in ("client", "server")]
    sent = []
    while any(queues):
        queue = dice.choice([queue for queue in queues if queue])
        sent.append(queue.pop(0))
    assert split((sent, ISN)) == runs(len(sent))


def test_both_sides_open():
    sent = [
        c(0, flags="S"),
        s(0, flags="S"),
        c(0, acknowledged=0, flags="S"),
        s(0, acknowledged=0, flags="S"),
    ]
    sent += DIALOGUE[3:]
    assert split((sent, ISN)) == runs(len(sent))


def test_sequence_numbers_wrap():
    wrapping = (2**32 - 60, 2**32 - 1)
    assert split((DIALOGUE, wrapping), (DIALOGUE, ISN)) == runs(len(DIALOGUE), len(DIALOGUE))
    assert split((DIALOGUE, ISN), (DIALOGUE, wrapping)) == runs(len(DIALOGUE), len(DIALOGUE))


def test_looks_back_only():
    whole = split((DIALOGUE, ISN), (DIALOGUE[1:], ISN), (DIALOGUE, OTHER))
    packed = frames(DIALOGUE, isn=ISN) + frames(DIALOGUE[1:], isn=ISN) + frames(DIALOGUE, isn=OTHER)
    for end in range(1, len(packed)):
        part = split_connections(rows_of(packed[:end]))
        assert part == [kept for each in whole if (kept := [row for row in each if row < end])]


NUMBERS = [100, -100, 1460, 70_000, 1 << 25, (1 << 31) - 5]
"""How far a stray SYN's number is from that of the connection; mostly within any window."""


def challenged(offset, before):
    """A stray SYN on an open connection, and the server's answer: its numbers again (RFC 5961, section 4)."""
    told = {side: max(one.offset + len(one.octets) for one in before if one.side == side) for side in SIDES}
    return [c(offset, flags="S"), s(told["server"], acknowledged=told["client"], flags="")]


SIDES = ("client", "server")


@pytest.mark.parametrize("offset", NUMBERS)
@pytest.mark.parametrize("at", [6, 9, 15])
def test_a_challenge_is_of_the_connection_that_is_open(offset, at):
    before, behind = list(DIALOGUE[:at]), list(DIALOGUE[at:])
    sent = [*before, *challenged(offset, before), *behind]
    assert split((sent, ISN)) == [[row for row in range(len(sent)) if row != at], [at]]


@pytest.mark.parametrize("offset", [offset for offset in NUMBERS if offset > 0])
def test_a_stray_syn_before_anything_else_is_none_of_an_open_connection(offset):
    sent = [*challenged(offset, DIALOGUE[:9]), *DIALOGUE[9:]]
    assert split((sent, ISN)) == [[0], list(range(1, len(sent)))]


def test_a_connection_that_a_challenge_and_a_reset_end_is_followed_by_the_new_one():
    before = list(DIALOGUE[:9])
    syn, challenge = challenged(70_000, before)
    reset = c(challenge.acknowledged, flags="R")
    new = (ISN[0] + 70_000, 900_000_000)
    assert split(([*before, syn, challenge, reset], ISN), (DIALOGUE, new)) == [
        [*range(9), 10, 11],
        [9, *range(12, 12 + len(DIALOGUE))],
    ]


def test_a_flood_of_syns_on_one_pair_costs_no_more_for_each():
    refused = [s(0, acknowledged=0, flags="R")]
    flood = [([SYN, *refused], (7919 * number % 2**32, 1)) for number in range(1, 1500)]
    assert split(*flood) == runs(*[2] * len(flood))
