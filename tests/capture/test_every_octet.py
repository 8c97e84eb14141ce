"""Small files cut at every octet, and with every octet changed."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from capture_octets import frames, pcap, pcapng, snoop
from reading import read_octets

from desync.errors import NotACapture

SOME = frames(4, octets=4)
FILES = {
    "pcap": pcap(SOME),
    "pcapng": pcapng(SOME),
    "snoop": snoop(SOME),
    "gzip": gzip.compress(pcap(SOME), mtime=0),
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_cut_anywhere_gives_all_that_came_before(tmp_path, name):
    whole = read_octets(tmp_path, FILES[name])
    before = 0
    for size in range(len(FILES[name])):
        try:
            found = read_octets(tmp_path, FILES[name][:size])
        except NotACapture:
            assert before == 0
            continue
        # The frame in which it ends is cut, or not there.
        assert found.frames[:-1] == whole.frames[: max(len(found.frames) - 1, 0)]
        if found.frames:
            assert whole.frames[len(found.frames) - 1].startswith(found.frames[-1])
            assert found.times == whole.times[: len(found.times)]
        assert before <= len(found.frames)
        before = len(found.frames)
    assert before >= len(SOME) - 1


UNDER_A_LIMIT = """
import resource, sys
from pathlib import Path

sys.path[:0] = sys.argv[1:3]
from reading import read

from desync.errors import NotACapture
from desync.packets.decode import decode

path, most = Path(sys.argv[3]), 160 << 20
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + most, used + most))
whole = path.read_bytes()
read_files = 0
for place in range(len(whole)):
    for change in (0x01, 0xFF):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ change]) + whole[place + 1 :])
        try:
            read(path)
            read_files += 1
        except NotACapture:
            pass
print(read_files)
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="memory is limited and measured as Linux does"
)
@pytest.mark.parametrize("name", FILES)
def test_what_is_changed_anywhere_costs_little_memory(tmp_path, name):
    path = tmp_path / "capture"
    path.write_bytes(FILES[name])
    tests = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", UNDER_A_LIMIT, str(tests), str(tests / "capture"), str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > len(FILES[name])
