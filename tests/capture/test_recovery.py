"""What is recovered of the damaged captures of the benchmark: nearly all that is left, and nothing else."""

import runpy
from pathlib import Path

import pytest
from reading import opened_all

from desync.errors import CaptureError

MADE = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "damaged.py"))
SAMPLES = {several[0].name: several[0] for several in MADE["samples"](1)}


@pytest.mark.parametrize("name", SAMPLES)
def test_of_what_is_left_nearly_all_is_recovered(tmp_path, name):
    sample = SAMPLES[name]
    path = tmp_path / "damaged"
    path.write_bytes(sample.octets)
    found = [
        octets
        for _, reading in opened_all(path)
        if not isinstance(reading, CaptureError)
        for octets in reading.frames
    ]
    # A record whose header stayed and whose middle is gone ends with octets of the next ones.
    assert sum(sample.is_false(octets) for octets in found) <= ("lost" in name)
    right = sum(octets in sample.whole for octets in found)
    times = 2 if "one behind the other" in name else 1
    # bzip2 gives whole blocks, of which the last is gone.
    least = (0.4 if "bz2" in name else 0.7) if "three quarters" in name else 0.99
    assert right >= least * times * len(sample.whole)
