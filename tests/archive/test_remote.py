"""Captures that are named by URL are read as those in files, and a case knows them again."""

import hashlib
import http.server
import json
import re
import threading
from pathlib import Path

import pytest
from judged import played
from putting import CLEAN, SENT, put

import desync
from desync.archive.discovery import discover
from desync.archive.store import stamp_of
from desync.capture.remote import sha256_of
from desync.capture.url import named
from desync.cli.main import main

fsspec = pytest.importorskip("fsspec")
pytest.importorskip("aiohttp")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; gives ranges where ``ranges`` says so."""

    ranges = True
    asked: list[str] = []  # noqa: RUF012 - one server at a time

    def do_GET(self):
        self.asked.append(self.headers.get("Range", "all"))
        path = Path(self.translate_path(self.path))
        if not self.ranges or "Range" not in self.headers or not path.is_file():
            super().do_GET()
            return
        octets = path.read_bytes()
        first, last = map(int, re.findall(r"\d+", self.headers["Range"]))
        piece = octets[first : last + 1]
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{first + len(piece) - 1}/{len(octets)}")
        self.send_header("Content-Length", str(len(piece)))
        self.end_headers()
        self.wfile.write(piece)

    def log_message(self, *_):
        pass


@pytest.fixture(params=[True, False], ids=["ranges", "whole files only"])
def server(folder, monkeypatch, request):
    """The address of a server of the folder."""
    monkeypatch.setattr(Handler, "ranges", request.param)
    monkeypatch.setattr(Handler, "asked", [])
    (folder / "box").mkdir()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        thread = threading.Thread(target=serving.serve_forever, args=(0.02,))
        thread.start()
        yield f"127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


@pytest.fixture
def memory():
    """The file system of this process, empty."""
    system = fsspec.filesystem("memory")
    system.store.clear()
    system.pseudo_dirs[:] = [""]
    return system


def found(paths, **keys):
    return desync.scan(paths, options=desync.Options(details=True, **keys)).document(all=True)


def alike(one, other):
    """Whether two reports say the same, but for where captures lie."""
    said = []
    for each in (one, other):
        captures = [
            {**capture, "path": capture["path"].rpartition("/")[2], "compression": None}
            for capture in each["captures"]
        ]
        said.append(json.dumps({**each, "captures": captures, "options": None}))
    return said[0] == said[1]


class TestHttp:
    def test_a_capture_in_windows_and_slices(self, server):
        put("box/mail.pcap")
        url = f"http://gw:geheim@{server}/box/mail.pcap?sig=geheim"
        for octets in (300, 1 << 20):
            document = found([url], slice_octets=octets, hash=True)
            assert document["captures"][0]["path"] == f"http://{server}/box/mail.pcap"
            assert "geheim" not in json.dumps(document)
            assert alike(document, found(["box/mail.pcap"], hash=True))
        assert ("all" in Handler.asked) is not Handler.ranges

    def test_files_of_a_rotation_below_a_page(self, server):
        put("box/mail.pcap0", SENT[:6])
        put("box/mail.pcap1", SENT[6:])
        put("box/other/b.pcap", played(CLEAN), client=("192.0.2.9", 5), client_isn=9)
        Path("box/note.txt").write_text("no capture")
        document = found([f"http://gw:geheim@{server}/box/"])
        assert [one["path"].partition("/box/")[2] for one in document["captures"]] == [
            "mail.pcap0",
            "mail.pcap1",
            "other/b.pcap",
        ]
        assert document["connections"] == found(["box"])["connections"]
        assert [one["path"] for one in document["summary"]["not_analysed"]] == [
            f"http://{server}/box/note.txt"
        ]
        assert [len(one["parts"]) for one in document["connections"]] == [2, 1]

    def test_what_is_not_there(self, server, capsys):
        assert main(["scan", f"http://gw:geheim@{server}/none.pcap?sig=geheim"]) == 4
        said = capsys.readouterr().err
        assert f"http://{server}/none.pcap: " in said
        assert "404" in said
        assert "geheim" not in said

    def test_a_case_knows_it_again(self, server, capsys):
        put("box/mail.pcap")
        arguments = ["--format", "json", f"http://gw:geheim@{server}/box/mail.pcap?sig=geheim"]
        assert main(["scan", "--case", "mail.sqlite", *arguments]) == 0
        before, asked = capsys.readouterr().out, len(Handler.asked)
        assert main(["scan", "--case", "mail.sqlite", *arguments]) == 0
        assert capsys.readouterr().out == before
        if Handler.ranges:
            assert len(Handler.asked) == asked
        assert b"geheim" not in Path("mail.sqlite").read_bytes()
        put("box/mail.pcap", SENT[:8])
        assert main(["scan", "--case", "mail.sqlite", *arguments]) == 0
        assert capsys.readouterr().out != before


@pytest.mark.usefixtures("folder")
class TestMemory:
    def test_a_capture_a_directory_and_a_pattern(self, memory):
        for name in ("a.pcap", "b.pcap", "c.txt"):
            memory.pipe(f"/box/{name}", put(name))
        assert alike(found(["memory://box/a.pcap"], slice_octets=300), found(["a.pcap"]))
        for path in ("memory://box", "memory://box/", "memory://box/?.pcap", "memory://box/*.pcap"):
            names = [one.path for one in discover([path]) if one.path.endswith("pcap")]
            assert names == ["memory://box/a.pcap", "memory://box/b.pcap"], path

    def test_workers_are_given_its_octets(self, memory):
        memory.pipe("/box/a.pcap", put("a.pcap"))
        document = found(["memory://box/a.pcap"], jobs=2, slice_octets=300)
        assert alike(document, found(["a.pcap"]))

    def test_what_is_known_of_its_version(self, memory):
        memory.pipe("/a.pcap", b"x" * 10)
        url = named("memory://a.pcap")
        before = stamp_of(url)
        assert before == stamp_of(url)
        memory.pipe("/a.pcap", b"y" * 10)
        assert stamp_of(url) != before
        assert stamp_of(named("memory://none")) is None
        assert sha256_of(url) == hashlib.sha256(b"y" * 10).hexdigest()


@pytest.mark.usefixtures("folder")
class TestOthers:
    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("nope://x/y", "fsspec knows no file system for nope://"),
            ("memory://none", "No such file"),
            ("memory://none/*.pcap", "No such file"),
        ],
    )
    def test_what_cannot_be_opened(self, url, said, memory, capsys):
        assert memory is not None
        assert main(["scan", url]) == 4
        assert f"{url}: {said}" in capsys.readouterr().err

    def test_a_file_by_url(self):
        put("mail.pcap")
        path = str(Path("mail.pcap").absolute())
        assert found([f"file://{path}"]) == found([path])
