import json
import re

import pytest
from report import documents
from report.hostile import TEXTS, hostile, unprintable

from desync.report.formats.eve import eve_lines

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+0000")


def parsed(document):
    return [json.loads(line) for line in eve_lines(document)]


def strings(value):
    if isinstance(value, dict):
        return [text for each in value.values() for text in strings(each)] + [*value]
    if isinstance(value, list):
        return [text for each in value for text in strings(each)]
    return [value] if isinstance(value, str) else []


def test_fields_that_eve_requires_are_there(samples):
    found = parsed(samples)
    assert len(found) == len(samples["findings"])
    for one in found:
        assert TIMESTAMP.fullmatch(one["timestamp"])
        assert one["event_type"] in {"alert", "anomaly"}
        assert one["pcap_filename"]
        body = one[one["event_type"]]
        if one["event_type"] == "alert":
            assert {"action", "gid", "signature_id", "rev", "signature", "category", "severity"} == {*body}
            assert body["severity"] in {1, 2}
        else:
            assert {"type", "event"} <= {*body}
            assert body["type"] in {"decode", "stream", "applayer"}
        if one["desync"]["connection"] is not None:
            assert one["proto"] == "TCP"
            assert {"flow_id", "src_ip", "src_port", "dest_ip", "dest_port", "community_id"} <= {*one}
    assert {one["event_type"] for one in found} == {"alert", "anomaly"}


def test_a_number_for_each_connection_and_each_rule(samples):
    found = parsed(samples)
    flows = {(one["flow_id"], one["desync"]["connection"]) for one in found if "flow_id" in one}
    assert len({flow for flow, _ in flows}) == len({name for _, name in flows}) == len(flows) > 50
    signatures = {
        (one["alert"]["signature_id"], one["desync"]["code"]) for one in found if one["event_type"] == "alert"
    }
    assert len({number for number, _ in signatures}) == len({code for _, code in signatures}) > 20


def test_what_an_alert_says():
    one = parsed(documents.incident_1999())[0]
    assert one["timestamp"] == "1999-11-16T11:05:11.150000+0000"
    assert (one["event_type"], one["pcap_cnt"], one["app_proto"]) == ("alert", 6, "smtp")
    assert one["alert"]["signature"] == "desync SYNC102 command-on-reply-fragment"
    assert (one["alert"]["gid"], one["alert"]["signature_id"], one["alert"]["severity"]) == (5321, 102, 1)
    assert one["desync"]["certainty"] == "proved"
    assert one["desync"]["filter"] == "frame.number in {4,6,8}"


def test_what_is_wrong_with_a_capture_has_no_ends():
    one = parsed(documents.damaged())[0]
    assert (one["event_type"], one["anomaly"]) == (
        "anomaly",
        {"type": "decode", "event": "CAP901 truncated-capture"},
    )
    assert not {"src_ip", "flow_id", "proto", "community_id"} & {*one}


@pytest.mark.parametrize("text", TEXTS)
def test_nothing_hidden_gets_through(text):
    printed = list(eve_lines(hostile(documents.many(), text)))
    assert all(line.isascii() and line.endswith("}\n") for line in printed)
    for line in printed:
        assert unprintable(strings(json.loads(line))) == []
