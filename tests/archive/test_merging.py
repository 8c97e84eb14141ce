"""Directions of a connection that were tapped apart are joined (``--merge``)."""

import pytest
from judged import document, played
from putting import CLEAN, SENT, found, put

from desync.units import SECOND

FIRST = ("192.0.2.17", 41025)
MILLISECOND = SECOND // 1000


def side(sent, name, shift=0):
    return [one._replace(time=one.time + shift) for one in sent if one.side == name]


def tapped(sent=SENT, shift=0, **keys):
    put("east.pcap", side(sent, "client"), **keys)
    put("west.pcap", side(sent, "server", shift), **keys)
    return ["east.pcap", "west.pcap"]


def told(made):
    """What is said of each connection, without where it was read from."""
    return [
        (
            *(one[name] for name in ("client", "server", "origin", "complete", "protocol", "reader")),
            [(each["verb"], each["acknowledged"], each["in_step"]) for each in one["exchanges"]],
            [each["reply"] and each["reply"]["octets"] for each in one["exchanges"]],
        )
        for one in made["connections"]
    ]


@pytest.mark.usefixtures("folder")
class TestMerge:
    def test_two_directions_become_one_connection_as_if_captured_together(self):
        put("whole.pcap")
        whole = document("whole.pcap")
        made = document(tapped(), merge=True)
        assert told(made) == told(whole)
        assert found(made) == found(whole)
        assert made["summary"]["mail"] == 1
        (one,) = made["connections"]
        assert [part["capture"] for part in one["parts"]] == [0, 1]
        assert made["options"]["merge"] is True

    def test_unasked_they_stay_apart(self):
        made = document(tapped())
        assert [len(one["parts"]) for one in made["connections"]] == [1, 1]
        assert not any(one["complete"] for one in made["connections"])

    def test_the_order_of_the_files_and_slices_change_nothing_that_is_said(self):
        names = tapped()
        made = document(names, merge=True)
        assert document(names, merge=True, slice_octets=1) == made
        assert told(document(names[::-1], merge=True)) == told(made)

    @pytest.mark.parametrize("shift", [-30, -5, 5, 30])
    def test_clocks_that_differ_change_no_verdict_that_acknowledgments_decide(self, shift):
        put("whole.pcap")
        made = document(tapped(shift=shift * MILLISECOND), merge=True)
        assert ("SYNC102", "proved") in found(made)

    def test_taps_whose_files_were_rotated_are_joined_whole(self):
        east, west = side(SENT, "client"), side(SENT, "server")
        put("east.pcap", east[:3])
        put("east.pcap1", east[3:])
        put("west.pcap", west[:5])
        put("west.pcap1", west[5:])
        put("whole.pcap")
        names = ["east.pcap", "east.pcap1", "west.pcap", "west.pcap1"]
        made = document(names, merge=True)
        assert told(made) == told(document("whole.pcap"))
        assert made["summary"]["connections"] == 1

    def test_a_connection_on_an_odd_port_is_mail_by_what_the_client_says(self):
        names = tapped(played(CLEAN), server=("198.51.100.25", 4025))
        (one,) = document(names, merge=True)["connections"]
        assert [each["verb"] for each in one["exchanges"]] == [None, "EHLO", "QUIT"]

    def test_two_places_that_hold_both_directions_are_linked_not_merged(self):
        put("client.pcap")
        put("server.pcap", [one._replace(time=one.time + 20 * MILLISECOND) for one in SENT])
        names = ["client.pcap", "server.pcap"]
        assert document(names, merge=True)["connections"] == document(names)["connections"]

    def test_another_connection_at_another_time_is_not_merged(self):
        put("east.pcap", side(SENT, "client"))
        put("west.pcap", side(SENT, "server", 3600 * SECOND))
        made = document(["east.pcap", "west.pcap"], merge=True)
        assert [len(one["parts"]) for one in made["connections"]] == [1, 1]

    def test_nothing_to_merge(self):
        assert document([], merge=True)["connections"] == []
        put("one.pcap")
        assert document("one.pcap", merge=True)["connections"] == document("one.pcap")["connections"]
