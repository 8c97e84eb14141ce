"""Scanning an archive: pipes, compressed, damaged and refused files; what is mail; what is reported."""

import bz2
import gzip
import hashlib
import lzma
import os
import threading
from pathlib import Path

import pytest
from build import segments_capture
from judged import document, played
from putting import AGREED, CLEAN, EARLY, SENT, found, put, spoken

import desync
from desync.analysis.options import Options
from desync.archive.scan import scan_archive
from desync.units import SECOND

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
"""Who closes a scan's temporary file is asked in test_spool.py."""


@pytest.mark.usefixtures("folder")
class TestInputs:
    @pytest.mark.parametrize("fold", [gzip.compress, bz2.compress, lzma.compress])
    @pytest.mark.parametrize("octets", [1, 1 << 26])
    def test_compressed(self, fold, octets):
        plain = put("plain.pcap")
        Path("folded").write_bytes(fold(plain))
        made = document("folded", slice_octets=octets)
        assert made["captures"][0]["compression"] in ("gzip", "bz2", "xz")
        assert spoken(made) == spoken(document("plain.pcap"))

    @pytest.mark.parametrize("octets", [1, 1 << 26])
    def test_standard_input_through_a_pipe(self, octets):
        plain = put("plain.pcap")
        reading, writing = os.pipe()
        writer = threading.Thread(target=lambda: (os.write(writing, plain), os.close(writing)))
        saved = os.dup(0)
        os.dup2(reading, 0)
        os.close(reading)
        writer.start()
        try:
            made = document("-", slice_octets=octets)
        finally:
            os.dup2(saved, 0)
            os.close(saved)
            writer.join()
        assert made["captures"][0]["path"] == "-"
        assert spoken(made) == spoken(document("plain.pcap"))

    def test_a_named_file_that_is_none_is_refused_and_the_rest_goes_on(self):
        put("good.pcap")
        Path("notes.txt").write_text("no capture")
        archive = scan_archive(["notes.txt", "gone.pcap", "good.pcap"], Options())
        assert [(one.path, one.named) for one in archive.refused] == [
            ("notes.txt", True),
            ("gone.pcap", True),
        ]
        assert all(one.reason for one in archive.refused)
        assert [one.path for one in archive.captures] == ["good.pcap"]

    def test_what_is_met_in_a_directory_and_is_none_is_only_counted(self):
        put("spool/good.pcap")
        Path("spool/notes.txt").write_text("no capture")
        archive = scan_archive(["spool"], Options())
        assert [(one.path, one.named) for one in archive.refused] == [("spool/notes.txt", False)]
        assert len(archive.captures) == 1

    def test_a_file_cut_short_is_read_as_far_as_it_goes(self):
        whole = put("whole.pcap")
        Path("cut.pcap").write_bytes(whole[:-30])
        made = document("cut.pcap")
        assert "CAP901" in {one["code"] for one in made["findings"]}
        assert ("SYNC102", "proved") in found(made)
        assert made["captures"][0]["frames"] == len(SENT) - 1

    def test_a_damaged_file_is_read_on_behind_the_damage(self):
        later = [one._replace(time=one.time + 2 * SECOND) for one in played(CLEAN)]
        part = len(segments_capture(SENT))
        whole = segments_capture(SENT) + segments_capture(later, client=("192.0.2.18", 1025))[24:]
        Path("damaged.pcap").write_bytes(whole[:part] + b"\xff" * 300 + whole[part:])
        made = document("damaged.pcap")
        assert "CAP902" in {one["code"] for one in made["findings"]}
        assert made["captures"][0]["damage"] == [{"offset": part, "octets": 300}]
        assert made["captures"][0]["frames"] == len(SENT) + len(later)
        assert ("SYNC102", "proved") in found(made)

    def test_the_digest_is_that_of_the_file(self):
        octets = put("x.pcap")
        assert document("x.pcap", hash=True)["captures"][0]["sha256"] == hashlib.sha256(octets).hexdigest()
        assert document("x.pcap")["captures"][0]["sha256"] is None

    def test_nothing_at_all(self):
        made = document([])
        assert (made["captures"], made["connections"], made["findings"]) == ([], [], [])

    def test_progress_tells_all_octets_and_frames(self):
        octets = put("x.pcap")
        told = []
        scan_archive(["x.pcap"], Options(slice_octets=200), lambda *step: told.append(step))
        assert len(told) > 3
        assert sum(step[2] for step in told) == len(SENT)
        assert sum(step[1] for step in told) == len(octets)


@pytest.mark.usefixtures("folder")
class TestWhatIsMail:
    def test_a_hello_makes_mail_of_any_port(self):
        put("x.pcap", played(CLEAN), server=("198.51.100.25", 4025))
        assert document("x.pcap")["summary"]["mail"] == 1

    def test_a_greeting_alone_does_not(self):
        put(
            "x.pcap",
            played("S: 220 ftp.example.org\nC: USER x\nS: 331 who\nC: QUIT\nS: 221 bye"),
            server=("198.51.100.25", 21),
        )
        made = document("x.pcap")
        assert (made["summary"]["mail"], made["summary"]["connections"]) == (0, 1)

    def test_a_mail_port_on_which_nobody_speaks_is_listed(self):
        put("x.pcap", played(""))
        assert document("x.pcap")["summary"]["mail"] == 1

    def test_a_port_can_be_added(self):
        put("x.pcap", played("S: 220 mx\nC: NOOP\nS: 250 ok"), server=("198.51.100.25", 4025))
        assert document("x.pcap")["summary"]["mail"] == 0
        assert document("x.pcap", ports=(4025,))["summary"]["mail"] == 1

    def test_hosts_and_times_leave_others_out(self):
        put("x.pcap")
        first, last = SENT[0].time, SENT[-1].time
        for options, wanted in (
            ({"hosts": ("192.0.2.17",)}, 1),
            ({"hosts": ("198.51.100.25",)}, 1),
            ({"hosts": ("198.51.100.26",)}, 0),
            ({"since": last}, 1),
            ({"since": last + 1}, 0),
            ({"until": first}, 0),
            ({"until": first + 1}, 1),
        ):
            assert len(document("x.pcap", **options)["connections"]) == wanted, options


@pytest.mark.usefixtures("folder")
class TestFacts:
    def test_what_one_connection_shows_acquits_another_before_it_and_after_it(self):
        put("a.pcap", played(EARLY), client=("192.0.2.1", 1025), client_isn=1)
        put("b.pcap", played(AGREED), client=("192.0.2.2", 1025), client_isn=2)
        put("c.pcap", played(EARLY), client=("192.0.2.3", 1025), client_isn=3)
        assert found(document(["a.pcap", "b.pcap", "c.pcap"])) == []
        assert found(document(["a.pcap", "c.pcap"])) == [("SYNC101", "proved")] * 2

    def test_only_for_the_same_server(self):
        put("a.pcap", played(EARLY), server=("198.51.100.77", 25))
        put("b.pcap", played(AGREED), client_isn=2)
        assert found(document(["a.pcap", "b.pcap"])) == [("SYNC101", "proved")]

    @pytest.mark.parametrize("octets", [1, 300, 1 << 26])
    def test_each_connection_is_reported_once(self, octets):
        sent = played(EARLY)
        put("mail.pcap0", sent[:5])
        put("mail.pcap1", sent[5:])
        put("other.pcap", played(AGREED), client=("192.0.2.2", 1025), client_isn=2)
        made = document(["mail.pcap0", "mail.pcap1", "other.pcap"], slice_octets=octets)
        assert len(made["connections"]) == made["summary"]["mail"] == 2
        assert found(made) == []


@pytest.mark.usefixtures("folder")
class TestReport:
    def test_clean_connections_are_counted_and_not_listed(self):
        put("x.pcap", played(CLEAN))
        made = desync.scan("x.pcap").document()
        assert (made["connections"], made["findings"], made["summary"]["mail"]) == ([], [], 1)

    def test_with_everything_it_is_the_same_whether_kept_or_read_again(self):
        put("x.pcap")
        assert desync.scan("x.pcap").document(all=True) == document("x.pcap")

    def test_streams_are_numbered_as_wireshark_does(self):
        both = segments_capture(played(CLEAN), server=("203.0.113.9", 80)) + put("x.pcap")[24:]
        Path("x.pcap").write_bytes(both)
        made = document("x.pcap")
        assert made["summary"]["connections"] == 2
        assert [one["stream"] for one in made["connections"]] == [0, 1]

    def test_a_pair_used_again_is_two_connections(self):
        second = segments_capture(played(CLEAN), client_isn=7_000_000, server_isn=8_000_000)
        Path("x.pcap").write_bytes(put("one.pcap") + second[24:])
        made = document("x.pcap")
        assert [one["stream"] for one in made["connections"]] == [0, 1]
        assert [len(one["findings"]) > 0 for one in made["connections"]] == [True, False]
