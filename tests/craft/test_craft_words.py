import pytest

from desync.craft.words import by_side, duration, endpoint, hex_octets, instant, line_octets, number
from desync.errors import DialogueError
from desync.units import MILLISECOND, SECOND


@pytest.mark.parametrize(
    ("word", "nanoseconds"),
    [
        ("40ms", 40 * MILLISECOND),
        ("1.5s", 3 * SECOND // 2),
        ("250us", 250_000),
        ("7ns", 7),
        ("1h", 3600 * SECOND),
    ],
)
def test_a_duration_is_nanoseconds(word, nanoseconds):
    assert duration(word, 1) == nanoseconds


@pytest.mark.parametrize("word", ["40", "ms", "-4ms", "4 ms", "4m", "1.2.3s", "٤ms"])
def test_what_is_no_duration_is_refused(word):
    with pytest.raises(DialogueError, match="line 3: expected a length of time"):
        duration(word, 3)


def test_an_instant_keeps_its_nanoseconds():
    assert instant("1970-01-01T00:00:01.000000250Z", 1) == SECOND + 250
    assert instant("1999-11-16T09:05:11Z", 1) == 942_743_111 * SECOND


@pytest.mark.parametrize("word", ["1999-11-16", "1999-13-16T09:05:11Z", "1999-11-16T09:05:11"])
def test_what_is_no_instant_is_refused(word):
    with pytest.raises(DialogueError, match="line 9"):
        instant(word, 9)


def test_endpoints_of_both_versions():
    assert endpoint("192.0.2.17:1042", 1) == ("192.0.2.17", 1042)
    assert endpoint("[2001:db8::17]:25", 1) == ("2001:db8::17", 25)


@pytest.mark.parametrize("word", ["192.0.2.17", "192.0.2.700:25", "2001:db8::17:25", "192.0.2.1:65536"])
def test_what_is_no_endpoint_is_refused(word):
    with pytest.raises(DialogueError, match="line 2"):
        endpoint(word, 2)


def test_a_value_for_both_sides_or_for_each():
    assert by_side("40ms", 1) == {"client": "40ms", "server": "40ms"}
    assert by_side("server 7", 1) == {"server": "7"}
    with pytest.raises(DialogueError, match="one value for both sides"):
        by_side("client 1 server", 1)


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("QUIT", b"QUIT\r\n"),
        ("220 mx \\", b"220 mx "),
        ("a\\\\", b"a\\\r\n"),
        ("a\\\\\\", b"a\\"),
        (r"x\r\n\t\0\x41\\", b"x\r\n\t\0A\\\r\n"),
        ("\\", b""),
        ("", b"\r\n"),
        ("ä", "ä\r\n".encode()),
    ],
)
def test_a_written_line_and_its_octets(text, octets):
    assert line_octets(text, 1) == octets


def test_unknown_escapes_are_refused():
    with pytest.raises(DialogueError, match=r"line 5: expected one of .* found '\\\\q'"):
        line_octets(r"a\q", 5)


def test_hexadecimal_octets():
    assert hex_octets("16 0301", 1) == b"\x16\x03\x01"
    with pytest.raises(DialogueError, match="line 4: expected pairs"):
        hex_octets("160", 4)


def test_a_number_has_a_limit():
    assert number("4294967295", 1) == 2**32 - 1
    with pytest.raises(DialogueError, match="below 4294967296"):
        number("4294967296", 1)
