"""Connections by hand: segments as rows without a file, or through a file and `desync.connections`."""

import random
from dataclasses import replace

import numpy as np
from build import End, Sent, frame, lines, pcap
from build import stream as joined
from packets.by_hand import frames_of

import desync
from desync.packets.decode import decode
from desync.tcp.connection import connect
from desync.tcp.endpoint import Endpoint
from desync.tcp.flows import group
from desync.tcp.rows import take_rows

START = 1_000_000_000_000_000_000
MS = 1_000_000
PORTS = (41025, 25)
ENDS = (Endpoint("192.0.2.17", PORTS[0]), Endpoint("198.51.100.25", PORTS[1]))
MAIL = frozenset({25})

DIALOGUE = tuple(
    lines(
        r"""
        S: 220 mx.example.org ready
        C: EHLO gw.example.net
        S: 250-mx.example.org
        + 250 SIZE
        C: MAIL FROM:<a@example.net>
        S: 250 ok
        C: RCPT TO:<b@example.org>
        S: 250 ok
        C: DATA
        S: 354 go ahead
        C: Subject: one
        C: first line of the text
        C: second line of the text
        C: .
        S: 250 taken
        C: QUIT
        S: 221 bye
        close
        """
    )
)
"""A dialogue from SYN to FIN, a segment for each line."""

CLIENT, SERVER = joined(DIALOGUE, "client"), joined(DIALOGUE, "server")


def c(offset, octets=b"", acknowledged=None, flags="P", time=None):
    """A segment of the client; a time that is not given follows the segment before."""
    return Sent("client", offset, octets, acknowledged, time, flags)


def s(offset, octets=b"", acknowledged=None, flags="P", time=None):
    """A segment of the server."""
    return Sent("server", offset, octets, acknowledged, time, flags)


HANDSHAKE = (c(0, flags="S"), s(0, acknowledged=0, flags="S"), c(0, acknowledged=0, flags=""))


def timed(sent):
    """Give each segment that has no time one a millisecond behind the segment before it."""
    found, clock = [], START
    for one in sent:
        clock = clock + MS if one.time is None else one.time
        found.append(one._replace(time=clock))
    return found


def frames(sent, *, isn=(1_000_000, 500_000_000), ids=None, edits=None, port=PORTS[0]):
    """Pack segments into (time, Ethernet frame); ``edits`` maps an index to a function of the frame."""
    ends = {
        "client": End(ENDS[0].address, port, isn[0], b"\x02\0\0\0\0\x11"),
        "server": End(ENDS[1].address, PORTS[1], isn[1], b"\x02\0\0\0\0\x19"),
    }
    packed = []
    for index, one in enumerate(timed(sent)):
        far = "server" if one.side == "client" else "client"
        octets = frame(one, ids[index] if ids else index + 1, ends[one.side], ends[far])
        packed.append((one.time, edits[index](octets) if edits and index in edits else octets))
    return packed


def rows_of(packed, *, snap=65536):
    """The rows of packed frames that all run between one pair; side 0 is the client."""
    held = [(octets[:snap], len(octets)) for _, octets in packed]
    columns = replace(frames_of(held, link_type=1), time=np.array([time for time, _ in packed], np.int64))
    segments = decode(columns).segments
    flows = group(segments)
    return take_rows(segments, flows.side, flows.rows, 0)


def rows(sent, **how):
    """The rows of segments, in the order given."""
    return rows_of(frames(sent, **how))


def connected(sent, **how):
    """The connection that segments make, which all belong to one."""
    return connect(rows(sent, **how), ENDS, MAIL)


def through_file(tmp_path, *captures):
    """Every connection that `desync.connections` finds; each capture is a list of packed frames."""
    paths = []
    for number, packed in enumerate(captures):
        paths.append(tmp_path / f"part{number}.pcap")
        paths[-1].write_bytes(pcap(packed))
    return list(desync.connections(paths))


def told(one):
    """What is known of a stream: its octets, its gaps and its length."""
    return one.octets, [tuple(gap) for gap in one.gaps], one.length


def whole(octets):
    """What `told` says of a stream without holes."""
    return octets, [], len(octets)


def data(sent, side):
    """Indexes of the segments of a side that carry octets."""
    return [index for index, one in enumerate(sent) if one.side == side and one.octets]


def wrong_checksum(octets):
    """An IPv4 frame with another TCP checksum."""
    return octets[:50] + bytes([octets[50] ^ 0x5A]) + octets[51:]


def shuffled(items, seed=1):
    """The items in another order, the same on every run."""
    items = list(items)
    random.Random(seed).shuffle(items)  # noqa: S311 - a test's dice
    return items
