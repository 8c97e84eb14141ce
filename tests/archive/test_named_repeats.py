"""A message at risk, and the same envelope again elsewhere in the archive."""

import gzip
from pathlib import Path

import pytest
from build import segments_capture
from dialogues import records, repacked
from judged import played

import desync
from desync.archive import later as later_module
from desync.archive import workers as workers_module
from desync.archive.later import MOST_LATER
from desync.report.jsonl import json_pieces
from desync.units import SECOND

SAMPLES = Path(__file__).parents[2] / "captures"
ENVELOPE = "MAIL FROM:<anna@example.net>", "RCPT TO:<list@example.org>"
HELLO = "S: 220 mx\nC: EHLO gw\nS: 250 mx\n"
MESSAGE = "C: Subject: x\n+\n+ Once.\n+ .\n"
LATE = "fin client [unprompted +60s]\nS[after Once +75s]: 250 kept\nreset client [flags R]"
KEPT = "S: 250 kept\nC: QUIT\nS: 221 bye\nclose"


def delivery(end, *, mail=ENVELOPE[0], to=ENVELOPE[1]):
    asked = f"C: {mail}\nS: 250 ok\nC: {to}\nS: 250 ok\nC: DATA\nS: 354 go\n"
    return played(HELLO + asked + MESSAGE + end)


CLEAN = played(HELLO + "C: QUIT\nS: 221 bye\nclose")
RISK = delivery(LATE)
AGAIN = delivery(KEPT)
MAIL = 1 + next(at for at, one in enumerate(AGAIN) if one.octets.startswith(b"MAIL"))
"""The frame of MAIL in a capture of one delivery."""


def at(seconds, sent, *, port, client="192.0.2.17", **keys):
    """The frames of a connection that begins so late; each port has initial numbers of its own."""
    moved = [one._replace(time=one.time + seconds * SECOND) for one in sent]
    numbers = {"client_isn": port * 1000, "server_isn": port * 2000} | keys
    return records(segments_capture(moved, client=(client, port), **numbers))


def write(name, *connections):
    """Put connections into a capture, in the order of time."""
    frames = sorted((one for frames in connections for one in frames), key=lambda one: one[0])
    Path(name).write_bytes(repacked(frames))


def risks(*paths, **options):
    """What a report says of each message at risk."""
    made = desync.scan(list(paths), options=desync.Options(**options)).document()
    return [one for one in made["findings"] if one["code"] == "SYNC205"]


def named(*paths, **options):
    """Where each message at risk comes again."""
    return [
        [(each["capture"], each["frame"]) for each in one["details"]["repeats"]]
        for one in risks(*paths, **options)
    ]


def mails(name, port):
    """The frames of a connection's MAIL in a capture."""
    frames = enumerate(records(Path(name).read_bytes()), 1)
    return [
        number
        for number, (_, octets) in frames
        if octets[34:36] == port.to_bytes(2, "big") and b"MAIL FROM" in octets
    ]


@pytest.mark.usefixtures("folder")
class TestInOneCapture:
    def test_the_sample_names_its_repeat(self):
        (one,) = risks(str(SAMPLES / "incidents/final-reply-too-late.pcap"))
        assert one["details"]["repeats"] == [{"capture": 0, "frame": 25}]
        assert "again in frame 25" in one["message"]

    def test_later_ones_are_named_in_order_the_textbook_ones_too(self):
        write("x.pcap", at(0, RISK, port=1), at(900, AGAIN, port=2), at(300, RISK, port=3))
        (three,), (two,) = mails("x.pcap", 3), mails("x.pcap", 2)
        assert named("x.pcap") == [[(0, three), (0, two)], [(0, two)]]
        assert named("x.pcap", details=True) == named("x.pcap")

    def test_one_that_began_before_and_goes_on_is_later(self):
        slow = [one._replace(time=one.time + 500 * SECOND * (one.offset > 8)) for one in AGAIN]
        write("x.pcap", at(0, slow, port=2), at(100, RISK, port=1))
        assert named("x.pcap") == [[(0, mails("x.pcap", 2)[0])]]

    @pytest.mark.parametrize(
        "other",
        [
            at(-900, AGAIN, port=2),
            at(900, AGAIN, port=2, client="192.0.2.18"),
            at(900, delivery(KEPT, mail="MAIL FROM:<bert@example.net>"), port=2),
            at(900, delivery(KEPT, to="RCPT TO:<bert@example.org>"), port=2),
        ],
    )
    def test_earlier_ones_other_clients_and_other_envelopes_are_not(self, other):
        write("x.pcap", at(0, RISK, port=1), other)
        assert named("x.pcap") == [[]]

    def test_of_another_server_it_is(self):
        write("x.pcap", at(0, RISK, port=1), at(900, AGAIN, port=2, server=("198.51.100.26", 25)))
        assert len(named("x.pcap")[0]) == 1

    def test_a_pair_used_again_is_another_connection(self):
        write("x.pcap", at(0, RISK, port=1), at(900, AGAIN, port=1, client_isn=77, server_isn=88))
        assert named("x.pcap") == [[(0, mails("x.pcap", 1)[1])]]

    def test_nobody_at_risk_costs_no_second_look(self, monkeypatch):
        monkeypatch.setattr("desync.archive.scan.searches", None)
        write("x.pcap", at(0, AGAIN, port=1), at(900, AGAIN, port=2))
        assert named("x.pcap") == []


@pytest.mark.usefixtures("folder")
class TestHoweverItIsCut:
    @pytest.mark.parametrize("frames", [1, 7, 100])
    @pytest.mark.parametrize("jobs", [1, 2])
    @pytest.mark.parametrize("details", [False, True])
    def test_the_report_is_the_same(self, monkeypatch, frames, jobs, details):
        monkeypatch.setattr(workers_module.Workers.__init__, "__defaults__", (0,))
        busy = [at(7 * port, AGAIN if port % 3 else RISK, port=port) for port in range(1, 9)]
        write("x.pcap", *busy, at(20, AGAIN, port=20, client="192.0.2.99"))

        def report(**options):
            made = desync.scan(["x.pcap"], options=desync.Options(details=details, **options))
            return "".join(json_pieces(made.document(all=details)))

        wanted = report()
        assert wanted.count("again in frame") >= 2
        assert report(jobs=jobs, slice_octets=frames * 86 + 1) == wanted


@pytest.mark.usefixtures("folder")
class TestOverSeveralCaptures:
    def test_the_files_of_a_rotation(self):
        risk, again = at(0, RISK, port=1), at(900, AGAIN, port=2)
        for cut in (3, len(risk), len(risk) + MAIL):
            write("mail.pcap0", [*risk, *again][:cut])
            write("mail.pcap1", [*risk, *again][cut:])
            place = len(risk) + MAIL
            wanted = (0, place) if place <= cut else (1, place - cut)
            for octets in (1, 1 << 26):
                assert named("mail.pcap0", "mail.pcap1", slice_octets=octets) == [[wanted]], cut

    def test_captures_that_have_nothing_to_do_with_each_other(self):
        write("one.pcap", at(0, RISK, port=1))
        write("two.pcap", at(900, AGAIN, port=2))
        (one,) = risks("one.pcap", "two.pcap")
        assert one["details"]["repeats"] == [{"capture": 1, "frame": MAIL}]
        assert f"again in frame {MAIL} of capture 1" in one["message"]
        assert named("two.pcap", "one.pcap") == [[(0, MAIL)]]

    def test_both_copies_name_the_copy_beside_them(self):
        # The other capture's clock is an hour off, so that its times can be compared with its own only.
        write("one.pcap", at(0, RISK, port=1), at(900, AGAIN, port=2))
        write("two.pcap", at(3600, RISK, port=1), at(4500, AGAIN, port=2))
        place = mails("one.pcap", 2)[0]
        assert named("one.pcap", "two.pcap") == [[(0, place)], [(1, place)]]

    @pytest.mark.parametrize("kept", [slice(None), slice(3, None), slice(None, -1), slice(None, -2)])
    def test_its_own_copy_is_no_repeat_though_it_lacks_frames(self, kept):
        # A reply that never reached the client's side makes copies of unequal lengths.
        write("one.pcap", at(0, RISK, port=1))
        write("two.pcap", at(1, RISK, port=1)[kept])
        for names in (["one.pcap", "two.pcap"], ["two.pcap", "one.pcap"]):
            assert set(map(tuple, named(*names))) == {()}

    def test_a_repeat_captured_twice_is_named_once(self):
        write("one.pcap", at(0, RISK, port=1))
        write("two.pcap", at(900, AGAIN, port=2))
        write("three.pcap", at(900, AGAIN[:-3], port=2))
        assert named("one.pcap", "two.pcap", "three.pcap") == [[(1, MAIL)]]

    def test_compressed_ones_too(self):
        write("x.pcap", at(0, RISK, port=1), at(900, AGAIN, port=2))
        Path("x.pcap.gz").write_bytes(gzip.compress(Path("x.pcap").read_bytes()))
        for octets in (1, 500, 1 << 26):
            assert named("x.pcap.gz", slice_octets=octets) == named("x.pcap") != [[]]


@pytest.mark.usefixtures("folder")
class TestTooMany:
    """Where a client has more later connections than are looked through."""

    @pytest.fixture(autouse=True)
    def few(self, monkeypatch):
        monkeypatch.setattr(later_module.searches, "__defaults__", (3,))

    @pytest.mark.parametrize("place", range(2, 8))
    def test_the_nearest_ones_are_looked_through_and_the_others_counted(self, place):
        others = [at(port * 100, AGAIN if port == place else CLEAN, port=port) for port in range(2, 8)]
        write("x.pcap", at(0, RISK, port=1), *others)
        (one,) = risks("x.pcap")
        assert one["details"]["not_searched"] == 3
        assert len(one["details"]["repeats"]) == (place < 5)
        assert ("3 later connections of the client were not searched" in one["message"]) == (place >= 5)

    def test_those_near_to_any_at_risk_are(self):
        others = [at(port * 100, CLEAN, port=port) for port in range(3, 9)]
        write("x.pcap", at(0, RISK, port=1), *others, at(550, RISK, port=2), at(560, AGAIN, port=9))
        assert [one["details"].get("not_searched") for one in risks("x.pcap")] == [4, 2]
        assert named("x.pcap") == [
            [(0, mails("x.pcap", 2)[0]), (0, mails("x.pcap", 9)[0])],
            [(0, mails("x.pcap", 9)[0])],
        ]

    def test_nothing_is_said_where_all_were(self):
        write("x.pcap", at(0, RISK, port=1), *(at(port * 100, CLEAN, port=port) for port in range(2, 5)))
        assert "not_searched" not in risks("x.pcap")[0]["details"]
        assert MOST_LATER == 1000
