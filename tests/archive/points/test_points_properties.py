"""What a capture missed is never proved against the path."""

from pathlib import Path
from tempfile import TemporaryDirectory

from archive.points.meeting import TALK, quiet
from build import segments_capture
from hypothesis import example, given, settings
from hypothesis import strategies as st
from judged import played

from desync.analysis.options import Options
from desync.archive.points.points import look

SENT = played(TALK + "\nack client", rtt="client 40ms server 0ms")
NUMBERS = st.sets(st.integers(0, len(SENT) - 1), max_size=6)

NEVER = {"changed", "replaced", "inserted", "missing"}


def laid_without(missing_a, missing_b):
    with TemporaryDirectory() as folder, quiet():
        paths = []
        for name, missing in (("a", missing_a), ("b", missing_b)):
            path = Path(folder, f"{name}.pcap")
            path.write_bytes(segments_capture([one for at, one in enumerate(SENT) if at not in missing]))
            paths.append(str(path))
        return list(look((paths[0], paths[1]), Options()).laid())


@settings(max_examples=25)
@given(NUMBERS, NUMBERS)
@example(set(range(8, len(SENT))), set())
@example(set(), {0, 1, 2})
def test_frames_that_a_capture_lacks_prove_nothing(missing_a, missing_b):
    for one in laid_without(missing_a, missing_b):
        for deed in one.deeds:
            assert deed.certainty != "proved", deed
            assert deed.what not in NEVER - {"missing", "inserted"}, deed
