"""What is known is not read again, and the report is that of a run that nothing disturbed."""

import bz2
import gzip
import hashlib
import lzma
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import lz4.frame
import pytest
import zstandard
from archive.case.cases import CAPTURES, OPTIONS, again, plainly, run
from build import build
from judged import played
from putting import AGREED, AWAY, CLEAN, EARLY, SENT, put

from desync.archive import admission, taking
from desync.archive import archive as archive_module
from desync.archive.case.case import stored_report
from desync.capture import open as open_module
from desync.capture.open import CaptureReader
from desync.cli.main import main

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


FOLDED = {
    "gzip": lambda octets: gzip.compress(octets, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zstd": lambda octets: zstandard.ZstdCompressor().compress(octets),
    "lz4": lz4.frame.compress,
}


@pytest.fixture
def opened(monkeypatch):
    """The captures that were opened, in order."""
    names = []

    def reads(one, *more):
        names.append(one.path)
        return CaptureReader(one, *more)

    for module in (admission, open_module):
        monkeypatch.setattr(module, "CaptureReader", reads)
    return names


@pytest.mark.parametrize("form", FOLDED)
def test_a_known_compressed_capture_is_opened_again_only_where_a_connection_goes_on(opened, form):
    late = [one._replace(time=one.time + 3_600_000_000_000) for one in SENT]
    here, there = ("192.0.2.17", 41025), ("192.0.2.77", 41025)
    parts = [(SENT[:5], here), (SENT[5:], here), (late[:4], there), (late[4:], there)]
    paths = []
    for part, ((sent, client), wanted) in enumerate(zip(parts, ([0], [1, 0], [2], [3, 2]), strict=True)):
        paths.append(f"mail.{part}.pcap")
        Path(paths[-1]).write_bytes(FOLDED[form](put("plain", sent, client=client)))
        text, *counts = run(paths)
        assert counts == [1, part]
        assert opened == [paths[one] for one in wanted]
        opened.clear()
        assert run(paths) == (text, 0, part + 1)
        assert opened == []
        assert text == again() == plainly(paths)
        opened.clear()


def test_a_known_capture_with_fragments_is_not_opened_again(opened):
    Path("a.pcap").write_bytes(
        build("---\nS: 220 mx\nC[fragment 32]: EHLO gw.example.net.with.a.name.that.is.long\nS: 250 mx\n")
    )
    put("b.pcap")
    wanted = plainly(["a.pcap", "b.pcap"])
    assert run(["a.pcap", "b.pcap"]) == (wanted, 2, 0)
    opened.clear()
    assert run(["a.pcap", "b.pcap"]) == (wanted, 0, 2)
    assert opened == []


def test_what_was_read_to_find_a_message_again_is_not_read_again(opened):
    Path("in").mkdir()
    for path in CAPTURES.glob("incidents/final-reply-too-late.pcap"):
        Path(f"in/{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    wanted = plainly(["in"])
    assert '"repeats":[{"capture":0,' in wanted
    assert run(["in"]) == (wanted, 1, 0)
    opened.clear()
    assert run(["in"]) == (wanted, 0, 1)
    assert opened == []
    put("in/a.pcap")
    text, *counts = run(["in"])
    assert counts == [1, 1]
    assert text == again() == plainly(["in"])
    assert '"repeats":[{"capture":1,' in text


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


@pytest.fixture
def meanwhile(monkeypatch):
    """Has something done when a capture has been read, before it is looked at again."""

    def has_done(action):
        real = taking.take_capture

        def take(*arguments, **names):
            real(*arguments, **names)
            action()

        for module in (admission, archive_module):
            monkeypatch.setattr(module, "take_capture", take)

    return has_done


def shorten():
    os.truncate("a.pcap", 100)


def touch():
    os.utime("a.pcap", ns=(1, 1))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (shorten, "octets and has 100"),
        (touch, "it was written to, its size is the same"),
        (lambda: Path("a.pcap").unlink(), "it is gone"),
    ],
)
def test_a_capture_that_changes_while_it_is_read_is_reported_and_not_known(meanwhile, change, words):
    octets = put("a.pcap")
    meanwhile(change)
    # More than one, or it is all done at once, before the change.
    text, *counts = run(["a.pcap"], replace(OPTIONS, jobs=2))
    assert counts == [0, 0]
    assert re.search(f'the file changed while it was read: [^"]*{words}', text)
    assert text == again()
    assert stored_report("case.sqlite").damaged
    Path("a.pcap").write_bytes(octets)
    meanwhile(lambda: None)
    assert run(["a.pcap"])[0] == again() == plainly(["a.pcap"])


@pytest.mark.parametrize("cut", [0, 5])
def test_a_capture_that_only_grew_is_whole_unless_it_was_cut_within_a_record(meanwhile, capfd, cut):
    octets = put("a.pcap")
    short = len(put("a.pcap", SENT[:8])) + cut
    Path("a.pcap").write_bytes(octets[:short])
    meanwhile(lambda: Path("a.pcap").write_bytes(octets))
    code = main(["scan", "--jobs", "2", "--hash", "--format", "json", "a.pcap"])
    out, err = capfd.readouterr()
    remark = f"grew while it was read; it was analysed as far as its first {short} octets"
    assert err == f"desync: a.pcap: {remark}\n"
    assert hashlib.sha256(octets[:short]).hexdigest() in out
    assert "CAP902" not in out
    assert ("CAP901" in out, code) == ((True, 3) if cut else (False, 0))


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


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    "change", [lambda: Path("mail.pcap0").unlink(), lambda: os.truncate("mail.pcap0", 300)]
)
def test_what_is_put_together_from_a_file_that_changed_is_not_known(meanwhile, change, jobs):
    octets = put("mail.pcap0", SENT[:7])
    put("mail.pcap1", SENT[7:])
    paths = ["mail.pcap0", "mail.pcap1"]
    wanted = plainly(paths)

    def once():
        if len(seen) == 1:
            change()
        seen.append(1)

    seen = []
    meanwhile(once)
    options = replace(OPTIONS, jobs=jobs)
    text, *_ = run(paths, options)
    assert "the file changed while it was read" in text
    assert stored_report("case.sqlite").damaged
    Path("mail.pcap0").write_bytes(octets)
    meanwhile(lambda: None)
    assert run(paths, options)[0] == again() == wanted
