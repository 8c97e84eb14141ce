"""What ``desync scan`` is told to read: paths and lists of paths."""

import io
import sys
from types import SimpleNamespace

import pytest
from build import segments_capture
from judged import played


@pytest.mark.usefixtures("capture")
class TestFilesFrom:
    @pytest.mark.parametrize("end", ["\n", "\0"])
    def test_a_list_names_captures(self, fake, run, tmp_path, end):
        (tmp_path / "list").write_bytes(f"mail.pcap{end}other file.pcap{end}".encode())
        assert run("scan", "--files-from", "list")[0] == 0
        assert fake.paths == ["mail.pcap", "other file.pcap"]

    def test_paths_come_before_lists(self, fake, run, tmp_path):
        (tmp_path / "one").write_text("b.pcap\n")
        (tmp_path / "two").write_text("c.pcap\n")
        run("scan", "--files-from", "one", "--files-from", "two", "--files-from", "one", "mail.pcap")
        assert fake.paths == ["mail.pcap", "b.pcap", "c.pcap"]

    def test_it_may_come_from_standard_input(self, fake, run, monkeypatch):
        octets = io.BytesIO(b"mail.pcap\0-\0")
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=octets, isatty=lambda: False))
        assert run("scan", "--files-from", "-")[0] == 0
        assert fake.paths == ["mail.pcap", "./-"]

    def test_an_empty_list_is_nothing_to_analyse_not_wrong_usage(self, fake, run, tmp_path):
        (tmp_path / "list").write_text("")
        fake.report = type(fake.report)(analysed=0)
        assert run("scan", "--files-from", "list")[0] == 4
        assert fake.paths == []

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            (("--files-from", "gone"), "cannot read the list gone"),
            (("--files-from", "."), "cannot read the list ."),
            (("--files-from", "-", "-"), "cannot be both"),
            (("--files-from", "capture"), "capture: no list of files"),
            ((), "name a capture"),
        ],
    )
    def test_wrong_usage(self, fake, run, tmp_path, arguments, reason):
        (tmp_path / "capture").write_bytes(b"\xd4\xc3\xb2\xa1" * 5000)
        code, _, err = run("scan", *arguments)
        assert (code, fake.paths) == (2, None)
        assert reason in err

    def test_a_listed_capture_is_not_written_over(self, fake, run, tmp_path):
        (tmp_path / "list").write_text("mail.pcap\n")
        assert run("scan", "--files-from", "list", "--output", "mail.pcap")[0] == 2
        assert fake.paths is None


def test_the_last_report_in_a_directory_may_be_written_again_but_no_capture(fake, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "report.json").write_text("{}")
    (tmp_path / "mail.pcap").write_bytes(segments_capture(played("S: 220 mx")))
    assert run("scan", "--output", "report.json", ".")[0] == 0
    assert fake.paths == ["."]
    assert run("scan", "--output", "mail.pcap", ".")[0] == 2


@pytest.mark.usefixtures("capture")
def test_directions_are_merged_where_asked(fake, run):
    run("scan", "mail.pcap")
    assert fake.options.merge is False
    run("scan", "--merge", "mail.pcap")
    assert fake.options.merge is True
