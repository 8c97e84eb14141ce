"""The size of slices changes nothing, and no octets make a scan raise."""

import gzip
from random import Random

import pytest
from build import Sent, build, cut, lines, pcap, segments_capture
from chance_silent import silent_capture
from dialogues import ALL, bounded, names, records, repacked, sent
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import document

from desync.analysis import carried
from desync.archive import taking


def several():
    """Captures that are hard to cut: connections side by side, a pair used again, fragments, sections."""
    side_by_side = [
        frame
        for number, name in enumerate(ALL)
        for frame in records(segments_capture(sent(name), client=("192.0.2.17", 41000 + number)))
    ]
    side_by_side.sort(key=lambda one: one[0])
    again = records(segments_capture(sent("1999"))) + records(
        segments_capture(sent("a message"), client_isn=77_000_000, server_isn=88_000_000)
    )
    elsewhere = records(segments_capture(sent("a message"), server=("198.51.100.25", 4025)))
    split_hello = records(
        segments_capture(
            [part for one in sent("unoffered") for part in cut(one, 2, 5)], server=("198.51.100.25", 4026)
        )
    )
    web = records(
        segments_capture(lines("C: GET / HTTP/1.1\nS: HTTP/1.1 200 OK"), server=("203.0.113.1", 80))
    )
    made = {
        "side by side": repacked(side_by_side),
        "a pair used again": repacked(again),
        "another port": repacked([*web, *elsewhere, *split_hello]),
        "two sections": 2
        * build("capture: pcapng\n---\nhandshake\nS: 220 mx\nC: EHLO gw\nS: 250 mx\nC: QUIT\nS: 221 bye"),
        "fragments": build(
            "client: 192.0.2.17:1025\n---\nhandshake\nS: 220 mx.example.org\n"
            "C[fragment 32]: EHLO gw.example.net.with.a.name.that.is.long\n"
            "S[fragment 24 reversed]: 250 mx.example.org is glad\n"
            "C: MAIL FROM:<a@b>\nC[unprompted fragment 24]: RCPT TO:<somebody.with.a.long.name@example.org>\n"
            "S: 250 a\n+ 250 b\nC: QUIT\nS: 221 bye\nclose"
        ),
        "a clock that steps": repacked(
            [
                ((head[0] - number % 2 * 9000, *head[1:]), packet)
                for number, (head, packet) in enumerate(again)
            ]
        ),
        "nothing said": silent_capture(Random(7), odd=0.1, count=24),  # noqa: S311 - no secret
        "cut short": repacked(side_by_side)[:-9],
        "damaged": repacked(side_by_side[:20]) + b"\xff" * 99 + repacked(side_by_side[20:])[24:],
    }
    return made | {
        f"{name}, gzip": gzip.compress(made[name], mtime=0)
        for name in ("side by side", "another port", "fragments", "nothing said")
    }


SEVERAL = several()


class TestSlices:
    @pytest.mark.parametrize("name", SEVERAL)
    def test_the_size_of_slices_changes_nothing(self, name, tmp_path, monkeypatch):
        path = tmp_path / "x.pcap"
        path.write_bytes(SEVERAL[name])
        wanted = document(path)
        assert wanted["captures"][0]["frames"] > 8
        for together in (1, 3, 8):
            monkeypatch.setattr(taking, "MOST_SLICES", together)
            for octets in (1, 700, 100 * 100):
                assert document(path, slice_octets=octets) == wanted, (together, octets)

    @pytest.mark.parametrize("name", ["side by side", "a pair used again", "another port", "nothing said"])
    def test_nor_does_how_much_is_carried_on(self, name, tmp_path, monkeypatch):
        path = tmp_path / "x.pcap"
        path.write_bytes(SEVERAL[name])
        wanted = document(path)
        for octets in (0, 300, 2000):
            monkeypatch.setattr(carried, "FLOW_OCTETS", octets)
            assert document(path, slice_octets=500) == wanted, octets

    @settings(bounded, max_examples=12)
    @given(st.randoms(use_true_random=False), st.integers(1, 3000))
    def test_nor_does_how_connections_are_mixed(self, tmp_path_factory, random, octets):
        frames = [
            records(segments_capture(sent(name), client=("192.0.2.9", 1025 + number)))
            for number, name in enumerate(random.sample(sorted(ALL), 4))
        ]
        mixed = []
        while any(frames):
            mixed.append(random.choice([one for one in frames if one]).pop(0))
        path = tmp_path_factory.mktemp("mixed") / "x.pcap"
        path.write_bytes(repacked(mixed))
        assert document(path, slice_octets=octets) == document(path)


SAID = b"220 |220-|250 |250-|354 |.|EHLO |MAIL FROM:|RCPT TO:<|DATA|BDAT |LAST|AUTH |STARTTLS|TURN|QUIT"
ODD = [b"PROXY TCP4 ", b"\r\n", b"\n", b"\r", b"\x16\x03\x01", b"\0", b"\xff\xfe", b"\x05\x01\0", b"9" * 20]
WORDS = st.sampled_from([*SAID.split(b"|"), *ODD])
SPEECH = st.lists(st.one_of(WORDS, st.binary(max_size=8)), max_size=8).map(b"".join)
TURNS = st.lists(
    st.tuples(
        st.sampled_from(["client", "server"]),
        SPEECH,
        st.integers(-20, 20),
        st.integers(-3, 400),
        st.integers(0, 31),
    ),
    max_size=12,
)


class TestAnyOctets:
    @settings(bounded, max_examples=120)
    @given(TURNS, st.booleans())
    def test_no_payload_makes_a_scan_raise(self, tmp_path_factory, turns, shaken):
        made, ends, time = (
            list(sent("1999")[:3]) if shaken else [],
            {"client": 0, "server": 0},
            sent("1999")[2].time,
        )
        for side, octets, shift, acknowledged, flags in turns:
            time += shift * 10_000_000
            letters = "".join(
                letter for bit, letter in enumerate("FSRPA") if flags >> bit & 1 and letter != "A"
            )
            made.append(
                Sent(side, max(ends[side] + min(shift, 3), 0), octets, acknowledged, max(time, 0), letters)
            )
            ends[side] += len(octets)
        path = tmp_path_factory.mktemp("any") / "x.pcap"
        path.write_bytes(segments_capture(made))
        found = document(path)
        assert found["captures"][0]["frames"] == len(made)

    @settings(bounded, max_examples=60)
    @given(
        st.lists(st.tuples(st.integers(0, 2**34), st.binary(max_size=120)), max_size=6),
        st.sampled_from([0, 1, 12, 101, 113, 147, 276]),
    )
    def test_no_frames_do(self, tmp_path_factory, frames, link):
        path = tmp_path_factory.mktemp("any") / "x.pcap"
        path.write_bytes(pcap(frames, link=link))
        assert document(path)["captures"][0]["frames"] <= len(frames)

    @settings(bounded, max_examples=60)
    @given(names, st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=5))
    def test_no_broken_octets_do(self, tmp_path_factory, name, changes):
        octets = bytearray(segments_capture(sent(name)))
        for place, value in changes:
            octets[24 + place % (len(octets) - 24)] = value
        path = tmp_path_factory.mktemp("any") / "x.pcap"
        path.write_bytes(octets)
        assert document(path)["schema"] == "desync-report/1"
