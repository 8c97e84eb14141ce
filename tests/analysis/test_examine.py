"""From segments to outcomes: whether a connection is mail, and whether it was asked for."""

import pytest
from build import segments_capture
from judged import conversations, played

from desync.analysis.examine import is_mail
from desync.analysis.options import Options
from desync.archive.connections import connections


@pytest.fixture
def connection(tmp_path):
    def connection(text, port=4025, **keys):
        path = tmp_path / "x.pcap"
        path.write_bytes(segments_capture(played(text, **keys), server=("198.51.100.25", port)))
        (one,) = connections(path)
        return one

    return connection


@pytest.mark.parametrize("port", [25, 587, 2525, 24, 1025, 10024, 10025, 10026, 465])
def test_mail_ports(connection, port):
    assert is_mail(connection("C: x", port), Options())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("S: 220 mx\nC: EHLO gw", True),
        ("S: 220 mx\nC: helo gw", True),
        ("S: 220 mx\nC: LHLO gw", True),
        ("S: 220 mx\nC: EH\\\nC[unprompted]: LO gw", True),
        ("S: 220 mx\nC: what\n+ EHLO gw", True),
        ("C[unprompted]: PROXY TCP4 192.0.2.1 192.0.2.2 4711 25\nS: 220 mx\nC: EHLO gw", True),
        ("S: 220 mx\nC: NOOP", False),
        ("S: 220 mx\nC: QUIT\n+ EHLO gw", False),
        ("S: 220 ftp\nC: USER x\nS: 331 who\nC: QUIT\nS: 221 bye", False),
        ("S: 220 mx", False),
        ("C: GET / HTTP/1.1\n+ EHLO: x\n+\n", False),
    ],
)
def test_on_another_port_the_clients_first_verb_decides(connection, text, wanted):
    assert is_mail(connection(text), Options()) is wanted


def test_a_port_may_be_named(connection):
    assert is_mail(connection("S: 220 mx\nC: NOOP"), Options(ports=(4025,)))


def test_a_mail_server_that_answers_is_the_server_without_a_syn():
    (one,) = conversations(segments_capture(played("S: 220 mx\nC: EHLO gw\nS: 250 mx")[3:]))
    assert (one.connection.server.port, one.connection.client.port) == (25, 41025)


@pytest.mark.parametrize("handshake", [True, False])
def test_a_client_whose_own_port_is_a_mail_port_by_chance_is_no_mail_server(tmp_path, handshake):
    path = tmp_path / "x.pcap"
    sent = played(
        "C[unprompted]: GET / HTTP/1.1\nS: hello\nC: GET /again HTTP/1.1\nS: bye", handshake=handshake
    )
    path.write_bytes(segments_capture(sent, client=("192.0.2.17", 10025), server=("198.51.100.25", 80)))
    (one,) = connections(path)
    assert (one.client.port, is_mail(one, Options())) == (10025, False)
