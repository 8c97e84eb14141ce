"""Which connections are silent ones, and what is kept of them."""

import gzip
from random import Random
from warnings import catch_warnings, simplefilter

import pytest
from build import Sent, segments_capture
from chance_silent import silent_capture
from short_way import compare_octets

import desync
from desync.units import MILLISECOND, SECOND

SYN, ANSWER, BARE = ("client", 0, None, "S"), ("server", 0, 0, "S"), ("client", 0, 0, "")
REFUSED = ("server", -1, 0, "R")
OPENED = [SYN, ANSWER, BARE]


def capture(*course, apart=SECOND, **ends):
    """Segments as (side, offset, acknowledged, flags), one after the other."""
    start = 1_700_000_000 * SECOND
    sent = [
        Sent(side, offset, b"", acknowledged, start + number * apart, flags)
        for number, (side, offset, acknowledged, flags) in enumerate(course)
    ]
    return segments_capture(sent, **ends)


def is_silent(*course, **keys):
    pairs, short = compare_octets(capture(*course, **keys))
    assert pairs == 1
    return short == 1


SILENT = {
    "a SYN": [SYN],
    "a SYN, three times": [SYN, SYN, SYN],
    "a port that is closed": [SYN, REFUSED],
    "a flood": [SYN, ANSWER, ANSWER],
    "a half-open scan": [SYN, ANSWER, ("client", 0, None, "R")],
    "a handshake": OPENED,
    "a monitor": [*OPENED, ("client", 0, 0, "F"), ("server", 0, 1, "F"), ("client", 1, 1, "")],
    "a server that closes at once": [*OPENED, ("server", 0, 0, "F"), ("client", 0, 1, "F")],
    "a FIN that nobody acknowledged": [*OPENED, ("client", 0, 0, "F"), ("client", 0, 0, "F")],
    "keep-alives": [*OPENED, ("client", -1, 0, ""), ("server", 0, 0, ""), ("client", -1, 0, "")],
    "a RST with any number": [*OPENED, ("server", 77_777, 5, "R")],
}

OTHERS = {
    "a SYN with another number": [SYN, ("client", 9000, None, "S")],
    "no SYN": [BARE],
    "a SYN-ACK first": [ANSWER, BARE],
    "the SYN-ACK is missing": [SYN, BARE],
    "octets that nobody saw, acknowledged": [*OPENED, ("client", 0, 50, "")],
    "octets that nobody saw, skipped": [*OPENED, ("client", 50, 0, "F")],
    "a challenge to a SYN": [SYN, ("server", 99_999, 55_555, ""), ("client", 55_555, None, "R")],
    "both sides open": [SYN, ("server", 0, None, "S")],
    "a SYN-ACK with another number": [SYN, ANSWER, ("server", 7000, 0, "S")],
    "a FIN beside the SYN": [("client", 0, None, "SF")],
    "a RST beside the SYN": [SYN, ("client", 0, None, "SR")],
}


@pytest.mark.parametrize("name", SILENT)
def test_silent_connections(name):
    assert is_silent(*SILENT[name])


@pytest.mark.parametrize("name", OTHERS)
def test_what_goes_the_general_way(name):
    assert not is_silent(*OTHERS[name])


def test_what_may_be_one_packet_captured_twice():
    assert not is_silent(SYN, SYN, apart=100 * MILLISECOND)
    assert is_silent(SYN, SYN, apart=101 * MILLISECOND)


def test_only_on_mail_ports():
    assert is_silent(*OPENED, server=("198.51.100.25", 587))
    elsewhere = {"server": ("198.51.100.25", 4025), "client": ("192.0.2.17", 25)}
    assert compare_octets(capture(*OPENED, **elsewhere)) == (1, 0)


def counted(path, **options):
    """The summary of a scan that goes the short way where it can."""
    with catch_warnings():
        # Who closes a scan's temporary file is asked once, in archive/test_spool.py.
        simplefilter("ignore", ResourceWarning)
        summary = desync.scan(path, options=desync.Options(**options)).document()["summary"]
        return summary | {name: list(summary[name]) for name in ("clients", "servers")}


@pytest.mark.parametrize("course", [[SYN], [SYN, REFUSED], OPENED], ids=["SYN", "RST", "handshake"])
def test_they_are_counted(course, tmp_path):
    path = tmp_path / "x.pcap"
    path.write_bytes(capture(*course))
    summary = counted(path)
    assert (summary["mail"], summary["encrypted"], summary["by_code"]) == (1, 0, {})
    (client,), (server,) = summary["clients"], summary["servers"]
    assert (client["address"], client["name"], client["sessions"], client["model"]) == (
        ("192.0.2.17", None, 1, None)
    )
    assert (server["address"], server["banner"], server["sessions"]) == ("198.51.100.25", None, 1)


@pytest.mark.parametrize("name", ["x.pcap", "x.pcap.gz"])
def test_the_size_of_slices_changes_nothing(name, tmp_path):
    path = tmp_path / name
    octets = silent_capture(Random(7), odd=0.05, count=30)  # noqa: S311 - no secret
    path.write_bytes(gzip.compress(octets, mtime=0) if name.endswith("gz") else octets)
    wanted = counted(path)
    assert wanted["mail"] > 15
    # Who wants the details of all connections has all go the general way.
    assert counted(path, details=True) == wanted
    for size in (1, 300, 2000):
        assert counted(path, slice_octets=size) == wanted, size


def test_what_was_never_answered_is_no_copy_of_another(tmp_path):
    path = tmp_path / "x.pcap"
    one, other = capture(SYN), capture(SYN, client=("192.0.2.18", 41_025))
    path.write_bytes(one + other[24:])
    assert counted(path)["mail"] == 2
