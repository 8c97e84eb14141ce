"""What a capture does not hold: gaps, each exactly where the octets are missing."""

import pytest
from steps import steps
from tcp.handmade import (
    CLIENT,
    DIALOGUE,
    ENDS,
    HANDSHAKE,
    MAIL,
    SERVER,
    c,
    data,
    frames,
    rows_of,
    s,
    through_file,
    told,
    whole,
)

from desync.tcp.connection import connect

WHOLE = whole(CLIENT), whole(SERVER)


def both(connection):
    return told(connection.client_stream), told(connection.server_stream)


def lost(*indexes):
    """The dialogue without some of its segments."""
    return [one for index, one in enumerate(DIALOGUE) if index not in indexes]


def only(tmp_path, sent, **how):
    """The one connection in a file of these segments."""
    (connection,) = through_file(tmp_path, frames(sent, **how))
    return connection


def without(octets, *ranges):
    """What `told` says of a stream with these ranges missing."""
    kept = bytearray()
    at = 0
    for start, end in ranges:
        kept += octets[at:start]
        at = end
    return bytes(kept + octets[at:]), [(start, end - start) for start, end in ranges], len(octets)


def span(index):
    """The range of offsets of a segment of the dialogue."""
    return DIALOGUE[index].offset, DIALOGUE[index].offset + len(DIALOGUE[index].octets)


@pytest.mark.parametrize(
    ("missing", "client", "server"),
    [
        ((8,), [span(8)], []),
        ((9,), [], [span(9)]),
        ((5,), [], [span(5)]),
        ((15,), [span(15)], []),
        ((9, 10, 11, 12, 13), [(73, 117)], [(64, 86)]),
        ((3, 4), [span(4)], [span(3)]),
    ],
)
def test_what_was_acknowledged_and_not_captured_is_a_gap(tmp_path, missing, client, server):
    connection = only(tmp_path, lost(*missing))
    assert both(connection) == (without(CLIENT, *client), without(SERVER, *server))
    assert not connection.complete
    assert {
        gap.kind for stream in (connection.client_stream, connection.server_stream) for gap in stream.gaps
    } == {"loss"}


def test_a_fin_proves_what_was_sent_before_it(tmp_path):
    # Neither QUIT nor anything that acknowledges it is there, but the FIN's number counts it.
    sent = [one for index, one in enumerate(DIALOGUE) if index < 17 or index == 20]
    assert told(only(tmp_path, sent).client_stream) == without(CLIENT, span(17))


def test_loss_that_was_never_acknowledged_and_sent_again_is_no_gap(tmp_path):
    repeated = [s(86, acknowledged=93, flags="")] * 3
    sent = [*lost(13)[:14], *repeated, DIALOGUE[13], *DIALOGUE[15:]]
    assert both(only(tmp_path, sent)) == WHOLE


@pytest.mark.parametrize("snap", [54, 60, 70])
def test_the_snap_length_leaves_gaps_of_its_own_kind(snap):
    connection = connect(rows_of(frames(DIALOGUE), snap=snap), ENDS, MAIL)
    kept = snap - 54
    for side, octets, stream in (
        ("client", CLIENT, connection.client_stream),
        ("server", SERVER, connection.server_stream),
    ):
        spans = [span(index) for index in data(DIALOGUE, side)]
        held = b"".join(octets[start : min(start + kept, end)] for start, end in spans)
        assert (stream.octets, stream.length) == (held, len(octets))
        assert sum(gap.length for gap in stream.gaps) == len(octets) - len(held)
        assert {gap.kind for gap in stream.gaps} == {"snaplen"}


def test_only_one_side(tmp_path):
    sent = [one for one in DIALOGUE if one.side == "client"]
    client = only(tmp_path, [*sent[:-1], c(151, acknowledged=106, flags=""), sent[-1]])
    # The last acknowledgment grew by exactly one: that was the FIN.
    assert both(client) == (whole(CLIENT), (b"", [(0, 106)], 106))
    assert (client.client_stream.captured, client.server_stream.captured) == (True, False)
    server = only(tmp_path, [one for one in DIALOGUE if one.side == "server"])
    assert both(server) == ((b"", [(0, 151)], 151), whole(SERVER))
    assert server.client.port == 41025


def test_only_one_side_and_no_acknowledgment_of_the_fin_alone(tmp_path):
    # It grew by the last reply and the FIN together: nothing tells that one of the ten is the FIN.
    client = only(tmp_path, [one for one in DIALOGUE if one.side == "client"])
    assert both(client) == (whole(CLIENT), (b"", [(0, 107)], 107))


def test_cut_frames_cost_no_more_each_where_they_are_many():
    few, many = (
        rows_of(
            frames([*HANDSHAKE, *(c(index * 100, b"x" * 98 + b"\r\n", 0) for index in range(count))]), snap=96
        )
        for count in (150, 1500)
    )
    assert steps(lambda: connect(many, ENDS, MAIL)) < 11 * steps(lambda: connect(few, ENDS, MAIL))
    assert len(connect(many, ENDS, MAIL).client_stream.gaps) == 1500
