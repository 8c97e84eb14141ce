"""Which pairs may carry mail: too many rather than too few."""

import numpy as np
import pytest
from build import lines, pcap, segments_capture

from desync.analysis.select import mail_flows, opened_flows, speaking_flows
from desync.capture.open import open_capture
from desync.capture.slices import read_frames
from desync.packets.decode import decode
from desync.tcp.flows import group


@pytest.fixture
def columns(tmp_path):
    def columns(sent, **keys):
        path = tmp_path / "x.pcap"
        path.write_bytes(segments_capture(sent, **keys) if sent else pcap([(0, bytes(60))]))
        with open_capture(str(path)) as capture:
            (piece,) = capture.slices(1 << 26)
            segments = decode(read_frames(piece)).segments
        return segments, group(segments)

    return columns


def speaks(columns, text, **keys):
    return speaking_flows(*columns(lines(text, **keys), server=("198.51.100.25", 4025))).tolist()


@pytest.mark.parametrize("hello", ["EHLO gw", "HELO gw", "LHLO gw", "ehlo gw", "eHlO gw"])
def test_who_says_hello_may_be_mail(columns, hello):
    assert speaks(columns, f"S: 220 mx\nC: {hello}") == [True]


def test_a_hello_in_pieces_may_be_mail(columns):
    assert speaks(columns, "S: 220 mx\nC: E\\\nC[unprompted]: HLO gw.example.net.with.a.long.name") == [True]


def test_a_hello_behind_a_proxys_words_may_be_mail(columns):
    assert speaks(
        columns, "C[unprompted]: PROXY TCP4 192.0.2.1 192.0.2.2 4711 25\nS: 220 mx\nC: EHLO gw"
    ) == [True]


@pytest.mark.parametrize("text", ["S: 220 mx", "S: 220 mx\nC: NOOP"])
def test_who_opened_and_has_not_yet_spoken_may_go_on(columns, text):
    """The hello may come in the next slice."""
    segments, flows = columns(lines(text), server=("198.51.100.25", 4025))
    assert speaking_flows(segments, flows).tolist() == [False]
    assert opened_flows(segments, flows).tolist() == [True]


def test_who_has_said_much_does_not(columns):
    segments, flows = columns(lines("C: GET /" + 60 * "x"), server=("198.51.100.25", 4025))
    assert opened_flows(segments, flows).tolist() == [False]


@pytest.mark.parametrize("first", ["E", "eh", "HEL", "lh", "PR"])
def test_a_scrap_of_a_hello_may_be_mail(columns, first):
    assert speaks(columns, f"C[unprompted]: {first}\\\nC[unprompted]: xx gw.example.net") == [True]


@pytest.mark.parametrize("first", ["x", "ox", "ELO", "12", "\\x05"])
def test_another_scrap_is_not(columns, first):
    assert speaks(columns, f"C[unprompted]: {first}\\\nC[unprompted]: xx gw.example.net") == [False]


def test_others_are_not(columns):
    assert speaks(columns, "C: GET /index.html HTTP/1.1\nS: HTTP/1.1 200 OK") == [False]


def test_a_greeting_alone_decides_nothing(columns):
    text = "S: 220 ftp.example.org ready\nC: USER anonymous@example.net\nS: 331 who"
    assert speaks(columns, text) == [False]


def test_a_mail_port_is_enough_on_either_side(columns):
    for ends, wanted in (
        ({"server": ("198.51.100.25", 25)}, [True]),
        ({"client": ("198.51.100.25", 25), "server": ("192.0.2.1", 4025)}, [True]),
        ({"server": ("198.51.100.25", 26)}, [False]),
    ):
        _, flows = columns(lines("C: x"), **ends)
        assert mail_flows(flows, {25, 587}).tolist() == wanted


def test_of_nothing_nothing(columns):
    segments, flows = columns([])
    assert np.asarray(speaking_flows(segments, flows)).tolist() == []
