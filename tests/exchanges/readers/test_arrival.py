"""When octets reached the client, as seen from the server's side."""

from build import Sent, segments_capture
from judged import heard

from desync.exchanges.readers.arrival import arrivals

MS = 1_000_000
T = 1_700_000_000_000_000_000


def at(side, offset, octets, acknowledged, milliseconds):
    return Sent(side, offset, octets, acknowledged, T + milliseconds * MS)


SHAKE = [
    at("client", 0, b"", None, 0)._replace(flags="S"),
    at("server", 0, b"", 0, 0)._replace(flags="S"),
    at("client", 0, b"", 0, 20)._replace(flags=""),
]


def arrived(*sent):
    return arrivals(heard(segments_capture([*SHAKE, *sent])).connection)


def test_an_octet_arrives_a_round_trip_later_than_it_left():
    found = arrived(at("server", 0, b"220 mx\r\n", 0, 30), at("client", 0, b"HELO c\r\n", 8, 51))
    assert found.at(8) == T + 50 * MS
    assert found.opened == T + 20 * MS
    assert found.by(T + 49 * MS) == 0
    assert found.by(T + 50 * MS) == 8


def test_of_two_copies_the_one_that_the_client_acknowledged_arrived():
    first = at("server", 0, b"220 mx\r\n", 0, 30)
    again = first._replace(time=T + 230 * MS)
    assert arrived(first, again, at("client", 0, b"HELO c\r\n", 8, 251)).at(8) == T + 250 * MS
    assert arrived(first, again, at("client", 0, b"HELO c\r\n", 8, 51)).at(8) == T + 50 * MS


def test_an_acknowledgment_within_a_segment_shows_that_it_came_in_pieces():
    greeting = at("server", 0, b"220 mx\r\n", 0, 30)
    found = arrived(greeting, at("client", 0, b"HELO c\r\n", 4, 50), at("client", 8, b"QUIT\r\n", 8, 51))
    assert found.between(0, 8) == [4, 8]


def test_without_a_handshake_the_quickest_acknowledgment_gives_the_round_trip():
    sent = [SHAKE[0], at("server", 0, b"", 0, 0)._replace(flags="S"), at("server", 0, b"220 mx\r\n", 0, 30)]
    sent.append(at("client", 0, b"HELO c\r\n", 8, 51))
    found = arrivals(heard(segments_capture(sent)).connection)
    assert found.sound
    assert found.at(8) == T + 51 * MS
