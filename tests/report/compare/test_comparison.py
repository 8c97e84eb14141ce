"""Two reports side by side: clients by address, servers by address and port."""

import json
from copy import deepcopy

import pytest
from jsonschema import Draft202012Validator
from report.compare.two_archives import (
    client,
    compared,
    connection,
    finding,
    misreads,
    patched,
    report,
    server_row,
)

from desync.report.jsonl import compare_lines, compare_pieces
from desync.report.schema import compare_schema

VALIDATOR = Draft202012Validator(compare_schema())


def verdicts(made):
    return {row["address"]: row["verdict"] for row in made["clients"]}


def test_the_patch():
    made = patched()
    assert verdicts(made) == {"192.0.2.1": "spared", "192.0.2.2": "still", "192.0.2.4": "only-b"}
    assert made["verdicts"]["clients"]["in-step"] == 1
    assert (made["a"]["out_of_step"], made["b"]["out_of_step"]) == (47, 19)
    first, second, _ = made["clients"]
    assert first["a"]["why"] == [{"reason": "several-writes", "sessions": 38}]
    assert second["b"]["why"] == [
        {"reason": "before-greeting", "sessions": 12},
        {"reason": "never-waits", "sessions": 12},
    ]
    (server,) = made["servers"]
    assert server["verdict"] == "fewer-splits"
    assert server["a"]["banners"] == ["220 mx ESMTP 1.0"]
    assert server["b"]["banners"] == ["220 mx ESMTP 1.1"]


def test_it_is_valid_and_always_the_same():
    made = patched()
    VALIDATOR.validate(made)
    assert "".join(compare_pieces(made)) == "".join(compare_pieces(patched()))


def test_every_field_is_required_and_no_other_allowed():
    Draft202012Validator.check_schema(compare_schema())
    made = patched()
    for part in (
        made,
        made["a"],
        made["clients"][0],
        made["clients"][0]["a"],
        made["servers"][0],
        made["guard"],
    ):
        for name in list(part):
            value = part.pop(name)
            assert not VALIDATOR.is_valid(made), name
            part[name] = value
        part["surplus"] = 1
        assert not VALIDATOR.is_valid(made)
        del part["surplus"]
    VALIDATOR.validate(made)


def test_lines():

    made = patched()
    lines = [json.loads(line) for line in compare_lines(made)]
    assert [line["type"] for line in lines] == ["client"] * 3 + ["server", "summary"]
    assert lines[0] == {"type": "client"} | made["clients"][0]
    assert lines[-1] == {"type": "summary"} | {
        name: value for name, value in made.items() if name not in {"clients", "servers"}
    }


def test_an_archive_beside_itself_shows_no_change():
    one = report([client("192.0.2.1", 40, 38, 38), client("192.0.2.3", 30)], misreads("192.0.2.1", 38))
    made = compared(one, deepcopy(one))
    assert verdicts(made) == {"192.0.2.1": "still"}
    assert made["clients"][0]["a"] == made["clients"][0]["b"]
    assert made["order"] == "overlap"
    assert not made["servers"]


def test_addresses_are_matched_as_numbers_and_names_added_up():
    a = report(
        [client("9.0.0.1", 10, 10, 10), client("192.0.2.1", 3, name="x"), client("192.0.2.1", 5, name="y")]
    )
    b = report([client("9.0.0.1", 10, 10), client("192.0.2.1", 2), client("2001:db8::1", 1)])
    made = compared(a, b, everything=True)
    assert verdicts(made) == {"9.0.0.1": "recovered", "192.0.2.1": "in-step", "2001:db8::1": "only-b"}
    assert made["clients"][1]["a"]["sessions"] == 8
    assert made["clients"][1]["a"]["names"] == ["y", "x"]


def test_a_connection_captured_twice_counts_once():
    twice = [
        connection(1, "192.0.2.1", finding("SYNC101"), same_as=["0-21"]),
        connection(21, "192.0.2.1", finding("SYNC101"), same_as=["0-1"]),
    ]
    made = compared(report([client("192.0.2.1", 1)], twice), report())
    assert made["clients"][0]["a"]["out_of_step"] == 1


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ([], "198.51.100.7"),
        # Everybody says so.
        ([client("198.51.100.8", 1, name="gw")], None),
        ([client("198.51.100.8", 1, name="other")], "198.51.100.7"),
    ],
)
def test_a_name_that_moved_is_a_remark(extra, expected):
    a = report([client("192.0.2.1", 10, 10, 10), client("192.0.2.3", 4, name="a")])
    b = report([client("192.0.2.3", 4, name="a"), client("198.51.100.7", 10, name="gw"), *extra])
    made = compared(a, b)
    assert verdicts(made) == {"192.0.2.1": "only-a"}
    assert made["clients"][0]["same_name"] == expected


def test_a_server_that_is_gone_tells_nothing_of_who_misread_it():
    other = ("198.51.100.99", 25)
    a = report(
        [client("192.0.2.1", 20, 20, 20)],
        misreads("192.0.2.1", 20, server=other),
        [server_row(address=other[0], split=20, misread=20), server_row()],
    )
    made = compared(a, report([client("192.0.2.1", 20)]))
    (one,) = made["clients"]
    assert (one["verdict"], one["because"]) == ("not-tested", "server-not-in-b")
    assert [row["verdict"] for row in made["servers"]] == ["only-a"]


def test_servers_are_told_apart_by_port():
    rows = [server_row(split=50), server_row(port=2525, split=50)]
    fixed = [server_row(), server_row(port=2525, split=52)]
    made = compared(report(servers=rows), report(servers=fixed))
    assert {(row["port"], row["verdict"]) for row in made["servers"]} == {
        (25, "fewer-splits"),
        (2525, "same"),
    }


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("1999-08-03", "1999-08-04", "b-later"),
        ("1999-08-04", "1999-08-03", "b-earlier"),
        ("1999-08-03", "1999-08-03", "overlap"),
    ],
)
def test_which_came_first(first, second, expected):
    assert compared(report(day=first), report(day=second))["order"] == expected


@pytest.mark.parametrize(
    ("end", "expected"), [("08:00:00Z", "b-later"), ("08:59:00Z", "b-later"), ("09:01:00Z", "overlap")]
)
def test_sessions_that_were_open_at_the_cut_are_no_overlap(end, expected):
    a, b = report(day="1999-08-03"), report(day="1999-08-04")
    a["summary"]["timeline"][0]["last_time"] = f"1999-08-04T{end}"
    assert compared(a, b)["order"] == expected


def test_unknown_times():
    a = report()
    a["summary"]["timeline"][0] |= {"first_time": None, "last_time": None}
    made = compared(a, report())
    VALIDATOR.validate(made)
    assert (made["order"], made["a"]["first_time"]) == (None, None)


def test_options_that_matter():
    a, b = report(select=["SYNC101"], since="1999-08-01T00:00:00Z"), report(ports=[2526], hash=True)
    assert compared(a, b)["options_differ"] == ["ports", "select"]


def test_what_the_options_left_out_is_still_counted():
    """A report of some findings lists not every connection; its summary counts them all."""
    made = compared(
        report([client("192.0.2.1", 20, 20, 20)], select=["CAP901"]), report([client("192.0.2.1", 20)])
    )
    assert made["clients"][0]["a"]["out_of_step"] == 20


def test_nothing():
    made = compared(report(servers=[]), report(servers=[]))
    VALIDATOR.validate(made)
    assert not made["clients"]
    assert not any(made["verdicts"]["clients"].values())
