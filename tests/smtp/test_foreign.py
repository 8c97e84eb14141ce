import pytest
from hypothesis import given
from hypothesis import strategies as st

from desync.smtp.foreign import foreign_protocol, is_client_hello, is_tls

SSL2 = b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10"


@pytest.mark.parametrize(
    ("octets", "name"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "TLS"),
        (b"\x16\x03\x03\x00", "TLS"),
        (SSL2, "TLS"),
        (b"GET / HTTP/1.1\r\n", "HTTP"),
        (b"post /x HTTP/1.0\r\n", "HTTP"),
        (b"OPTIONS * HTTP/1.1\r\n", "HTTP"),
        (b"CONNECT mx.example.org:25 HTTP/1.1\r\n", "HTTP"),
        (b"PRI * HTTP/2.0\r\n", "HTTP"),
        (b"\x05\x01\x00", "SOCKS"),
        (b"\x05\x02\x00\x02", "SOCKS"),
        (b"\x04\x01\x00\x19\xc6\x33\x64\x19\x00", "SOCKS"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH"),
        (b"\x03\x00\x00\x13\x0e\xe0\x00\x00", "RDP"),
        (b"\x00\x00\x00\x54\xffSMBr", "SMB"),
        (b"\x00\x00\x00\x54\xfeSMB@", "SMB"),
    ],
)
def test_other_protocols_by_their_first_octets(octets, name):
    assert foreign_protocol(octets) == name


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"EHLO gw.example.net\r\n",
        b"ehlo\r\n",
        b"\r\n",
        b"GETTING MAIL\r\n",
        b"PUTTY\r\n",
        b"HELP\r\n",
        b"\x16",
        b"\x15\x03\x03\x00\x02\x02\x28",
        b"\x05",
        b"\x04\x01\x00\x19",
        b"\x80\x2e\x01",
        b"SSH",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n",
    ],
)
def test_what_is_no_other_protocol(octets):
    assert foreign_protocol(octets) is None


@pytest.mark.parametrize(
    ("octets", "tls", "hello"),
    [
        (b"\x16\x03\x01", True, True),
        (b"\x16\x03\x04\x00", True, True),
        (b"\x16\x03", True, True),
        (b"\x15\x03\x03", True, False),
        (b"\x16\x03\x05", False, False),
        (b"\x16\x02\x01", False, False),
        (b"\x17\x03\x03", False, False),
        (b"\x16", False, False),
        (b"", False, False),
    ],
)
def test_tls_records(octets, tls, hello):
    assert (is_tls(octets), is_client_hello(octets)) == (tls, hello)


@given(st.binary(max_size=40))
def test_nothing_makes_it_raise(octets):
    assert foreign_protocol(octets) in {None, "TLS", "HTTP", "SOCKS", "SSH", "RDP", "SMB"}
    assert is_client_hello(octets) <= is_tls(octets)


@given(st.text("EHLOMAILRCPTQUITDATANOOP <>:@.", min_size=4, max_size=30))
def test_what_a_mail_client_says_is_no_other_protocol(text):
    assert foreign_protocol(text.encode()) is None
