"""A connection over the files of one rotation, and one that an archive holds twice."""

import gzip
import os
from pathlib import Path

import pytest
from build import segments_capture
from judged import document, played
from putting import CLEAN, SENT, found, put, spoken

from desync.units import SECOND


@pytest.mark.usefixtures("folder")
class TestRotatedFiles:
    @pytest.mark.parametrize("at", range(1, len(SENT)))
    def test_a_connection_over_two_files_is_one_with_two_parts(self, at):
        put("whole.pcap")
        put("mail.pcap", SENT[:at])
        put("mail.pcap1", SENT[at:])
        made, whole = document(["mail.pcap", "mail.pcap1"]), document("whole.pcap")
        (one,) = made["connections"]
        assert found(made) == found(whole)
        assert [(part["capture"], part["first_frame"], part["last_frame"]) for part in one["parts"]] == [
            (0, 1, at),
            (1, 1, len(SENT) - at),
        ]
        assert made["summary"]["mail"] == 1
        assert one["complete"] is True
        assert [each["verb"] for each in one["exchanges"]] == [
            each["verb"] for each in whole["connections"][0]["exchanges"]
        ]

    def test_frames_are_numbered_in_their_own_file(self):
        put("mail.pcap", SENT[:5])
        put("mail.pcap1", SENT[5:])
        (one,) = [
            one for one in document(["mail.pcap", "mail.pcap1"])["findings"] if one["code"] == "SYNC102"
        ]
        places = [(place["capture"], place["frame"]) for place in one["frames"]]
        assert (one["capture"], one["frame"]) == (1, 1)
        assert places == [(0, 4), (0, 5), (1, 1)]
        # No one display filter shows frames of two files.
        assert one["filter"] is None

    def test_the_order_given_and_the_order_of_names_do_not_matter(self):
        for number, name in enumerate(["mail.pcap", "mail.pcap2", "mail.pcap10"]):
            later = [
                one._replace(time=one.time + number * 5) for one in SENT[number * 5 : number * 5 + 5 or None]
            ]
            put(name, later if number < 2 else SENT[10:])
        for names in (["mail.pcap", "mail.pcap10", "mail.pcap2"], ["mail.pcap10", "mail.pcap2", "mail.pcap"]):
            made = document(names)
            (one,) = made["connections"]
            assert [names[part["capture"]] for part in one["parts"]] == [
                "mail.pcap",
                "mail.pcap2",
                "mail.pcap10",
            ]
            assert ("SYNC102", "proved") in found(made)

    def test_files_of_two_points_are_not_put_together(self):
        for side in ("client", "server"):
            put(f"{side}.00.pcap", SENT[:6])
            put(f"{side}.01.pcap", SENT[6:])
        made = document(["client.00.pcap", "client.01.pcap", "server.00.pcap", "server.01.pcap"])
        assert [[part["capture"] for part in one["parts"]] for one in made["connections"]] == [[0, 1], [2, 3]]
        assert made["summary"]["mail"] == 1

    def test_times_that_overlap_do_not_join(self):
        put("mail.pcap0", SENT[:6])
        put("mail.pcap1", [one._replace(time=one.time - 60 * SECOND) for one in SENT[6:]] + [SENT[-1]])
        made = document(["mail.pcap0", "mail.pcap1"])
        assert [len(one["parts"]) for one in made["connections"]] == [1, 1]

    def test_a_hello_in_the_second_file_makes_mail_of_any_port(self):
        sent = played("S: 220 mx\nC: EH\\\nC[unprompted]: LO gw\nS: 250 mx\nC: QUIT\nS: 221 bye")
        for at in range(1, len(sent)):
            put("mail.pcap0", sent[:at], server=("198.51.100.25", 4025))
            put("mail.pcap1", sent[at:], server=("198.51.100.25", 4025))
            (one,) = document(["mail.pcap0", "mail.pcap1"])["connections"]
            assert [each["verb"] for each in one["exchanges"]] == [None, "EHLO", "QUIT"], at

    def test_slices_change_nothing(self):
        put("mail.pcap0", SENT[:6])
        put("mail.pcap1", SENT[6:])
        names = ["mail.pcap0", "mail.pcap1"]
        assert document(names, slice_octets=1) == document(names)


@pytest.mark.usefixtures("folder")
class TestCapturedTwice:
    def test_both_sides_are_linked_and_counted_once(self):
        put("client.pcap")
        put("server.pcap", [one._replace(time=one.time + 20_000_000) for one in SENT])
        made = document(["client.pcap", "server.pcap"])
        first, second = made["connections"]
        assert first["same_as"] == [second["id"]]
        assert second["same_as"] == [first["id"]]
        assert (made["summary"]["mail"], made["summary"]["clients"][0]["sessions"]) == (1, 1)

    def test_so_are_the_two_sides_of_a_translation_of_addresses(self):
        put("inside.pcap", client=("10.0.0.7", 41025))
        put("outside.pcap", client=("192.0.2.1", 60001))
        made = document(["inside.pcap", "outside.pcap"])
        first, second = made["connections"]
        assert (first["same_as"], second["same_as"]) == ([second["id"]], [first["id"]])
        assert (made["summary"]["mail"], len(made["summary"]["clients"])) == (1, 1)

    def test_so_are_both_in_one_capture_of_the_translating_router(self):
        inside = segments_capture(SENT, client=("10.0.0.7", 41025))
        outside = segments_capture(SENT, client=("192.0.2.1", 60001))
        Path("router.pcap").write_bytes(inside + outside[24:])
        made = document("router.pcap")
        first, second = made["connections"]
        assert first["same_as"] == [second["id"]]
        assert made["summary"]["mail"] == 1

    @pytest.mark.parametrize("numbers", [{"client_isn": 5}, {"server_isn": 5}])
    def test_other_initial_numbers_are_another_connection(self, numbers):
        put("one.pcap")
        put("two.pcap", **numbers)
        made = document(["one.pcap", "two.pcap"])
        assert [one["same_as"] for one in made["connections"]] == [[], []]
        assert made["summary"]["mail"] == 2

    def test_other_octets_are_another_connection(self):
        put("one.pcap")
        put("two.pcap", played(CLEAN))
        assert [one["same_as"] for one in document(["one.pcap", "two.pcap"])["connections"]] == [[], []]

    def test_the_same_file_twice_is_one(self):
        put("one.pcap")
        os.link("one.pcap", "again.pcap")
        assert len(document(["one.pcap", "again.pcap", "./one.pcap"])["captures"]) == 1


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("at", range(1, len(SENT)))
def test_a_compressed_rotation_is_as_the_plain_one_on_any_port(at):
    """Only the first file shows that it is mail: the second is read once more for what it let go."""
    for part, sent in enumerate((SENT[:at], SENT[at:])):
        octets = put(f"mail.pcap{part}", sent, server=("198.51.100.25", 4242))
        Path(f"mail.pcap{part}.gz").write_bytes(gzip.compress(octets))
    plain, folded = (document([f"mail.pcap{part}{end}" for part in (0, 1)]) for end in ("", ".gz"))
    assert spoken(plain) == spoken(folded)
    assert plain["summary"]["by_code"]["SYNC102"] == 1
