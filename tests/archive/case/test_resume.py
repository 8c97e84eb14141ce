"""What is known is not read again, and the report is that of a run that nothing disturbed."""

import gzip
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from archive.case.cases import CAPTURES, OPTIONS, again, plainly, run
from build import build
from judged import played
from putting import AGREED, AWAY, CLEAN, EARLY, SENT, put

from desync.archive import unchanged

pytestmark = pytest.mark.usefixtures("folder")


def samples():
    for path in sorted(CAPTURES.rglob("*.*"))[::3]:
        if path.suffix in {".pcap", ".snoop", ".pcapng"}:
            Path("in", path.parent.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, Path("in", path.parent.name, path.name))


@pytest.mark.parametrize("details", [False, True])
def test_samples_are_known_the_second_time(details):
    samples()
    options = replace(OPTIONS, details=details)
    wanted = plainly(["in"], options)
    text, analysed, known = run(["in"], options)
    assert (text, known) == (wanted, 0)
    assert again() == wanted
    assert run(["in"], options) == (wanted, 0, analysed)
    assert again() == wanted


def test_a_later_file_of_a_set_goes_on_where_the_known_ones_end():
    for at in range(2, len(SENT) - 1, 3):
        for old in Path().glob("*"):
            old.unlink()
        put("mail.pcap0", SENT[:at])
        run(["mail.pcap0"])
        put("mail.pcap1", SENT[at:])
        text, *counts = run(["mail.pcap0", "mail.pcap1"])
        assert counts == [1, 1]
        assert text == again() == plainly(["mail.pcap0", "mail.pcap1"])


def test_a_compressed_capture_goes_on_too():
    octets = [put(f"mail.pcap{part}", sent) for part, sent in enumerate((SENT[:5], SENT[5:8], SENT[8:]))]
    for part, each in enumerate(octets):
        Path(f"mail.pcap{part}").unlink()
        Path(f"mail.pcap{part}.gz").write_bytes(gzip.compress(each, mtime=0))
        paths = [str(path) for path in sorted(Path().glob("*.gz"))]
        text, *counts = run(paths)
        assert counts == [1, part]
        assert text == again() == plainly(paths)


def test_a_capture_with_fragments_is_analysed_in_each_run():
    Path("a.pcap").write_bytes(
        build("---\nS: 220 mx\nC[fragment 32]: EHLO gw.example.net.with.a.name.that.is.long\nS: 250 mx\n")
    )
    put("b.pcap")
    wanted = plainly(["a.pcap", "b.pcap"])
    assert run(["a.pcap", "b.pcap"]) == (wanted, 2, 0)
    assert run(["a.pcap", "b.pcap"]) == (wanted, 1, 1)


def test_captures_may_come_in_between():
    put("in/b.pcap")
    put("in/d.pcap", played(EARLY, **AWAY))
    run(["in"])
    for name, text in (("a", CLEAN), ("c", EARLY), ("e", CLEAN)):
        put(f"in/{name}.pcap", played(text, **AWAY))
    text, *counts = run(["in"])
    assert counts == [3, 2]
    assert text == again() == plainly(["in"])


def test_what_is_known_of_another_capture_counts_for_known_ones():
    put("in/a.pcap", played(EARLY, **AWAY))
    run(["in"])
    put("in/b.pcap", played(AGREED, **AWAY))
    text, *counts = run(["in"])
    assert counts == [1, 1]
    assert text == plainly(["in"]) != plainly(["in/a.pcap"])


@pytest.mark.parametrize("change", ["grew", "changed", "touched"])
def test_a_capture_that_is_not_the_same_is_analysed_again(change):
    put("a.pcap", SENT[:8])
    put("b.pcap", played(CLEAN))
    run(["a.pcap", "b.pcap"])
    if change == "touched":
        os.utime("a.pcap", ns=(0, 0))
    else:
        put("a.pcap", SENT if change == "grew" else SENT[:7])
    text, *counts = run(["a.pcap", "b.pcap"])
    assert counts == [1, 1]
    assert text == again() == plainly(["a.pcap", "b.pcap"])


def test_verify_finds_what_size_and_time_do_not_show():
    octets = bytearray(put("a.pcap"))
    os.utime("a.pcap", ns=(10, 10))
    run(["a.pcap"])
    octets[-1] ^= 1
    Path("a.pcap").write_bytes(octets)
    os.utime("a.pcap", ns=(10, 10))
    assert run(["a.pcap"])[1:] == (0, 1)
    assert run(["a.pcap"], verify=True)[1:] == (1, 0)
    assert run(["a.pcap"], verify=True)[1:] == (0, 1)
    assert again() == plainly(["a.pcap"])


def test_other_options_read_everything_anew():
    put("a.pcap")
    for options in (OPTIONS, replace(OPTIONS, details=True), replace(OPTIONS, ports=(2526,))):
        assert run(["a.pcap"], options)[1:] == (1, 0)
        assert run(["a.pcap"], replace(options, jobs=2, slice_octets=300))[1:] == (0, 1)


def test_a_capture_is_known_from_another_directory(monkeypatch):
    put("in/a.pcap")
    run(["in/a.pcap"])
    monkeypatch.chdir("in")
    assert run(["a.pcap"], case="../case.sqlite") == (plainly(["a.pcap"]), 0, 1)


def test_the_case_may_lie_among_the_captures():
    put("in/a.pcap")
    wanted = plainly(["in"])
    for known in (0, 1):
        assert run(["in"], case="in/case.sqlite") == (wanted, 1 - known, known)


def test_slices_of_any_size_are_known():
    sent = [one for shift in range(5) for one in (each._replace(time=each.time + shift) for each in SENT)]
    put("a.pcap", sent)
    put("b.pcap", SENT)
    wanted = plainly(["a.pcap", "b.pcap"])
    for octets in (100, 700):
        options = replace(OPTIONS, slice_octets=octets)
        case = f"{octets}.sqlite"
        assert run(["a.pcap", "b.pcap"], options, case) == (wanted, 2, 0)
        assert run(["a.pcap", "b.pcap"], options, case) == (wanted, 0, 2)


def test_a_capture_that_changes_while_it_is_read_is_reported_and_not_known(monkeypatch):
    put("a.pcap")
    stamps = iter(range(100))
    real = unchanged.stamp_of
    monkeypatch.setattr(unchanged, "stamp_of", lambda path: real(path)._replace(size=next(stamps)))
    text, *counts = run(["a.pcap"])
    assert counts == [0, 0]
    assert "the file changed while it was read: it had" in text
    assert text == again()
    monkeypatch.undo()


def test_nothing_to_analyse_leaves_the_report_as_it_was():
    put("in/a.pcap")
    wanted, *_ = run(["in"])
    shutil.move("in", "away")
    assert run(["in"])[1:] == (0, 0)
    assert again() == wanted
    shutil.move("away", "in")
    assert run(["in"]) == (wanted, 0, 1)


def test_a_path_that_is_no_text_is_kept():
    name = os.fsdecode(b"in/\xff.pcap")
    put(name)
    put("in/none", ())
    Path(os.fsdecode(b"in/\xfe.txt")).write_text("no capture")
    wanted = plainly(["in"])
    assert run(["in"])[0] == again() == wanted
    assert run(["in"])[1:] == (0, 2)
