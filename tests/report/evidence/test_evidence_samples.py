"""Every sample, written as an annotated capture and read again: the same frames, the same findings."""

from pathlib import Path

import pytest
from report.evidence import reading

from desync.packets.layers import Layer

CAPTURES = Path(__file__).parents[3] / "captures"
SAMPLES = sorted(path for path in CAPTURES.rglob("*") if path.suffix in {".pcap", ".pcapng", ".snoop"})


def name(path):
    return str(path.relative_to(CAPTURES))


@pytest.mark.parametrize("path", SAMPLES, ids=name)
def test_a_sample_says_the_same_afterwards(path, tmp_path):
    evidence = tmp_path / "evidence.pcapng"
    octets, said = reading.write(path), reading.connections(path)
    if not said:
        assert octets == b""
        return
    evidence.write_bytes(octets)
    assert reading.connections(evidence) == said
    _same_frames(reading.frames(path), reading.frames(evidence), reading.origins(evidence))


def _same_frames(before, after, origins):
    """Every frame is its original but for its payload, what trails it, and its checksum."""
    assert list(origins) == list(after)
    for number, one in after.items():
        old = before[origins[number]]
        assert (len(one.octets), one.time) == (len(old.octets), old.time)
        assert one.length == max(old.length, len(old.octets))
        assert one.interface.link_type == old.interface.link_type
        assert old.trace.last is Layer.TCP
        at = old.trace.at
        behind = at + (old.octets[at + 12] >> 4) * 4
        kept = [slice(0, at + 16), slice(at + 18, behind)]
        assert [one.octets[part] for part in kept] == [old.octets[part] for part in kept]
