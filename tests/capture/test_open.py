import os
import subprocess
import sys
import threading

import pytest
from capture_octets import frames, pcap, pcap_header, pcapng, section, snoop
from reading import read, read_octets

from desync.capture.open import open_capture
from desync.errors import NotACapture, UnreadableFile, UsageError

SOME = frames()
OCTETS = [f.octets for f in SOME]

READ_STANDARD_INPUT = """
from desync.capture.open import open_capture
from desync.capture.slices import read_frames
with open_capture("-") as reader:
    count = sum(len(read_frames(piece)) for piece in reader.slices(200))
    print(count, reader.size, reader.rereadable, len(reader.problems))
"""


def test_standard_input():
    run = subprocess.run(
        [sys.executable, "-c", READ_STANDARD_INPUT], input=pcap(SOME), capture_output=True, check=True
    )
    assert run.stdout.split() == [b"8", str(len(pcap(SOME))).encode(), b"False", b"0"]


def test_a_named_pipe(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(snoop(SOME),))
    writer.start()
    reading = read(path)
    writer.join()
    assert reading.frames == OCTETS
    assert not reading.reader.rereadable


def test_what_the_operating_system_refuses(tmp_path):
    with pytest.raises(UnreadableFile, match="No such file"):
        open_capture(str(tmp_path / "none"))
    with pytest.raises(UnreadableFile, match="directory"):
        open_capture(str(tmp_path))
    with pytest.raises(UnreadableFile, match="null"):
        open_capture("a\0b")


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"", "is empty"),
        (b"\xd4\xc3", "has 2 octets"),
        (pcap_header()[:20], "needs 24 octets, the file has 20 left"),
        (section()[:20], "needs 28 octets"),
        (snoop([])[:14], "needs 16 octets"),
        (b"From MAILER-DAEMON Mon Jan  4 1999 of the old days\n", "begin no known format"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(30), "7z archive"),
        (b"PK\x05\x06" + bytes(18), "none of its members was named"),
        (pcap_header(version=(9, 1)), "version 9.1"),
        (pcapng(SOME).replace(b"\r\n", b"\n"), "text mode"),
    ],
)
def test_what_is_no_capture(tmp_path, octets, reason):
    with pytest.raises(NotACapture, match=reason) as caught:
        read_octets(tmp_path, octets)
    assert str(caught.value).startswith(str(tmp_path / "capture"))
    assert "capture" not in caught.value.reason.replace("no capture", "")


def test_text_with_its_own_line_ends_is_not_mangled(tmp_path):
    some = [type(f)(f.time, b"EHLO client.example\r\n" * 4, 84) for f in SOME]
    assert read_octets(tmp_path, pcap(some)).frames == [f.octets for f in some]
    damaged = pcap(some[:4]) + b"\xee" * 30 + pcap(some[4:])[24:]
    assert len(read_octets(tmp_path, damaged).frames) == 8


def test_slices_are_taken_once(tmp_path):
    path = tmp_path / "capture"
    path.write_bytes(pcap(SOME))
    with open_capture(str(path)) as reader:
        assert reader.size == len(pcap(SOME))
        assert len(list(reader.slices(1))) == 8
        with pytest.raises(UsageError):
            list(reader.slices(1))


def test_a_file_that_grows_ends_where_it_ended(tmp_path):
    path = tmp_path / "capture"
    path.write_bytes(pcap(SOME))
    with open_capture(str(path)) as reader:
        with path.open("ab") as file:
            file.write(b"\xff" * 100)
        assert sum(piece.records.size for piece in reader.slices(1)) == 8
        assert reader.problems == []
