import json
from datetime import UTC, datetime

import pytest
from report import documents
from report.hostile import TEXTS, hostile, unprintable

from desync.report.formats.timesketch import timesketch_lines

CHANGE = {
    "kind": "change",
    "side": "server",
    "address": "198.51.100.25",
    "port": 25,
    "time": "1999-11-16T11:05:11.5Z",
    "capture": 0,
    "frame": 1,
    "last_before": "1999-11-16T10:05:11.5Z",
    "before": {"banner": "old", "sessions": 10, "split": 0, "misread": 0},
    "after": {"banner": "new", "sessions": 10, "split": 10, "misread": 5},
    "began": ["192.0.2.17"],
    "ceased": [],
}


def parsed(document):
    return [json.loads(line) for line in timesketch_lines(document)]


def test_fields_that_timesketch_requires_are_there(samples):
    found = parsed(samples)
    assert len(found) == len(samples["findings"])
    for one in found:
        assert one["message"]
        assert one["timestamp_desc"]
        when = datetime.fromisoformat(one["datetime"])
        assert when.utcoffset() is not None
        since = when - datetime(1970, 1, 1, tzinfo=UTC)
        assert (
            since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds == one["timestamp"]
        )
        assert all(not isinstance(value, dict | list) for value in one.values())


def test_what_a_line_says():
    one = parsed(documents.incident_1999())[0]
    assert one["message"].startswith("SYNC102 command-on-reply-fragment (error, proved): 192.0.2.17:1042 to ")
    assert one["datetime"] == "1999-11-16T11:05:11.150000+00:00"
    assert one["timestamp"] == 942_750_311_150_000
    assert one["timestamp_desc"] == "Frame captured"
    assert (one["src_ip"], one["dst_port"], one["tcp_stream"], one["frame_number"]) == (
        "192.0.2.17",
        25,
        0,
        6,
    )


def test_change_points_are_events():
    document = documents.document(timeline=[CHANGE])
    (one,) = parsed(document)
    assert one["data_type"] == "desync:change"
    assert one["datetime"] == "1999-11-16T11:05:11.500000+00:00"
    assert 'the banner of 198.51.100.25 reads "new" instead of "old"' in one["message"]
    assert (one["banner_before"], one["banner"]) == ("old", "new")


def test_a_time_that_is_not_known_is_said_to_be_none():
    document = documents.damaged()
    assert parsed(document)[0]["timestamp_desc"] == "Capture or connection began"
    document["captures"][0]["first_time"] = None
    one = parsed(document)[0]
    assert (one["timestamp_desc"], one["timestamp"]) == ("Time not known", 0)


@pytest.mark.parametrize("text", TEXTS)
def test_nothing_hidden_gets_through(text):
    printed = list(timesketch_lines(hostile(documents.many() | {}, text)))
    assert all(line.isascii() and line.endswith("}\n") for line in printed)
    for line in printed:
        assert unprintable(map(str, json.loads(line).values())) == []
