"""Rows without the midst of monologues still make the same connection."""

import pytest
from tcp.handmade import ENDS, HANDSHAKE, MAIL, c, rows, s

from desync.tcp import monologue, thinned
from desync.tcp.connection import connect
from desync.tcp.thinned import thin

LINE = b"y" * 98 + b"\r\n"
COUNT = 80
END = b".\r\n"
LENGTH = COUNT * len(LINE) + len(END)


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(monologue, "EDGE", 1000)
    monkeypatch.setattr(thinned, "LIMIT", 1000)


def talk(*more):
    sent = [*HANDSHAKE]
    for number in range(COUNT):
        sent.append(c(number * len(LINE), LINE, 0))
        if number % 4 == 3:
            sent.append(s(0, acknowledged=(number + 1) * len(LINE), flags=""))
    return [*sent, *more, c(COUNT * len(LINE), END, 0), s(0, b"250 ok\r\n", LENGTH)]


def both(sent):
    whole = rows(sent)
    return connect(whole, ENDS, MAIL), connect(thin(whole), ENDS, MAIL)


def test_a_stretch_is_one_row_and_the_stream_is_as_long():
    whole, thinner = both(talk())
    assert len(thinner.rows) < len(whole.rows) / 2
    stream = thinner.client_stream
    assert stream.length == whole.client_stream.length == LENGTH
    assert stream.gaps == ()
    assert sum(end - start for start, end in stream.passed) + len(stream.octets) == LENGTH
    assert [end - start for start, end in stream.passed] == [(COUNT - 20) * len(LINE)]
    assert thinner.assembly.largest == whole.assembly.largest
    assert thinner.complete
    assert stream.sent(5000).frame == whole.client_stream.sent(1000).frame


def test_what_is_said_behind_it_is_as_it_was():
    whole, thinner = both(talk())
    assert thinner.server_stream == whole.server_stream._replace(first=thinner.server_stream.first)
    assert thinner.client_stream.slice(LENGTH - 500, LENGTH) == whole.client_stream.slice(
        LENGTH - 500, LENGTH
    )
    assert thinner.client_stream.sent(LENGTH - 1).frame == whole.client_stream.sent(LENGTH - 1).frame


def test_a_retransmission_of_what_was_passed_over_is_still_counted():
    whole, thinner = both(talk(c(3000, LINE, 0), c(3000, b"z" * 100, 0)))
    assert thinner.assembly.retransmitted == whole.assembly.retransmitted == 2
    assert thinner.client_stream.gaps == ()


def test_thinning_twice_changes_nothing():
    once = thin(rows(talk()))
    assert thin(once) == once


def test_little_is_left_as_it_is(monkeypatch):
    monkeypatch.setattr(thinned, "LIMIT", LENGTH + 8)
    few = rows(talk())
    assert thin(few) is few


def test_what_passes_the_limit_although_it_may_say_something_is_dropped(monkeypatch):
    monkeypatch.setattr(thinned, "MOST_KEPT", 1500)
    _, thinner = both(talk())
    stream = thinner.client_stream
    assert {gap.kind for gap in stream.gaps} == {"dropped"}
    assert len(stream.gaps) < 5
    assert stream.gaps[-1].end == LENGTH
    assert not thinner.complete
