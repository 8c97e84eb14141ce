"""The report for the files of a rotation is that for one file with all their frames."""

import gzip
import struct
from pathlib import Path

import pytest
from build import pcap, segments_capture
from judged import document, played
from putting import AWAY, DIALOGUE, EARLY

from desync.units import SECOND

HEAD = 24
RECORD = struct.Struct("<IIII")
PLACES = {
    *("capture", "stream", "id", "frame", "frames", "first_frame", "last_frame", "parts", "segments"),
    *("filter", "same_as", "captures", "connection"),
}
SESSIONS = [
    DIALOGUE,
    "S: 220 mx\nC: EHLO gw\nS: 250-mx\n+ 250 PIPELINING\nC: QUIT\nS: 221 bye\nclose",
    EARLY,
    "S: 220 mx\nC: HELO gw\nS: 250 mx\nC: NOOP\nS: 250 ok\nC: NOOP\nS: 250 ok\nC: QUIT\nS: 221 bye\nclose",
]


def frames():
    """The frames of eight connections that run side by side, by time."""
    found = []
    for number in range(8):
        sent = played(SESSIONS[number % len(SESSIONS)], **AWAY)
        begin = number * SECOND // 40
        octets = segments_capture(
            [one._replace(time=one.time + begin) for one in sent],
            client=(f"192.0.2.{number + 1}", 41000 + number),
            client_isn=1000 * number,
        )
        at = HEAD
        while at < len(octets):
            seconds, rest, size, _ = RECORD.unpack_from(octets, at)
            at += RECORD.size
            found.append((seconds * SECOND + rest, octets[at : at + size]))
            at += size
    return sorted(found, key=lambda one: one[0])


FRAMES = frames()
WIDTH = 20


def bare(value):
    """A report without where things were read from."""
    if isinstance(value, dict):
        return {name: bare(each) for name, each in value.items() if name not in PLACES}
    return [bare(each) for each in value] if isinstance(value, list) else value


def by_client(made):
    """A ring's captures are in the order of their names, and so are the connections."""
    return {one["client"]["address"]: bare(one) for one in made["connections"]}


def put_all(names, parts):
    for name, part in zip(names, parts, strict=True):
        octets = pcap(part)
        path = Path(name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(gzip.compress(octets, mtime=0) if name.endswith(".gz") else octets)


def cut(width=WIDTH):
    return [FRAMES[at : at + width] for at in range(0, len(FRAMES), width)]


@pytest.fixture
def whole(folder):  # noqa: ARG001 - it is written there
    put_all(["whole.pcap"], [FRAMES])
    return document("whole.pcap")


def counted(pattern):
    return [pattern.format(number) for number in range(len(cut()))]


@pytest.mark.parametrize(
    "names",
    [
        ["mail.pcap", *counted("mail.pcap{}")[1:]],
        counted("mail_{:05}_202611221500{:02}.pcap".replace("{:02}", "00")),
        # A ring of which the oldest file has been written anew.
        [*counted("ring{}")[2:], *counted("ring{}")[:2]],
        # tcpdump -z gzip has not yet come to the last one.
        [*counted("mail.{:02}.pcap.gz")[:-1], counted("mail.{:02}.pcap")[-1]],
        counted("2026-11-{:02}/mail.pcap"),
    ],
)
def test_the_set_is_as_the_whole(whole, names):
    put_all(names, cut())
    made = document(sorted(names))
    assert any(len(one["parts"]) > 1 for one in made["connections"])
    assert by_client(made) == by_client(whole)
    assert sorted(map(str, bare(made["findings"]))) == sorted(map(str, bare(whole["findings"])))
    for name in ("connections", "mail", "by_code"):
        assert made["summary"][name] == whole["summary"][name]


@pytest.mark.parametrize("width", [1, 2, 7])
def test_files_of_very_few_frames_each_recorded_twice_are_as_the_whole(folder, width):  # noqa: ARG001 - written there
    twice = [one for one in FRAMES for _ in (0, 1)][: 40 * width]
    parts = [twice[at : at + width] for at in range(0, len(twice), width)]
    names = [f"mail.{number:03}" for number in range(len(parts))]
    put_all(["whole.pcap"], [twice])
    put_all(names, parts)
    made, whole = document(names), document("whole.pcap")
    assert by_client(made) == by_client(whole)
    assert any(one["tcp"]["duplicated"] for one in made["connections"])


def test_the_same_frames_from_two_hosts_are_two_sets(whole):
    for host in (1, 2):
        put_all(counted(f"mx{host}.{{:02}}.pcap"), cut(WIDTH))
    made = document("mx*.pcap")
    assert len(made["connections"]) == 2 * len(whole["connections"])
    assert all(len(one["same_as"]) == 1 for one in made["connections"])
    assert made["summary"]["mail"] == whole["summary"]["mail"]
    assert made["summary"]["clients"] == whole["summary"]["clients"]


def test_a_lost_file_adds_no_proof(whole):
    names = counted("mail.pcap{}")
    proved = {(one["code"], one["client"]) for one in whole["findings"] if one["certainty"] == "proved"}
    for lost in range(len(names)):
        put_all(names, cut())
        made = document([name for name in names if name != names[lost]])
        assert [
            (one["code"], one["client"])
            for one in made["findings"]
            if one["severity"] == "error"
            and one["certainty"] == "proved"
            and (one["code"], one["client"]) not in proved
        ] == []
        assert {one["client"]["address"] for one in made["connections"] if len(one["parts"]) > 1}
