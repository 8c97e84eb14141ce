"""Which captures are files of one rotation: by name, link type and time."""

from dataclasses import replace

import pytest

from desync.archive.sets import Member, rotated_sets
from desync.units import SECOND


def members(*paths, link=1, gap=0):
    """Captures of ten seconds each, one after the other."""
    return [
        Member(number, path, (link,), number * (10 + gap) * SECOND, (number * (10 + gap) + 10) * SECOND)
        for number, path in enumerate(paths)
    ]


@pytest.mark.parametrize(
    "paths",
    [
        ("mail.pcap", "mail.pcap1", "mail.pcap2"),
        ("mail.pcap0", "mail.pcap1"),
        ("mail.00.pcap", "mail.01.pcap"),
        ("mail-20261122-150900.pcap", "mail-20261122-151900.pcap"),
        ("spool/out_00001_20261122150900.pcapng", "spool/out_00002_20261122151000.pcapng"),
        ("split_a.pcap", "split_b.pcap"),
    ],
)
def test_names_that_differ_in_a_counter_are_one_set(paths):
    assert rotated_sets(members(*paths)) == [list(range(len(paths)))]


def test_they_stand_in_the_order_of_time_not_of_names_or_paths_given():
    """tcpdump -C counts without leading zeros: a shell sorts mail.pcap10 before mail.pcap2."""
    mail, ten, one, two = members("mail.pcap", "mail.pcap10", "mail.pcap1", "mail.pcap2")
    ten, one, two = (
        replace(each, first_time=place * 10 * SECOND, last_time=(place * 10 + 10) * SECOND)
        for each, place in ((ten, 10), (one, 1), (two, 2))
    )
    assert rotated_sets([mail, ten, one, two]) == [[0, 2, 3, 1]]


def test_two_points_of_capture_are_two_sets():
    client, server = members("client.00.pcap", "client.01.pcap"), members("server.00.pcap", "server.01.pcap")
    every = client + [replace(one, index=one.index + 2) for one in server]
    assert rotated_sets(every) == [[0, 1], [2, 3]]


@pytest.mark.parametrize(
    "paths",
    [
        ("a.pcap", "b.pcap"),
        ("mail.pcap", "post.pcap1"),
        ("x/mail.pcap0", "y/mail.pcap1"),
        ("mx1.pcap", "mail.pcap1"),
    ],
)
def test_other_names_are_no_set(paths):
    assert rotated_sets(members(*paths)) == [[0], [1]]


def test_times_that_overlap_are_no_set():
    first, second = members("mail.pcap0", "mail.pcap1")
    assert rotated_sets([first, replace(second, first_time=5 * SECOND)]) == [[0], [1]]


def test_an_overlap_of_less_than_a_second_is_the_kernels_buffer():
    first, second = members("mail.pcap0", "mail.pcap1")
    assert rotated_sets([first, replace(second, first_time=int(9.1 * SECOND))]) == [[0, 1]]
    assert rotated_sets([first, replace(second, first_time=int(8.9 * SECOND))]) == [[0], [1]]


def test_a_pause_between_files_does_not_part_them():
    assert rotated_sets(members("mail.pcap0", "mail.pcap1", gap=3600)) == [[0, 1]]


def test_other_link_types_are_no_set():
    first, second = members("mail.pcap0", "mail.pcap1")
    assert rotated_sets([first, replace(second, link_types=(101,))]) == [[0], [1]]


def test_without_times_each_stands_alone():
    every = [replace(one, first_time=None, last_time=None) for one in members("mail.pcap0", "mail.pcap1")]
    assert rotated_sets(every) == [[0], [1]]


def test_each_capture_is_in_one_set():
    every = members("a1", "b1", "a2", "c", "b2", "-", "a3")
    assert sorted(index for one in rotated_sets(every) for index in one) == list(range(7))


def test_of_none_there_are_none():
    assert rotated_sets([]) == []
