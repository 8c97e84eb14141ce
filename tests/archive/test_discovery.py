import os
from pathlib import Path

import pytest

from desync.archive.discovery import Found, discover


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
