"""Segments that somebody puts into a connection neither change what was said nor accuse anybody."""

import pytest
from judged import findings
from tcp.handmade import CLIENT, DIALOGUE, ENDS, MAIL, SERVER, c, frames, rows_of, s

from desync.exchanges.conversation import converse
from desync.tcp.connection import connect
from desync.tcp.split import split_connections

PLACES = (4, 7, 12, 16)
"""Numbers of segments of the dialogue before which something is put in."""


def client(at):
    """What the client had sent before a segment of the dialogue."""
    return sum(len(one.octets) for one in DIALOGUE[:at] if one.side == "client")


def server(at):
    return sum(len(one.octets) for one in DIALOGUE[:at] if one.side == "server")


ATTACKS = {
    "an acknowledgment of what the server never sent": lambda at: c(client(at), b"", server(at) + 5000, ""),
    "an acknowledgment of what the client never sent": lambda at: s(server(at), b"", client(at) + 5000, ""),
    "an acknowledgment of one octet too many": lambda at: c(client(at), b"", server(at) + 1, ""),
    "a reset in the window": lambda at: c(client(at), flags="R"),
    "a reset far outside": lambda at: c(client(at) + 70_000, flags="R"),
    "a reset of the server": lambda at: s(server(at), b"", client(at), "R"),
    "a reset with text": lambda at: s(server(at), b"go away", client(at), "R"),
    "a FIN": lambda at: c(client(at), b"", server(at), "F"),
    "a FIN of the server": lambda at: s(server(at), b"", client(at), "F"),
    "a FIN ahead": lambda at: c(client(at) + 500, b"", server(at), "F"),
    "urgent nothing": lambda at: c(client(at), b"", server(at), "U"),
    "every flag": lambda at: c(client(at), b"", server(at), "SFRPU"),
    "no flag": lambda at: c(client(at)),
    "a SYN": lambda at: c(client(at), flags="S"),
    "a SYN with octets": lambda at: c(client(at), b"EVIL", flags="S"),
    "a SYN-ACK": lambda at: s(server(at) + 9, b"", client(at), "S"),
    "octets without an acknowledgment": lambda at: c(client(at), b"EVIL"),
    "octets far ahead": lambda at: c(client(at) + 30_000, b"QUIT\r\n", server(at)),
    "octets outside the window": lambda at: c(client(at) + (1 << 20), b"QUIT\r\n", server(at)),
    "octets of long ago": lambda at: c(client(at) - 5000, b"x" * 4000, server(at)),
}


def conversations(sent):
    rows = rows_of(frames(sent))
    return [
        converse(connect(rows.pick(part), ENDS, MAIL), implicit_tls=False) for part in split_connections(rows)
    ]


def told(conversation):
    return {(one.rule.code, one.certainty) for one in findings(conversation)}


@pytest.mark.parametrize("at", PLACES)
@pytest.mark.parametrize("attack", ATTACKS)
def test_what_was_said_stays(attack, at):
    one = ATTACKS[attack](at)._replace(time=DIALOGUE[at - 1].time + 100)
    found = conversations([*DIALOGUE[:at], one, *DIALOGUE[at:]])
    whole = max(found, key=lambda one: len(one.connection.rows))
    assert whole.connection.client_stream.octets == CLIENT
    assert whole.connection.server_stream.octets == SERVER
    assert whole.connection.complete
    assert told(whole) - {("CAP907", "proved")} == told(*conversations(DIALOGUE))
    assert all(not told(other) for other in found if other is not whole)


@pytest.mark.parametrize("at", [7, 9, 16])
def test_a_copy_that_takes_an_acknowledgment_back_proves_nothing(at):
    """Its octets are right and its acknowledgment is old: no TCP sends that."""
    assert DIALOGUE[at].side == "server"
    stale = c(client(at), CLIENT[client(at) : client(at) + 5], 0, time=DIALOGUE[at].time - 100)
    (one,) = conversations([*DIALOGUE[:at], stale, *DIALOGUE[at:]])
    accused = [each for each in findings(one) if each.severity == "error"]
    assert accused
    for each in accused:
        assert each.certainty == "inconclusive"
        assert any("acknowledges less than its side had before" in why for why in each.details["reasons"])
