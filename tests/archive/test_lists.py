import os
from io import BytesIO

import pytest

from desync.archive.lists import MOST_NAME_OCTETS, read_list
from desync.errors import UsageError


@pytest.mark.parametrize(
    ("octets", "names"),
    [
        (b"", []),
        (b"a.pcap", ["a.pcap"]),
        (b"a.pcap\nb.pcap\n", ["a.pcap", "b.pcap"]),
        (b"a.pcap\n\nb.pcap", ["a.pcap", "b.pcap"]),
        (b"a.pcap\0b\nb.pcap\0", ["a.pcap", "b\nb.pcap"]),
        (b" a .pcap \r\n", [" a .pcap \r"]),
        (b"-\n-x\n", ["./-", "-x"]),
        (b"\xff\xe4.pcap\n", [os.fsdecode(b"\xff\xe4.pcap")]),
    ],
)
def test_names(octets, names):
    assert read_list(BytesIO(octets)) == names


def test_names_keep_their_octets():
    every = bytes(each for each in range(1, 256) if each not in b"\n/")
    assert [os.fsencode(name) for name in read_list(BytesIO(every + b"\n"))] == [every]


@pytest.mark.parametrize("octets", [b"x" * (MOST_NAME_OCTETS + 1), b"\xd4\xc3\xb2\xa1" * 5000 + b"\n"])
def test_a_capture_is_no_list(octets):
    with pytest.raises(UsageError, match="no list of files"):
        read_list(BytesIO(octets))
