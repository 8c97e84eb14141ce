import pytest
from smtp.spoken import stream

from desync.smtp.client import nonstandard_ends


def ends(octets, offset=0):
    return {prompt.text: prompt.end for prompt in nonstandard_ends(stream(octets), offset)}


@pytest.mark.parametrize(
    ("octets", "wanted"),
    [
        (b"a\r\n.\r\n", {}),
        (b"a\n.\nb\r\n.\r\n", {b"\n.\n": 4}),
        (b"a\r\n.\nb\r\n.\r\n", {b"\r\n.\n": 5}),
        (b"a\n.\r\nb\r\n.\r\n", {b"\n.\r\n": 5}),
        (b"a\r.\rb\r\n.\r\n", {b"\r.\r": 4}),
        (b"a\n.\nb\n.\nc\r\n.\r\n", {b"\n.\n": 4}),
        (b"a\n.\nb\r.\rc", {b"\n.\n": 4, b"\r.\r": 8}),
        (b"a\r\n.\r\nb\n.\nc", {}),
        (b"a\r\n.x\r\n..\r\n", {}),
        (b"", {}),
    ],
)
def test_nonstandard_ends_before_the_standard_one(octets, wanted):
    assert ends(octets) == wanted
    assert ends(b"DATA\r\n" + octets, 6) == {mark: end + 6 for mark, end in wanted.items()}


def test_a_nonstandard_end_behind_one_of_another_kind():
    assert ends(b"a\r\n.\nb\n.\nc") == {b"\r\n.\n": 5, b"\n.\n": 9}


@pytest.mark.parametrize("octets", [b".\nQUIT\r\n", b".\n"])
def test_a_nonstandard_end_right_behind_the_data_command(octets):
    assert list(ends(b"DATA\r\n" + octets, 6).values()) == [8]
