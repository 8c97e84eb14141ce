import errno
import os
import socket
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from build import segments_capture
from judged import document
from putting import SENT

from desync.archive.discovery import Found, discover
from desync.report.jsonl import json_pieces
from desync.report.text import write_text
from desync.report.text_sheet import text_console


@pytest.fixture
def spool(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (
        "b.pcap",
        "a.pcap",
        "spool/2.pcap",
        "spool/10.pcap",
        "spool/inner/1.snoop",
        "spool/notes.txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return tmp_path


def paths(*given):
    return [found.path for found in discover(given)]


@pytest.mark.usefixtures("spool")
class TestDiscover:
    def test_files_keep_the_order_given(self):
        assert discover(["b.pcap", "a.pcap"]) == [Found("b.pcap", named=True), Found("a.pcap", named=True)]

    def test_a_directory_is_expanded_in_sorted_order_and_its_files_are_not_named(self):
        assert discover(["spool"]) == [
            Found("spool/10.pcap", named=False),
            Found("spool/2.pcap", named=False),
            Found("spool/notes.txt", named=False),
            Found("spool/inner/1.snoop", named=False),
        ]

    def test_a_pattern_is_expanded_as_the_shell_would(self):
        assert discover(["*.pcap"]) == [Found("a.pcap", named=True), Found("b.pcap", named=True)]
        assert paths("**/*.snoop") == ["spool/inner/1.snoop"]

    def test_a_file_whose_name_is_a_pattern_is_that_file(self, spool):
        (spool / "[a].pcap").write_bytes(b"")
        assert paths("[a].pcap") == ["[a].pcap"]

    def test_what_is_not_there_is_handed_on_as_named(self):
        assert discover(["gone.pcap", "*.gz"]) == [Found("gone.pcap", named=True), Found("*.gz", named=True)]

    def test_each_file_once_and_named_if_any_path_names_it(self):
        os.link("a.pcap", "spool/again.pcap")
        assert paths("a.pcap", "./a.pcap", "a.pcap") == ["a.pcap"]
        found = discover(["spool", "a.pcap"])
        assert [one for one in found if one.named] == [Found("spool/again.pcap", named=True)]

    def test_standard_input_is_handed_on(self):
        assert discover(["-", "-"]) == [Found("-", named=True)]

    def test_pipes_in_a_directory_are_left_out_but_may_be_named(self):
        os.mkfifo("spool/pipe")
        assert "spool/pipe" not in paths("spool")
        assert paths("spool/pipe") == ["spool/pipe"]

    def test_a_loop_of_links_ends(self):
        Path("spool/loop").symlink_to(".")
        Path("spool/dangling").symlink_to("nowhere")
        assert paths("spool") == [
            "spool/10.pcap",
            "spool/2.pcap",
            "spool/dangling",
            "spool/notes.txt",
            "spool/inner/1.snoop",
        ]

    def test_an_empty_directory_holds_nothing(self, spool):
        (spool / "empty").mkdir()
        assert discover(["empty"]) == []

    def test_a_loop_of_links_to_each_other_is_handed_on_so_that_opening_says_why(self):
        Path("spool/this").symlink_to("that")
        Path("spool/that").symlink_to("this")
        assert [one for one in paths("spool") if "th" in one] == ["spool/that", "spool/this"]

    def test_a_link_to_a_file_that_is_there_too_is_the_same_file(self):
        Path("spool/again").symlink_to("2.pcap")
        assert [one for one in paths("spool") if one.endswith(("2.pcap", "again"))] == ["spool/2.pcap"]

    def test_sockets_and_devices_in_a_directory_are_left_out(self):
        with closing(socket.socket(socket.AF_UNIX)) as listener:
            listener.bind("spool/socket")
            Path("spool/null").symlink_to(os.devnull)
            assert not {"spool/socket", "spool/null"} & set(paths("spool"))

    def test_a_directory_that_cannot_be_listed_is_named(self, monkeypatch):
        listed = os.scandir

        def refuse(path):
            if str(path).endswith("inner"):
                raise PermissionError(errno.EACCES, "Permission denied", path)
            return listed(path)

        monkeypatch.setattr(os, "scandir", refuse)
        assert discover(["spool"])[-1] == Found("spool/inner", named=True)

    def test_a_directory_and_one_inside_of_it_give_each_file_once(self):
        assert paths("spool/inner", "spool", ".") == [
            "spool/inner/1.snoop",
            "spool/10.pcap",
            "spool/2.pcap",
            "spool/notes.txt",
            "./a.pcap",
            "./b.pcap",
        ]


NAMES = [
    b"line\nfeed.pcap",
    b"\xff\xe4 octets.pcap",
    b"[1].pcap",
    b"-",
    b"tab\t*.pcap",
    "\u202e.pcap".encode(),
]


class TestNames:
    def test_any_name_is_a_file_like_others_and_the_report_is_written(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        folder = os.fsencode(tmp_path) + b"/spool"
        os.mkdir(folder)  # noqa: PTH102 - a name of octets
        for number, name in enumerate(NAMES):
            octets = segments_capture(SENT, client_isn=number)
            with open(os.path.join(folder, name), "wb") as file:  # noqa: PTH118, PTH123 - a name of octets
                file.write(octets)
        # A directory whose name is no text: what cannot be encoded must not stop the report.
        made = document("spool")
        assert sorted(os.fsencode(one["path"]) for one in made["captures"]) == sorted(
            b"spool/" + name for name in NAMES
        )
        assert len(made["connections"]) == len(NAMES)
        "".join(json_pieces(made)).encode()
        text = StringIO()
        write_text(made, text_console(text), everything=True)
        assert "\n feed" not in text.getvalue()
        assert "\u202e" not in text.getvalue()
        text.getvalue().encode("utf-8", errors="strict")
