"""A long message is not kept, and changes nothing but which frames of it are listed."""

import gzip
import itertools

import pytest
from build import segments_capture
from judged import played
from putting import found

import desync
from desync.analysis import lighter
from desync.archive import long_pairs
from desync.tcp import monologue, thinned

TEXT = "\n".join(f"C: line {number} of the text, made as long as lines are in mail" for number in range(120))
MAIL = f"""
    S: 220 smtp.tele.fi \\
    C: HELO gw
    S[unprompted +10ms]: rest
    C: MAIL FROM:<a@b>
    S[after HELO]: 250 hi
    S[after MAIL]: 250 ok
    C: DATA
    S: 354 go
    {TEXT}
    C: .
    S: 250 taken
    C: QUIT
    S: 221 bye
    close
"""
AWAY = {"rtt": "client 40ms server 0ms"}


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(monologue, "EDGE", 700)
    monkeypatch.setattr(monologue, "LONGEST_LINE", 200)
    for module in (thinned, lighter, long_pairs):
        monkeypatch.setattr(module, "LIMIT", 1000)


def report(path, octets=1 << 20):
    options = desync.Options(details=True, slice_octets=octets)
    return desync.scan(str(path), options=options).document(all=True)


def without_frames(made):
    """The one connection of a report, less what is said of the frames of its mail data."""
    (connection,) = made["connections"]
    exchanges = [
        one if one["prompt"] != "mail-data" else {**one, "frames": []} for one in connection["exchanges"]
    ]
    return {**connection, "exchanges": exchanges}


def frames_of_text(made):
    (connection,) = made["connections"]
    return next(len(one["frames"]) for one in connection["exchanges"] if one["prompt"] == "mail-data")


def test_a_long_message_changes_nothing_but_its_frames(tmp_path, request):
    path = tmp_path / "x.pcap"
    path.write_bytes(segments_capture(played(MAIL, **AWAY)))
    before = report(path)
    request.getfixturevalue("small")
    after = report(path)
    assert found(after) == found(before)
    assert without_frames(after) == without_frames(before)
    assert frames_of_text(after) < frames_of_text(before) / 2


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("octets", [1, 900, 3000, 7000])
def test_slices_and_compression_change_nothing(tmp_path, octets):
    capture = segments_capture(played(MAIL, **AWAY))
    path = tmp_path / "x.pcap"
    path.write_bytes(capture)
    whole = report(path)
    assert report(path, octets) == whole
    packed = tmp_path / "x.pcap.gz"
    packed.write_bytes(gzip.compress(capture, 1))
    assert report(packed, octets)["connections"] == whole["connections"]


@pytest.mark.usefixtures("small")
def test_a_rotated_set_is_read_as_one(tmp_path):
    capture = segments_capture(played(MAIL, **AWAY))
    (tmp_path / "whole.pcap").write_bytes(capture)
    cuts = list(_ends(capture))
    edges = [24, cuts[len(cuts) // 3], cuts[2 * len(cuts) // 3], len(capture)]
    names = []
    for number, (start, stop) in enumerate(itertools.pairwise(edges)):
        names.append(str(tmp_path / f"part.pcap{number}"))
        (tmp_path / f"part.pcap{number}").write_bytes(capture[:24] + capture[start:stop])
    options = desync.Options(details=True)
    parts = desync.scan(names, options=options).document(all=True)
    whole = report(tmp_path / "whole.pcap")
    assert len(parts["connections"]) == 1
    assert found(parts) == found(whole)
    assert [one["octets"] for one in parts["connections"][0]["exchanges"]] == [
        one["octets"] for one in whole["connections"][0]["exchanges"]
    ]


@pytest.mark.usefixtures("small")
def test_text_that_is_read_as_commands_counts_as_dropped(tmp_path):
    path = tmp_path / "x.pcap"
    refusals = "\n    ".join(["S: 500 what"] * 121)
    text = MAIL.replace("354 go", "554 no").replace("S: 250 taken", refusals)
    path.write_bytes(segments_capture(played(text, **AWAY)))
    (connection,) = report(path)["connections"]
    gaps = [gap for gap in connection["tcp"]["gaps"] if gap["kind"] == "dropped"]
    assert gaps
    assert {gap["side"] for gap in gaps} == {"client"}
    assert not connection["complete"]


def _ends(capture):
    at = 24
    while at < len(capture):
        at += 16 + int.from_bytes(capture[at + 8 : at + 12], "little")
        yield at
