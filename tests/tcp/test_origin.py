import pytest
from tcp.handmade import CLIENT, DIALOGUE, HANDSHAKE, SERVER, c, connected, data, rows, s, told, whole

from desync.tcp.origin import Start, client_side, starts

MAIL = frozenset({25, 587})
SYN, SYN_ACK, ACK = HANDSHAKE
TALK = DIALOGUE[3:-3]


def side(sent, ports=(41025, 25)):
    return client_side(rows(sent), ports, MAIL)


def test_the_syn_tells_whatever_the_ports():
    assert side([SYN, *TALK], ports=(25, 41025)) == 0
    swapped = [one._replace(side="server" if one.side == "client" else "client") for one in DIALOGUE]
    assert side(swapped) == 1


def test_the_syn_ack_tells_where_the_syn_is_missing():
    assert side([SYN_ACK, *TALK], ports=(25, 41025)) == 0


def test_where_both_opened_the_mail_port_tells():
    both = [c(0, flags="S"), s(0, flags="S"), *TALK]
    assert side(both) == 0
    assert side(both, ports=(25, 41025)) == 1


def test_a_reset_opens_nothing():
    assert side([s(0, flags="SR"), *TALK]) == 0


@pytest.mark.parametrize("ports", [(40000, 50000), (50000, 40000), (25, 587)])
def test_without_syn_or_one_mail_port_what_they_say_tells(ports):
    assert side(TALK, ports=ports) == 0
    assert side(TALK[1:], ports=ports) == 0
    assert side([c(0, b"mail from:<a@example.net>\r\n", 0)], ports=ports) == 0
    assert side([s(0, b"220-mx.example.org\r\n", 0)], ports=ports) == 0


def test_at_last_the_lower_port_is_the_server():
    wordless = [c(0, b"\x16\x03\x01", 0), s(0, b"\x16\x03\x03", 3)]
    assert side(wordless, ports=(40000, 443)) == 0
    assert side(wordless, ports=(443, 40000)) == 1


def test_a_syn_gives_offset_0():
    assert starts(rows(DIALOGUE, isn=(41, 2**32 - 1)), 0) == (
        Start(42, "syn", 41),
        Start(0, "syn", 2**32 - 1),
    )


def test_a_syn_ack_gives_both():
    assert starts(rows(DIALOGUE[1:], isn=(41, 77)), 0) == (Start(42, "syn", 41), Start(78, "syn", 77))


def test_the_handshakes_third_segment_gives_the_servers():
    sent = [DIALOGUE[0], *DIALOGUE[2:]]
    assert starts(rows(sent, isn=(41, 77)), 0) == (Start(42, "syn", 41), Start(78, "syn", 77))


def test_a_later_acknowledgment_is_no_handshake():
    sent = [DIALOGUE[0], *DIALOGUE[4:]]
    assert starts(rows(sent, isn=(41, 77)), 0)[1].origin == "first-seen"


def test_of_several_syns_the_last_counts():
    sent = [c(0, flags="S"), *DIALOGUE]
    packed = rows(sent, isn=(41, 77))
    packed.sequence[0] = 90_000
    assert starts(packed, 0)[0] == Start(42, "syn", 41)


def test_without_a_handshake_the_first_octet_seen_or_acknowledged():
    first, other = starts(rows(DIALOGUE[7:], isn=(0, 0)), 0)
    # The server's "250 ok" is the first frame, and acknowledges what the client had sent before.
    assert (first.sequence, first.origin, first.initial) == (1 + DIALOGUE[7].acknowledged, "first-seen", None)
    assert other.sequence == 1 + DIALOGUE[7].offset


def test_first_seen_looks_behind_the_wrap():
    swapped = [DIALOGUE[8], DIALOGUE[6], *DIALOGUE[9:]]
    first, _ = starts(rows(swapped, isn=(2**32 - 1 - 30, 0)), 0)
    assert first.sequence == (2**32 - 30 + 21) % 2**32


def test_a_reset_gives_no_offset():
    sent = [c(9_999, flags="R"), *DIALOGUE[7:]]
    assert starts(rows(sent, isn=(0, 0)), 0)[0].sequence == 1 + DIALOGUE[7].acknowledged


def test_nothing_known_of_a_side():
    assert starts(rows([s(0, b"220 mx\r\n")]), 0)[0] == Start(None, "first-seen", None)


@pytest.mark.parametrize("octet", [b"", b"\0", b"\n"])
def test_a_keep_alive_at_the_beginning_is_not_data(octet):
    at = DIALOGUE[6].offset
    connection = connected([c(at - 1, octet, 56, flags=""), *DIALOGUE[6:]])
    assert told(connection.client_stream) == whole(CLIENT[at:])
    assert told(connection.server_stream) == whole(SERVER[56:])
    assert connection.client_stream.origin == connection.server_stream.origin == "first-seen"


@pytest.mark.parametrize("first", range(3, 18))
def test_mid_stream_keeps_every_octet_seen(first):
    connection = connected(DIALOGUE[first:])
    for name, octets, stream in (
        ("client", CLIENT, connection.client_stream),
        ("server", SERVER, connection.server_stream),
    ):
        seen = [index for index in data(DIALOGUE, name) if index >= first]
        if seen:
            assert stream.octets == octets[DIALOGUE[seen[0]].offset :]
            assert not stream.gaps
