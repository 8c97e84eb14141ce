"""Captures that were transferred in text mode: what can be undone, is."""

import gzip

import pytest
from capture_octets import Frame, frames, pcap, pcapng, snoop
from reading import read_octets

from desync.capture import mended
from desync.errors import NotACapture

SOME = [
    Frame(f.time, f.octets + tail, len(f.octets + tail))
    for f, tail in zip(frames(40), [b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\n"] * 8, strict=True)
]
OCTETS = [f.octets for f in SOME]
FORMS = {
    "pcap": pcap(SOME),
    "pcap big-endian": pcap(SOME, ">"),
    "pcapng": pcapng(SOME),
    "pcapng big-endian": pcapng(SOME, ">"),
    "snoop": snoop(SOME),
}

each_form = pytest.mark.parametrize("form", FORMS)


def in_text_mode(octets):
    return octets.replace(b"\n", b"\r\n")


@each_form
@pytest.mark.parametrize("fold", [bytes, gzip.compress])
def test_where_every_line_feed_got_a_carriage_return_it_is_taken_away(tmp_path, form, fold):
    whole = read_octets(tmp_path, FORMS[form])
    reading = read_octets(tmp_path, fold(in_text_mode(FORMS[form])))
    assert reading.frames == whole.frames == OCTETS
    assert reading.times == whole.times
    assert reading.kinds == ["damaged"]
    assert f"undone at {FORMS[form].count(10)} places" in reading.reader.problems[0].message
    assert not reading.reader.rereadable


@pytest.mark.parametrize("window", [1 << 9, (1 << 9) + 1, 1 << 10])
def test_pairs_lie_anywhere(tmp_path, monkeypatch, window):
    monkeypatch.setattr(mended, "WINDOW_OCTETS", window)
    for octets in FORMS.values():
        assert read_octets(tmp_path, in_text_mode(octets), 100).frames == OCTETS


def test_cut_and_damaged_besides(tmp_path):
    cut = read_octets(tmp_path, in_text_mode(FORMS["pcap"])[:-20])
    assert cut.frames[:39] == OCTETS[:39]
    assert cut.kinds == ["truncated", "damaged"]


@pytest.mark.parametrize("form", ["pcap", "pcapng"])
def test_where_pairs_that_were_there_stayed_pairs_nobody_can_tell_them(tmp_path, form):
    kept = FORMS[form].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    with pytest.raises(NotACapture, match="text mode"):
        read_octets(tmp_path, kept)


def test_text_with_its_own_line_ends_stays(tmp_path):
    some = [Frame(f.time, b"EHLO client.example\r\n" * 4, 84) for f in SOME]
    reading = read_octets(tmp_path, pcap(some))
    assert reading.frames == [f.octets for f in some]
    assert reading.kinds == []
