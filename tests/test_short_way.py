"""The short way for textbook connections says what the general way says."""

from pathlib import Path

import pytest
from short_way import compare

CAPTURES = Path(__file__).parent.parent / "captures"
PLAIN = sorted(path for path in CAPTURES.rglob("*") if path.suffix in (".pcap", ".pcapng", ".snoop"))


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: path.name)
def test_on_samples(path):
    compare(path)


def test_lawful_samples_go_the_short_way():
    assert compare(CAPTURES / "incidents" / "pipelining-legal.pcap") == (1, 1)
    assert compare(CAPTURES / "incidents" / "postal-2026-patient.pcap") == (1, 1)


def test_broken_samples_do_not():
    assert compare(CAPTURES / "ccnotes-1999.snoop") == (1, 0)
