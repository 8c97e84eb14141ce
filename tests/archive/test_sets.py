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


def at(path, first, last, index=0, link=1):
    """A capture of some seconds."""
    return Member(index, path, (link,), int(first * SECOND), int(last * SECOND))


def numbered(*files):
    return [replace(one, index=number) for number, one in enumerate(files)]


def names(every):
    """The sets that captures are parted into, as paths."""
    return [[every[index].path for index in one] for one in rotated_sets(every)]


@pytest.mark.parametrize(
    "paths",
    [
        ("mail.pcap", "mail.pcap.1", "mail.pcap.2"),
        ("mail.pcap.gz", "mail.pcap1.gz", "mail.pcap2"),
        ("mail-Nov-22.pcap", "mail-Nov-23.pcap", "mail-Dec-01.pcap"),
        ("mail_Sunday.pcap", "mail_Monday.pcap"),
        ("mail.Sun", "mail.Mon"),
        ("mail-2026-11-22T15:09:00.pcap", "mail-2026-11-22T15:19:00.pcap"),
        ("mail-11AM.pcap", "mail-12PM.pcap"),
        ("2026-11-22/mail.23.pcap", "2026-11-23/mail.00.pcap"),
        ("mail-20261122.pcap", "mail-20261122.pcap1", "mail-20261123.pcap", "mail-20261123.pcap1"),
        ("0001", "0002"),
        ("parts_00000_20261122150900.pcap.zst", "parts_00001_20261122151000.pcap"),
    ],
)
def test_other_ways_to_rotate(paths):
    assert rotated_sets(members(*paths)) == [list(range(len(paths)))]


def test_a_ring_that_wrapped_begins_with_its_oldest_file():
    ring = numbered(at("m2", 20, 30), at("m3", 30, 40), at("m0", 40, 50), at("m1", 50, 60))
    assert rotated_sets(ring) == [[0, 1, 2, 3]]
    assert names(numbered(*sorted(ring, key=lambda one: one.path))) == [["m2", "m3", "m0", "m1"]]


@pytest.mark.parametrize("late", [0, 0.3, 0.9, 4, 9])
def test_two_hosts_of_the_same_hours_are_not_mixed(late):
    """Whether or not the second host's files overlap the first's by more than is allowed."""
    hosts = numbered(
        *(
            at(f"mx{host}.{count:02}.pcap", count * 10 + shift, count * 10 + 10 + shift)
            for host, shift in ((1, 0), (2, late))
            for count in range(5)
        )
    )
    assert rotated_sets(hosts) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]


def test_hosts_may_be_told_by_folder_and_interfaces_by_number():
    every = numbered(
        *(
            at(f"mx{host}/eth{port}-{count}.pcap", count * 10 + port / 10, count * 10 + 10 + host / 10)
            for host in (1, 2)
            for port in (0, 1)
            for count in range(3)
        )
    )
    assert rotated_sets(every) == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]


def test_a_file_that_is_lost_does_not_part_the_others():
    assert rotated_sets(numbered(at("m.0", 0, 10), at("m.1", 10, 20), at("m.3", 30, 40))) == [[0, 1, 2]]


def test_a_file_that_is_there_twice_stands_alone():
    every = numbered(
        at("m.pcap", 0, 10), at("m.pcap1", 10, 20), at("m.pcap1.gz", 10, 20), at("m.pcap2", 20, 30)
    )
    assert names(every) == [["m.pcap", "m.pcap1", "m.pcap2"], ["m.pcap1.gz"]]


def test_a_damaged_file_whose_last_time_is_wrong_parts_the_set_no_further():
    every = numbered(*(at(f"m.{number}", number * 10, number * 10 + 10) for number in range(6)))
    every[2] = replace(every[2], last_time=10**18)
    assert sorted(map(len, rotated_sets(every))) == [3, 3]


def test_a_file_without_frames_stands_alone_and_does_not_part_the_others():
    every = numbered(at("m.0", 0, 10), at("m.1", 0, 0), at("m.2", 20, 30))
    every[1] = replace(every[1], first_time=None, last_time=None)
    assert rotated_sets(every) == [[0, 2], [1]]


def test_thousands_of_files_of_one_moment_take_no_time():
    every = numbered(*(at(f"case{number:05}.pcap", 0, 10 + number % 7) for number in range(5000)))
    assert len(rotated_sets(every)) == 5000


def test_files_of_less_than_a_second_are_told_apart_too():
    every = numbered(
        *(at(f"mx{host}.{count}", count / 10, count / 10 + 0.1) for host in (1, 2) for count in range(4))
    )
    assert rotated_sets(every) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_what_lies_within_the_last_second_of_a_file_does_not_follow_it():
    assert rotated_sets(numbered(at("m.0", 0, 10), at("m.1", 9.5, 9.7), at("m.2", 10, 20))) == [[0, 2], [1]]
