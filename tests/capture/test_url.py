"""A URL shows nothing that is secret, wherever it goes."""

import pickle
import sys

import pytest

from desync.capture.open import open_capture
from desync.capture.url import Url, named, reason_of
from desync.errors import UnreadableFile


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("http://192.0.2.1/a.pcap", "http://192.0.2.1/a.pcap"),
        ("https://gw:geheim@192.0.2.1:81/a.pcap", "https://192.0.2.1:81/a.pcap"),
        ("https://host/a.pcap?X-Amz-Signature=geheim&x=/y", "https://host/a.pcap"),
        ("https://host/a.pcap#geheim", "https://host/a.pcap"),
        ("s3://key:geheim/with@at@bucket/a.pcap", "s3://key:geheim/with@at@bucket/a.pcap"),
        ("s3://key:geheim@bucket/a.pcap", "s3://bucket/a.pcap"),
        ("abfs://box/a.pcap?sig=geheim", "abfs://box/a.pcap"),
        ("memory://box/mail?.pcap", "memory://box/mail?.pcap"),
        ("HTTP://host/a@b.pcap", "http://host/a@b.pcap"),
        ("http://[2001:db8::1]:80/a.pcap", "http://[2001:db8::1]:80/a.pcap"),
    ],
)
def test_what_is_shown(written, shown):
    url = named(written)
    assert isinstance(url, Url)
    assert (str(url), f"{url}", repr(url)) == (shown, shown, repr(shown))
    assert url.written == written
    assert named(url) is url


@pytest.mark.parametrize("path", ["a.pcap", "a:b.pcap", "./http://x", "://x", "1://x", "-", "a//b", "zip::x"])
def test_what_is_a_path(path):
    assert named(path) == path
    assert not isinstance(named(path), Url)


def test_a_file_of_this_machine_is_a_path():
    assert named("file:///var/mail.pcap") == "/var/mail.pcap"
    assert not isinstance(named("file:///var/mail.pcap"), Url)


def test_it_travels_to_other_processes_whole():
    url = named("http://gw:geheim@host/a.pcap?sig=geheim")
    again = pickle.loads(pickle.dumps(url))  # noqa: S301 - written here
    assert (again, again.written, type(again)) == (url, url.written, Url)


def test_queries_tell_files_apart_without_being_shown():
    several = [named(f"http://host/get?file={name}").identity for name in "aab"]
    assert several[0] == several[1] != several[2]
    assert "file" not in several[0]
    assert named("http://gw:geheim@host/a").identity == "http://host/a"


def test_errors_repeat_no_secret():
    said = reason_of(ValueError("no http://gw:geheim@host/a?sig=geheim here\nat all"))
    assert said == "ValueError: no http://host/a here"
    assert reason_of(FileNotFoundError("http://gw:geheim@host/a")) == "No such file"
    assert reason_of(PermissionError(13, "Permission denied", "x?sig=geheim")) == "Permission denied"
    assert reason_of(TimeoutError()) == "TimeoutError"


def test_without_fsspec_it_is_said_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(UnreadableFile, match=r"^http://host/a: is a URL: .*desync\[cluster\]") as caught:
        open_capture("http://gw:geheim@host/a?sig=geheim")
    assert "geheim" not in str(caught.value)
