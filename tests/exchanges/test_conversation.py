"""A connection as a dialogue: what stands before it, where TLS begins, who it was."""

import pytest
from judged import said, script

PROXY = "C[unprompted]: PROXY TCP4 192.0.2.1 192.0.2.2 4711 25\n"


def test_the_name_is_that_of_the_last_hello():
    assert said("S: 220 mx\nC: EHLO one\nS: 502 no\nC: HELO two\nS: 250 mx").name == b"two"
    assert said("S: 220 mx\nC: QUIT\nS: 221 bye").name is None


def test_the_greeting_is_what_answers_the_connection():
    assert said("S: 220-mx\n+ 220 ready\nC: QUIT\nS: 221 bye").greeting.code == 220
    assert said("C: QUIT").greeting is None


def test_replies_are_all_replies_in_order():
    one = said("S: 220 mx\nC: NOOP\nS: 250 ok\n+ 250 again\nC: QUIT\nS: 221 bye")
    assert [reply.code for reply in one.replies] == [220, 250, 250, 221]
    assert [reply.index for reply in one.replies] == [0, 1, 2, 3]


class TestPrefix:
    def test_proxy_version_1(self):
        one = said(PROXY + "S: 220 mx\nC: EHLO gw\nS: 250 mx")
        assert (one.prefix.name, one.prefix.client, one.prefix.server) == ("proxy", 40, 0)
        assert script(one) == ["connection 220", "EHLO 250"]
        assert one.exchanges[1].octets == (40, 49)

    def test_proxy_version_2(self):
        head = "0d0a0d0a000d0a515549540a" + "2111000c" + "c0000201c0000202" + "12670019"
        one = said(f"C[hex unprompted]: {head}\nS: 220 mx\nC: EHLO gw\nS: 250 mx")
        assert (one.prefix.name, one.prefix.client) == ("proxy", 28)
        assert script(one) == ["connection 220", "EHLO 250"]

    def test_socks_5(self):
        one = said(
            "C[hex]: 050100\nS[hex]: 0500\nC[hex]: 05010001c00002010019\nS[hex]: 05000001c00002010019\n"
            "S: 220 mx\nC: EHLO gw\nS: 250 mx"
        )
        assert (one.prefix.name, one.prefix.client, one.prefix.server) == ("socks5", 13, 12)
        assert one.foreign is None
        assert script(one) == ["connection 220", "EHLO 250"]

    def test_http_connect(self):
        one = said(
            "C: CONNECT mx.example.org:25 HTTP/1.1\n+ Host: mx.example.org\n+\n"
            "S: HTTP/1.1 200 Connection established\n+\nS[unprompted]: 220 mx\nC: EHLO gw\nS: 250 mx"
        )
        assert one.prefix.name == "http-connect"
        assert one.foreign is None
        assert script(one) == ["connection 220", "EHLO 250"]

    def test_none(self):
        assert said("S: 220 mx\nC: EHLO gw\nS: 250 mx").prefix is None


class TestEncryption:
    HELLO = "16030100050100000100"

    def test_from_the_first_octet_on_its_port(self):
        one = said(f"C[hex]: {self.HELLO}\nS[hex]: 16030300050200000100")
        assert (one.encryption.exchange, one.encryption.client, one.encryption.server) == (None, 0, 0)
        assert one.foreign is None

    def test_a_client_hello_where_plain_text_is_spoken_is_foreign(self):
        one = said(f"S: 220 mx\nC[hex]: {self.HELLO}\nS: 500 what")
        assert (one.foreign, one.encryption) == ("TLS", None)

    def test_a_refused_starttls_encrypts_nothing(self):
        one = said("S: 220 mx\nC: EHLO gw\nS: 250 mx\nC: STARTTLS\nS: 454 not now\nC: QUIT\nS: 221 bye")
        assert one.encryption is None
        assert script(one)[-1] == "QUIT 221"


@pytest.mark.parametrize(
    ("octets", "protocol"),
    [("C: GET / HTTP/1.1\n+ Host: x\n+\n", "HTTP"), ("C: SSH-2.0-x\n", "SSH"), ("C[hex]: 050100\n", "SOCKS")],
)
def test_another_protocol_is_named(octets, protocol):
    assert said(octets + "S: 220 mx\n").foreign == protocol
