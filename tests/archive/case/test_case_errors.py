"""What is wrong with a case is said, and nothing is lost."""

import gzip
import os
import sqlite3
from pathlib import Path

import pytest
from archive.case.cases import OPTIONS, again, plainly, run
from judged import played
from putting import SENT, put

from desync.archive.case import codec, database
from desync.archive.case.case import Case, stored_report
from desync.archive.case.error import CaseError
from desync.archive.case.schema import VERSION

pytestmark = pytest.mark.usefixtures("folder")

CASE = Path("case.sqlite")
TEXT = b"the text of a message"
MAIL = f"""
    S: 220 mx
    C: EHLO gw
    S: 250 mx
    C: MAIL FROM:<a@b>
    S: 250 ok
    C: RCPT TO:<c@d>
    S: 250 ok
    C: DATA
    S: 354 go
    C: Subject: x
    + {TEXT.decode()}
    + .
    S: 250 ok
"""


def alter(*statements):
    database = sqlite3.connect(CASE)
    for one in statements:
        database.execute(one)
    database.commit()
    database.close()


def refused(action=lambda: run(["a.pcap"])):
    with pytest.raises(CaseError) as caught:
        action()
    assert str(caught.value).startswith("case.sqlite: ")
    return caught.value.reason


class TestFilesThatAreNoCases:
    def test_a_capture(self):
        octets = put("a.pcap")
        CASE.write_bytes(octets)
        assert refused() == refused(lambda: stored_report("case.sqlite")) == "this file is no case"
        assert CASE.read_bytes() == octets

    def test_another_database(self):
        alter("CREATE TABLE t (x)")
        before = CASE.read_bytes()
        assert "no case" in refused()
        assert "no case" in refused(lambda: stored_report("case.sqlite"))
        assert CASE.read_bytes() == before

    def test_a_case_of_another_version(self):
        put("a.pcap")
        run(["a.pcap"])
        alter(f"PRAGMA user_version = {VERSION + 1}")
        wanted = f"the case has schema version {VERSION + 1}, this desync knows {VERSION}"
        assert refused() == refused(lambda: stored_report("case.sqlite")) == wanted

    def test_a_directory_and_one_that_is_not_there(self):
        CASE.mkdir()
        assert "cannot be written" in refused()
        CASE.rmdir()
        assert "No such file" in refused(lambda: stored_report("case.sqlite"))
        with pytest.raises(
            CaseError, match=r"nowhere/case\.sqlite: the case cannot be written: No such file"
        ):
            Case("nowhere/case.sqlite", OPTIONS)

    def test_a_pipe_is_not_waited_for(self):
        os.mkfifo(CASE)
        assert refused() == "the case cannot be written: it is no regular file"

    def test_one_that_was_cut_off(self):
        put("a.pcap")
        run(["a.pcap"])
        octets = CASE.read_bytes()
        for size in (50, 20_000):
            CASE.write_bytes(octets[:size])
            assert "the case is damaged; name another file to begin anew" in refused()

    def test_an_empty_file_becomes_one(self):
        CASE.touch()
        put("a.pcap")
        assert run(["a.pcap"])[0] == again()


def test_a_case_that_cannot_be_written(monkeypatch):
    put("a.pcap")
    wanted, *_ = run(["a.pcap"])
    real = os.open

    def read_only(path, flags, *rest, **names):
        if path == "case.sqlite" and flags & os.O_RDWR:
            raise PermissionError(13, "Permission denied", path)
        return real(path, flags, *rest, **names)

    monkeypatch.setattr(os, "open", read_only)
    assert refused() == "the case cannot be written: Permission denied"
    assert again() == wanted


def test_a_case_without_a_report():
    with Case("case.sqlite", OPTIONS):
        pass
    assert "no run has come to its end" in refused(lambda: stored_report("case.sqlite"))


def test_a_run_that_was_stopped_leaves_the_report_before_it():
    put("a.pcap")
    wanted, *_ = run(["a.pcap"])
    assert stored_report("case.sqlite").finished
    with Case("case.sqlite", OPTIONS):
        pass
    assert again() == wanted
    assert not stored_report("case.sqlite").finished
    run(["a.pcap"])
    assert stored_report("case.sqlite").finished


@pytest.mark.parametrize(
    "statement", ["UPDATE work_captures SET entry = x'00'", "UPDATE work_slices SET entry = x'00'"]
)
def test_a_damaged_case(statement):
    put("a.pcap")
    run(["a.pcap"])
    alter(statement)
    assert "the case is damaged, at a.pcap" in refused()


def test_a_case_damaged_where_files_meet():
    put("mail.pcap0", SENT[:7])
    put("mail.pcap1", SENT[7:])
    paths = ["mail.pcap0", "mail.pcap1"]
    run(paths)
    alter("UPDATE work_joined SET entry = x'00'")
    assert "the case is damaged, at connections of several captures" in refused(lambda: run(paths))


def test_a_damaged_report():
    put("a.pcap")
    run(["a.pcap"])
    alter("UPDATE report SET document = '{'")
    assert "the case is damaged" in refused(lambda: stored_report("case.sqlite"))


class TestFullDisk:
    """``max_page_count`` makes SQLite say what a full disk makes it say."""

    def fill(self, monkeypatch, room):
        real = database.connect

        def connect(path):
            made = real(path)
            (pages,) = made.execute("PRAGMA page_count").fetchone()
            made.execute(f"PRAGMA max_page_count = {pages + room}")
            return made

        monkeypatch.setattr(database, "connect", connect)

    def test_is_told_and_what_was_done_is_known(self, monkeypatch):
        for name in "abcdefgh":
            put(f"in/{name}.pcap")
        with monkeypatch.context() as patch:
            self.fill(patch, 8)
            assert "the disk is full; what is done is kept" in refused(lambda: run(["in"]))
        text, analysed, known = run(["in"])
        assert analysed + known == 8
        assert known > 0
        assert text == again() == plainly(["in"])

    def test_at_the_end_leaves_the_report_before_it(self, monkeypatch):
        put("a.pcap")
        before, *_ = run(["a.pcap"])
        for shift in range(40):
            put(f"in/{shift:02}.pcap", [one._replace(time=one.time + shift) for one in SENT])
        with monkeypatch.context() as patch:
            self.fill(patch, 60)
            assert "database or disk is full" in refused(lambda: run(["a.pcap", "in"]))
        assert again() == before
        assert run(["a.pcap", "in"])[0] == again() == plainly(["a.pcap", "in"])


def test_no_octets_of_mail_are_in_a_case(monkeypatch):
    monkeypatch.setattr(codec, "LEVEL", 0)
    octets = put("b.pcap", played(MAIL))
    assert TEXT in octets
    Path("c.pcap.gz").write_bytes(gzip.compress(octets))
    run(["b.pcap", "c.pcap.gz"])
    assert b"work_captures" in CASE.read_bytes()
    assert TEXT not in CASE.read_bytes()
