"""When segments pass, which octets they hold and what they acknowledge: without packets."""

from itertools import pairwise

from build import Sent, lines

from desync.units import MILLISECOND, SECOND


def said(sent, side=None):
    return [one for one in sent if one.octets and one.side in (side, one.side if side is None else side)]


def test_a_client_far_from_the_capture_acknowledges_what_had_reached_it():
    sent = said(
        lines(
            r"""
            S: 220 smtp.tele.fi \
            C: HELO gw.example.net
            S[unprompted +10ms]: rest of the greeting
            C: MAIL FROM:<a@example.net>
            """,
            rtt="client 40ms server 0ms",
        )
    )
    # The rest passes the capture before the HELO does, and the HELO does not acknowledge it.
    assert [(one.octets[:4], one.acknowledged) for one in sent] == [
        (b"220 ", 0),
        (b"rest", 0),
        (b"HELO", 17),
        (b"MAIL", 39),
    ]
    assert sent[2].time - sent[0].time == 40 * MILLISECOND + 300_000


def test_after_waits_for_one_line_alone():
    sent = said(lines('S: 220 a\nS[+1s]: 220 b\nC[after "220 a"]: QUIT', rtt="0ms"))
    assert [one.octets for one in sent] == [b"220 a\r\n", b"QUIT\r\n", b"220 b\r\n"]


def test_an_acknowledgment_can_be_written():
    assert [one.acknowledged for one in said(lines("S: 220 a\nC[ack=3]: QUIT"), "client")] == [3]


def test_a_gap_delays_the_next_line_alone():
    plain = said(lines("S: 220 a\nC: NOOP\nS: 250 b", rtt="0ms"))
    gap = said(lines("S: 220 a\ngap 40\nC: NOOP\nS: 250 b", rtt="0ms"))
    assert [b.time - a.time for a, b in zip(plain, gap, strict=True)] == [
        0,
        40 * MILLISECOND,
        40 * MILLISECOND,
    ]


def test_a_retransmission_carries_the_newer_acknowledgment():
    sent = said(
        lines("C[unprompted]: EHLO x\nS[unprompted +5ms]: 220 a\nC[again +200ms]:", rtt="1ms"), "client"
    )
    assert [(one.offset, one.octets, one.acknowledged) for one in sent] == [
        (0, b"EHLO x\r\n", 0),
        (0, b"EHLO x\r\n", 7),
    ]


def test_what_is_sent_again():
    sent = said(lines("C: one\nC[again 1-3]:\nC: two\nC[again of one]:\nC[again]: TWO\nC[at 2]: x\\\nC: end"))
    assert [(one.offset, one.octets) for one in sent] == [
        (0, b"one\r\n"),
        (1, b"ne"),
        (5, b"two\r\n"),
        (0, b"one\r\n"),
        (0, b"TWO\r\n"),
        (2, b"x"),
        (10, b"end\r\n"),
    ]


def test_dropped_octets_are_not_acknowledged_and_lost_ones_are():
    dropped = said(lines("S[dropped]: 220 a\nC[unprompted +1s]: QUIT", rtt="0ms"))
    lost = said(lines("S[lost]: 220 a\nC: QUIT", rtt="0ms"))
    assert [(one.side, one.acknowledged) for one in dropped] == [("server", 0), ("client", 0)]
    assert [(one.side, one.acknowledged) for one in lost] == [("client", 7)]


def test_octets_behind_a_hole_are_acknowledged_when_it_is_filled():
    sent = said(lines("S[dropped]: a\nS: b\nC: x\nS[again of a +200ms]:\nC: y", rtt="0ms"), "client")
    assert [one.acknowledged for one in sent] == [0, 6]


def test_pieces_and_the_mss():
    assert [one.octets for one in said(lines("S[pieces 2 every 1s]: abc"))] == [b"ab", b"c\r", b"\n"]
    assert [len(one.octets) for one in said(lines("C[repeat 3]: 12345678", mss="16"))] == [16, 14]
    assert [len(one.octets) for one in said(lines("C[repeat 3 coalesced]: 12345678", mss="16"))] == [30]


def test_one_octet_a_second():
    times = [one.time for one in said(lines("S[pieces 1 every 1s]: 220 a"))]
    assert {later - earlier for earlier, later in pairwise(times)} == {SECOND}


def test_a_lone_acknowledgment_waits_for_the_delay():
    sent = lines("S: 220 a", rtt="0ms", acks="40ms")
    assert sent[-1] == Sent("client", 0, b"", 7, sent[-2].time + 40 * MILLISECOND, "")
    assert lines("S: 220 a", rtt="0ms", acks="none")[-1].octets
    assert not [
        one for one in lines("S: 220 a\nC: QUIT", rtt="0ms") if one.acknowledged == 7 and not one.octets
    ]


def test_the_second_full_segment_is_acknowledged_at_once():
    sent = lines("C[repeat 8]: 123456", mss="16", rtt="0ms", acks="10s")
    assert [one.acknowledged for one in sent if one.side == "server" and not one.flags] == [32, 64]


def test_a_detour_lets_the_next_one_overtake():
    sent = said(lines("C[detour 5ms]: one\nC: two", rtt="0ms"))
    assert [(one.offset, one.octets) for one in sent] == [(5, b"two\r\n"), (0, b"one\r\n")]


def test_a_close_acknowledges_both_fins():
    fins = lines("C: QUIT\nS: 221 b\nclose")[-3:]
    assert [(one.flags, one.offset, one.acknowledged) for one in fins] == [
        ("F", 7, 6),
        ("F", 6, 8),
        ("", 8, 7),
    ]


def test_a_fin_rides_on_octets_and_is_repeated():
    sent = lines("C[fin]: QUIT\nfin client [again +1s]", rtt="0ms", acks="none", handshake=False)
    assert [(one.flags, one.offset) for one in sent] == [("PF", 0), ("F", 6)]


def test_without_a_handshake_all_segments_acknowledge():
    assert lines("C: QUIT", handshake=False)[0].acknowledged == 0
    assert lines("syn client", handshake=False)[0].acknowledged is None


def test_a_keep_alive_lies_below_the_next_octet():
    sent = lines("C: QUIT\nkeep-alive client\nkeep-alive client [octet]", acks="none")[-2:]
    assert [(one.offset, one.octets) for one in sent] == [(5, b""), (5, b"\0")]


def test_only_the_watched_side_is_captured():
    sent = lines(
        "capture client\nC: QUIT\nS: 221 b\ncapture both\nC: again\ncapture nothing\nS: x", acks="none"
    )
    assert [one.octets for one in said(sent)] == [b"QUIT\r\n", b"again\r\n"]
