"""Whole connections, from a file to both streams: anomalies, each with byte-exact truth."""

import pytest
from tcp.handmade import (
    CLIENT,
    DIALOGUE,
    HANDSHAKE,
    MS,
    SERVER,
    START,
    c,
    connected,
    frames,
    s,
    shuffled,
    through_file,
    told,
    whole,
)

from desync.tcp.connection import times_are_sound
from desync.units import SECOND, UNKNOWN_TIME

WHOLE = whole(CLIENT), whole(SERVER)
OTHER = (77_000_000, 3_000_000_000)


def both(connection):
    return told(connection.client_stream), told(connection.server_stream)


def lost(*indexes):
    """The dialogue without some of its segments."""
    return [one for index, one in enumerate(DIALOGUE) if index not in indexes]


def only(tmp_path, sent, **how):
    """The one connection in a file of these segments."""
    (connection,) = through_file(tmp_path, frames(sent, **how))
    return connection


def retimed(times):
    return [one._replace(time=time) for one, time in zip(DIALOGUE, times, strict=True)]


def test_a_clean_dialogue(tmp_path):
    connection = only(tmp_path, DIALOGUE)
    assert both(connection) == WHOLE
    assert (str(connection.client), str(connection.server)) == ("192.0.2.17:41025", "198.51.100.25:25")
    assert (connection.closed_by, connection.complete, connection.times_sound) == ("fin", True, True)


ORDERS = {
    "commands before the replies they follow": [DIALOGUE[index ^ 1] for index in range(len(DIALOGUE))],
    "all shuffled but the handshake": [*DIALOGUE[:3], *shuffled(DIALOGUE[3:])],
    "client first": sorted(DIALOGUE, key=lambda one: one.side),
    "server first": sorted(DIALOGUE, key=lambda one: one.side, reverse=True),
    "first text line last": [*lost(12), DIALOGUE[12]],
}


@pytest.mark.parametrize("sent", ORDERS.values(), ids=ORDERS)
def test_the_order_of_frames_in_the_file(tmp_path, sent):
    assert both(only(tmp_path, sent)) == WHOLE


CLOCKS = {
    "step back": [one.time - (index > 8) * 3600 * SECOND for index, one in enumerate(DIALOGUE)],
    "standing still": [START] * len(DIALOGUE),
    "zero": [0] * len(DIALOGUE),
    "running backwards": [START - index * 60 * SECOND for index in range(len(DIALOGUE))],
}


@pytest.mark.parametrize("times", CLOCKS.values(), ids=CLOCKS)
def test_clocks_change_no_stream(tmp_path, times):
    connection = only(tmp_path, retimed(times))
    assert both(connection) == WHOLE
    assert not connection.times_sound
    assert connection.point.point == "unknown"


@pytest.mark.parametrize("first", [1, 2, 3, 7])
def test_the_beginning_is_missing(tmp_path, first):
    connection = only(tmp_path, DIALOGUE[first:])
    skipped = {7: (48, 56)}.get(first, (0, 0))
    assert both(connection) == (whole(CLIENT[skipped[0] :]), whole(SERVER[skipped[1] :]))
    assert connection.client_stream.origin == ("syn" if first == 1 else "first-seen")


def test_no_syn_ack(tmp_path):
    connection = only(tmp_path, lost(1))
    assert both(connection) == WHOLE
    assert connection.complete


@pytest.mark.parametrize("isn", [(2**32 - 1, 2**32 - 2), (2**32 - 100, 2**32 - 50), (0, 0)])
def test_numbers_that_wrap(tmp_path, isn):
    assert both(only(tmp_path, DIALOGUE, isn=isn)) == WHOLE


@pytest.mark.parametrize("kept", [len(DIALOGUE), 19, 12], ids=["after FIN", "no FIN", "cut short"])
@pytest.mark.parametrize("isn", [OTHER, (1_000_200, 500_000_200)], ids=["far", "just above"])
def test_the_pair_used_again(tmp_path, kept, isn):
    first, second = through_file(tmp_path, frames(DIALOGUE[:kept]) + frames(DIALOGUE, isn=isn))
    assert both(second) == WHOLE
    assert both(first) == both(connected(DIALOGUE[:kept]))
    assert (len(first.rows), len(second.rows)) == (kept, len(DIALOGUE))


def test_the_pair_used_again_after_a_reset(tmp_path):
    reset = [*DIALOGUE[:18], c(151, flags="R")]
    first, second = through_file(tmp_path, frames(reset) + frames(DIALOGUE, isn=(1_000_200, 9)))
    assert (both(first)[0], both(second)) == (whole(CLIENT), WHOLE)
    assert (first.closed_by, second.closed_by) == ("rst", "fin")


def test_a_syn_tried_again_with_another_number(tmp_path):
    (connection,) = through_file(tmp_path, frames([HANDSHAKE[0]], isn=OTHER) + frames(DIALOGUE))
    assert both(connection) == WHOLE
    assert connection.client_start.initial == 1_000_000


def test_a_refused_connection_is_one_of_its_own(tmp_path):
    refused = [HANDSHAKE[0], s(0, acknowledged=0, flags="R")]
    first, second = through_file(tmp_path, frames(refused) + frames(DIALOGUE, isn=OTHER))
    assert (first.closed_by, second.closed_by) == ("rst", "fin")


def test_a_refused_connection_alone(tmp_path):
    connection = only(tmp_path, [HANDSHAKE[0], s(0, acknowledged=0, flags="R")])
    assert both(connection) == (whole(b""), whole(b""))
    assert connection.closed_by == "rst"


def test_both_sides_open(tmp_path):
    opening = [
        c(0, flags="S"),
        s(0, flags="S"),
        c(0, acknowledged=0, flags="S"),
        s(0, acknowledged=0, flags="S"),
    ]
    connection = only(tmp_path, [*opening, *DIALOGUE[3:]])
    assert both(connection) == WHOLE
    assert connection.client.port == 41025


@pytest.mark.parametrize("reset", [s(2_000_000, flags="R"), c(48, flags="R")], ids=["outside", "inside"])
def test_a_reset_that_nobody_minded_closed_nothing(tmp_path, reset):
    assert only(tmp_path, [*DIALOGUE[:8], reset, *DIALOGUE[8:]]).closed_by == "fin"


def test_how_it_ended():
    assert connected(DIALOGUE[:18]).closed_by is None
    assert connected(DIALOGUE[:20]).closed_by == "half-closed"
    assert connected([*DIALOGUE[:18], c(151, flags="R")]).closed_by == "rst"


def test_one_connection_over_two_files(tmp_path):
    for cut in (2, 3, 9, 15):
        first, second = DIALOGUE[:cut], DIALOGUE[cut:]
        (connection,) = through_file(tmp_path, frames(first), frames(second))
        assert both(connection) == WHOLE
        assert [connection.rows.capture.count(capture) for capture in (0, 1)] == [cut, len(DIALOGUE) - cut]


def test_octet_by_octet(tmp_path):
    single = [
        one._replace(offset=one.offset + at, octets=one.octets[at : at + 1], time=None)
        for one in DIALOGUE
        for at in range(max(len(one.octets), 1))
    ]
    assert (
        both(only(tmp_path, [one._replace(time=START + at * MS) for at, one in enumerate(single)])) == WHOLE
    )


def test_many_connections_at_once_and_syns_that_nobody_answered(tmp_path):
    packed = [frames(DIALOGUE, port=40000 + number, isn=(number * 99_999_989, 7)) for number in range(30)]
    noise = [frames([HANDSHAKE[0]], port=50000 + number)[0] for number in range(30)]
    mixed = [one for group in zip(*packed, strict=True) for one in group]
    found = through_file(tmp_path, noise + mixed)
    assert len(found) == 60
    assert [both(one) for one in found[:30]] == [(whole(b""), whole(b""))] * 30
    assert [both(one) for one in found[30:]] == [WHOLE] * 30
    assert [one.client.port for one in found[30:]] == list(range(40000, 40030))


@pytest.mark.parametrize(
    ("times", "sound"),
    [
        ([], False),
        ([START], True),
        ([0], False),
        ([START, START + 1], True),
        ([START, START], False),
        ([START, START - SECOND, START + 1], True),
        ([START, START - SECOND - 1, START + 1], False),
        ([START, UNKNOWN_TIME], False),
    ],
)
def test_times_are_sound(times, sound):
    assert times_are_sound(times) is sound
