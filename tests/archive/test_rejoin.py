"""Segments of several slices become segments of one."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from judged import played
from putting import CLEAN, SENT, put

from desync.analysis.kept import keep
from desync.archive.rejoin import rejoin
from desync.archive.tasks import pick
from desync.capture.open import open_capture
from desync.capture.slices import read_frames
from desync.packets.decode import decode
from desync.tcp.flows import group

POSITIONS = {"octets", "network", "transport", "payload"}


def segments_of(path, slice_octets):
    with open_capture(path) as capture:
        return [decode(read_frames(piece)).segments for piece in capture.slices(slice_octets)]


def kept_of(segments, *, rereadable):
    flows = group(segments)
    return keep(segments, flows, np.ones(len(flows), dtype=np.bool_), 0, rereadable=rereadable)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("rereadable", [True, False])
@pytest.mark.parametrize("slice_octets", [1, 500, 1 << 26])
def test_they_are_as_they_were(rereadable, slice_octets):
    put("x.pcap")
    second = put("y.pcap", played(CLEAN), client=("192.0.2.99", 41025))
    with Path("x.pcap").open("ab") as file:
        file.write(second[24:])
    (whole,) = segments_of("x.pcap", 1 << 26)
    parts = [kept_of(one, rereadable=rereadable) for one in segments_of("x.pcap", slice_octets)]
    made = rejoin(parts, "x.pcap")
    for each in fields(whole):
        if each.name not in POSITIONS | {"place"}:
            assert getattr(made, each.name).tolist() == getattr(whole, each.name).tolist(), each.name
    for row in range(len(whole)):
        for begin in ("network", "transport", "payload"):
            size = int(whole.payload[row] - getattr(whole, begin)[row] + whole.captured[row])
            octets = [one.octets[getattr(one, begin)[row] :][:size].tobytes() for one in (made, whole)]
            assert octets[0] == octets[1]
            assert len(octets[0]) == size


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("rereadable", [True, False])
def test_some_pairs_only(rereadable):
    put("x.pcap")
    second = put("y.pcap", played(CLEAN), client=("192.0.2.99", 41025))
    with Path("x.pcap").open("ab") as file:
        file.write(second[24:])
    (whole,) = segments_of("x.pcap", 1 << 26)
    kept = kept_of(whole, rereadable=rereadable)
    made = rejoin([pick(kept, kept.keys[1:])], "x.pcap")
    assert made.frame.tolist() == list(range(len(SENT) + 1, len(whole) + 1))
    at = slice(int(made.network[0]), int(made.payload[0]))
    assert (
        made.octets[at].tobytes() == whole.octets[whole.network[len(SENT)] :][: at.stop - at.start].tobytes()
    )


@pytest.mark.usefixtures("folder")
def test_a_file_that_became_shorter_gives_zeros():
    octets = put("x.pcap")
    (whole,) = segments_of("x.pcap", 1 << 26)
    kept = kept_of(whole, rereadable=True)
    Path("x.pcap").write_bytes(octets[:400])
    made = rejoin([kept], "x.pcap")
    assert len(made) == len(whole)
    assert int((made.payload + made.captured).max()) <= len(made.octets)
