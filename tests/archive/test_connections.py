"""Every TCP connection of captures, mail or not, with both its streams."""

from pathlib import Path

import pytest
from build import build, segments_capture, stream
from judged import played

import desync
from desync.errors import CaptureError

TALK = r"""
    S: 220 mx.example.org \
    C: EHLO gw
    S[unprompted +10ms]: ready
    S[after EHLO]: 250 mx
    C: QUIT
    S: 221 bye
    close
"""
SENT = played(TALK)


def put(name, octets):
    Path(name).write_bytes(octets)
    return name


def streams(one):
    return one.client_stream.octets, one.server_stream.octets


@pytest.mark.usefixtures("folder")
class TestConnections:
    @pytest.mark.parametrize("octets", [1, 400, 1 << 26])
    def test_both_streams_octet_for_octet(self, octets):
        put("x.pcap", segments_capture(SENT))
        (one,) = desync.connections("x.pcap", options=desync.Options(slice_octets=octets))
        assert streams(one) == (stream(SENT, "client"), stream(SENT, "server"))
        assert one.client_stream.length == len(stream(SENT, "client"))
        assert one.client_stream.gaps == one.server_stream.gaps == ()

    def test_a_gap_is_a_pair_of_offset_and_length(self):
        put("x.pcap", segments_capture(one for one in SENT if one.octets != b"ready\r\n"))
        (one,) = desync.connections("x.pcap")
        assert [tuple(gap) for gap in one.server_stream.gaps] == [(19, 7)]
        assert one.server_stream.octets == stream(SENT, "server").replace(b"ready\r\n", b"")
        assert one.server_stream.length == len(stream(SENT, "server"))

    def test_a_path_may_be_one_or_several_text_or_not(self, folder):
        put("x.pcap", segments_capture(SENT))
        for paths in ("x.pcap", folder / "x.pcap", ["x.pcap"], (folder / "x.pcap",), folder):
            assert [streams(one) for one in desync.connections(paths)] == [
                (stream(SENT, "client"), stream(SENT, "server"))
            ]

    def test_what_is_no_mail_is_yielded_too(self):
        web = played("C: GET / HTTP/1.1\nS: HTTP/1.1 200 OK")
        put("x.pcap", segments_capture(web, server=("203.0.113.1", 80)) + segments_capture(SENT)[24:])
        assert [one.server.port for one in desync.connections("x.pcap")] == [80, 25]

    def test_they_come_in_the_order_of_their_first_frames(self):
        parts = [
            segments_capture(SENT[at:until], client=("192.0.2.9", port))[24:]
            for port, at, until in ((3, 0, 2), (1, 0, 9), (3, 2, 99), (2, 0, 99), (1, 9, 99))
        ]
        put("x.pcap", segments_capture([]) + b"".join(parts))
        found = list(desync.connections("x.pcap"))
        assert [one.client.port for one in found] == [3, 1, 2]
        assert len({streams(one) for one in found}) == 1

    @pytest.mark.parametrize("at", range(1, len(SENT)))
    def test_a_rotated_set_is_one(self, at):
        put("mail.pcap", segments_capture(SENT[:at]))
        put("mail.pcap1", segments_capture(SENT[at:]))
        (one,) = desync.connections(["mail.pcap", "mail.pcap1"])
        assert streams(one) == (stream(SENT, "client"), stream(SENT, "server"))
        assert set(one.rows.capture) == {0, 1}

    def test_a_pair_used_again_is_two(self):
        again = segments_capture(SENT, client_isn=7_000_000, server_isn=9_000_000)
        put("x.pcap", segments_capture(SENT) + again[24:])
        assert len(list(desync.connections("x.pcap"))) == 2

    @pytest.mark.parametrize("octets", [1, 1 << 26])
    def test_ip_fragments_are_put_together(self, octets):
        put(
            "x.pcap",
            build(
                "---\nhandshake\nS: 220 mx\n"
                "C[fragment 24 reversed]: EHLO a.name.that.is.long.enough\nS: 250 mx"
            ),
        )
        (one,) = desync.connections("x.pcap", options=desync.Options(slice_octets=octets))
        assert one.client_stream.octets == b"EHLO a.name.that.is.long.enough\r\n"

    def test_what_is_no_capture_raises(self):
        put("notes.txt", b"no capture at all")
        with pytest.raises(CaptureError, match=r"notes\.txt"):
            list(desync.connections("notes.txt"))

    def test_a_capture_without_tcp_has_none(self):
        put("x.pcap", segments_capture([]))
        assert list(desync.connections("x.pcap")) == []
