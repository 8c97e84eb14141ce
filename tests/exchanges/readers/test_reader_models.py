"""Clients of each reader model, on servers that cut their replies anywhere, seen from both sides."""

from collections import Counter

import pytest
from build import segments_capture
from hypothesis import given, settings
from judged import codes, heard
from scripts import scripts
from simulated import MILLISECOND, play

GIVES_UP = 2000 * MILLISECOND
EXAMPLES = settings(max_examples=40)


def both_sides(model, script):
    client, server, truth = play(model, script)
    return [heard(segments_capture(client)), heard(segments_capture(server))], truth


def named(conversation):
    reader = conversation.reading.reader
    return {reader.model, *reader.candidates}


def is_visible(conversation):
    """Whether any command was out of step: else nothing tells how the client reads."""
    return any(one.in_step is False for one in conversation.exchanges)


def beliefs(conversation, before):
    """What the client took for the replies to the prompts before a number, where that is told."""
    told = conversation.reading.beliefs[:before]
    return {index: (one.start, one.end) for index, one in enumerate(told) if one is not None}


@given(scripts())
@EXAMPLES
def test_a_client_that_reads_whole_replies_is_never_convicted(script):
    for conversation in both_sides("whole-reply", script)[0]:
        assert conversation.reading.reader == ("whole-reply", (), 1.0, None)
        assert conversation.reading.drift is None


@given(scripts())
@EXAMPLES
def test_a_client_that_looks_at_nothing_has_not_drifted(script):
    for conversation in both_sides("blind", script)[0]:
        assert conversation.reading.drift is None
        assert "SYNC201" not in codes(conversation)


@pytest.mark.parametrize("model", ["line", "segment"])
@given(script=scripts())
@EXAMPLES
def test_a_misreader_is_named_and_its_drift_begins_where_it_begins(model, script):
    (client, server), truth = both_sides(model, script)
    assert client.reading.drift == server.reading.drift
    for conversation in (client, server):
        drift = conversation.reading.drift
        if drift is None:
            continue
        assert is_visible(conversation)
        assert model in named(conversation)
        assert drift.onset == truth.onset or not drift.agreed
        if len(named(conversation)) == 1:
            true = {index: truth.taken[index] for index in beliefs(conversation, drift.onset)}
            assert beliefs(conversation, drift.onset) == true


@given(scripts(gives_up=GIVES_UP))
@EXAMPLES
def test_a_correct_reader_that_goes_on_after_a_wait_drifts_by_the_late_reply(script):
    (client, server), truth = both_sides("whole-reply", script)
    assert client.reading.drift == server.reading.drift
    drift = client.reading.drift
    if drift is not None:
        assert "whole-reply" in named(client)
        assert (drift.onset, drift.cause) == (truth.onset, "late-reply")


@pytest.mark.parametrize(
    ("model", "gives_up"),
    [("line", None), ("segment", None), ("whole-reply", GIVES_UP)],
)
def test_most_drifts_are_found(model, gives_up):
    counted = Counter()

    @given(scripts(gives_up=gives_up))
    @settings(max_examples=60)
    def count(script):
        client, _, truth = play(model, script)
        conversation = heard(segments_capture(client))
        off = truth.onset is not None and truth.onset < len(truth.stood) - 1
        if off and is_visible(conversation):
            drift = conversation.reading.drift
            counted[drift is not None and drift.onset == truth.onset] += 1

    count()
    assert counted[True] >= 9 * counted[False]
    assert counted[True] > 10
