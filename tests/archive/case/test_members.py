"""Members of archives are captures as files are: sets, slices, workers, cases."""

import gzip
import hashlib
import io
import re
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from archive.case.cases import OPTIONS, again, plainly, run
from judged import document
from putting import CLEAN, SENT, put, spoken

import desync
from desync.cli.main import main
from desync.report.show import ladder

pytestmark = pytest.mark.usefixtures("folder")

PARTS = [("mail.00.pcap", SENT[:5]), ("mail.01.pcap", SENT[5:]), ("notes.txt", None), ("b/other.pcap", SENT)]


def made(form):
    """An archive of two files of a rotation, a text and another capture."""
    members = [(name, b"notes\n" if sent is None else put("part", sent)) for name, sent in PARTS]
    octets = io.BytesIO()
    if form == "zip":
        with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, body in members:
                archive.writestr(zipfile.ZipInfo(name), body)
    else:
        with tarfile.open(fileobj=octets, mode="w") as archive:
            for name, body in members:
                about = tarfile.TarInfo(name)
                about.size = len(body)
                archive.addfile(about, io.BytesIO(body))
    packed = octets.getvalue()
    Path("all").write_bytes(gzip.compress(packed) if form == "tar.gz" else packed)
    for name, body in members:
        path = Path("files") / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(body)
    Path("part").unlink()
    return members


each_form = pytest.mark.parametrize("form", ["tar", "tar.gz", "zip"])


@each_form
def test_an_archive_says_what_its_files_say(form):
    members = made(form)
    names = [name for name, body in members if name != "notes.txt"]
    packed, plain = document("all"), document([f"files/{name}" for name in names])
    assert [one["path"] for one in packed["captures"]] == [f"all/{name}" for name in names]
    assert packed["connections"][0]["parts"][1]["capture"] == 1
    assert spoken(packed) == spoken(plain)
    assert [one["path"] for one in packed["summary"]["not_analysed"]] == ["all/notes.txt"]


@each_form
def test_neither_slices_nor_workers_change_a_report(form):
    made(form)
    wanted = plainly(["all"])
    for octets, jobs in ((1, 1), (300, 1), (300, 2)):
        assert plainly(["all"], replace(OPTIONS, slice_octets=octets, jobs=jobs)) == wanted


@each_form
def test_hashes_are_those_of_the_members(form):
    members = dict(made(form))
    report = desync.scan(["all"], options=OPTIONS).document()
    for one in report["captures"]:
        body = members[one["path"].removeprefix("all/")]
        assert (one["sha256"], one["size"]) == (hashlib.sha256(body).hexdigest(), len(body))


@each_form
def test_a_case_knows_members_as_long_as_the_archive_is_the_same(form):
    made(form)
    text, *counts = run(["all"])
    assert (text, counts) == (plainly(["all"]), [3, 0])
    assert run(["all"]) == (text, 0, 3)
    assert run(["all"], verify=True) == (text, 0, 3)
    assert again() == text
    assert run(["all/b"])[1:] == (0, 1)
    Path("all").write_bytes(Path("all").read_bytes() + bytes(512))
    assert run(["all"])[1:] == (3, 0)


@each_form
def test_a_member_is_named_by_its_path(form, capsys):
    made(form)
    (one,) = document("all/b/other.pcap")["captures"]
    assert one["path"] == "all/b/other.pcap"
    assert main(["show", "all/b/other.pcap", "--stream", "0"]) == 0
    assert "HELO gw" in capsys.readouterr().out
    assert ladder("all/b/other.pcap", 0, OPTIONS).captures == {0: "all/b/other.pcap"}
    assert len(list(desync.connections("all"))) == 2


def test_what_is_no_archive_of_captures(capsys):
    put("d/mail.pcap")
    with zipfile.ZipFile("d/letter.docx", "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    put("empty", CLEAN and SENT[:1])
    assert main(["scan", "d"]) == 0
    assert "1 other file is no capture" in capsys.readouterr().err
    assert main(["scan", "d/letter.docx"]) == 4
    assert "is an archive without a capture that can be read" in capsys.readouterr().err
    assert main(["scan", "d/mail.pcap/x"]) == 4
    assert "d/mail.pcap has no such member" in capsys.readouterr().err


@pytest.mark.parametrize(("named", "code"), [(True, 3), (False, 0)])
def test_a_damaged_archive_counts_where_it_holds_captures_or_was_named(named, code):
    made("zip")
    octets = Path("all").read_bytes()
    Path("d").mkdir()
    Path("d/cut.zip").write_bytes(octets[:400])
    with zipfile.ZipFile("notes.zip", "w") as archive:
        archive.writestr("notes.txt", "notes\n" * 100)
    Path("e").mkdir()
    put("e/mail.pcap")
    Path("e/cut.zip").write_bytes(Path("notes.zip").read_bytes()[:-100])
    assert main(["scan", "d"]) == 3
    assert main(["scan", "e", *(["e/cut.zip"] if named else [])]) == code


def test_an_output_in_a_directory_of_archives_is_not_written_over_one():
    made("zip")
    Path("d").mkdir()
    Path("all").rename("d/all.zip")
    before = Path("d/all.zip").read_bytes()
    assert main(["scan", "d", "--output", "d/all.zip"]) == 2
    assert Path("d/all.zip").read_bytes() == before


def test_hostile_names_are_escaped(capsys):
    octets = put("a.pcap")
    with zipfile.ZipFile("z.zip", "w") as archive:
        archive.writestr("../x\x1b[2J\n\u202e.pcap", octets)
        archive.writestr("b.pcap", octets)
    assert main(["scan", "-v", "z.zip"]) == 0
    out, err = capsys.readouterr()
    assert not re.search("\x1b|\u202e", out + err)
    assert "z.zip/../x" in out
