"""A capture that lost frames may tell less of how a client read, never more."""

import pytest
from build import segments_capture
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import conversations, findings
from scripts import scripts
from simulated import play


def drifts(sent):
    return [
        (conversation, finding)
        for conversation in conversations(segments_capture(sent))
        for finding in findings(conversation)
        if finding.rule.code == "SYNC201"
    ]


@pytest.mark.parametrize("model", ["whole-reply", "blind", "line", "segment"])
@given(script=scripts(), lost=st.sets(st.integers(0, 40), min_size=1, max_size=12))
@settings(max_examples=25)
def test_frames_that_are_missing_add_no_sure_drift(model, script, lost):
    client, server, _ = play(model, script)
    for sent in (client, server):
        kept = [one for index, one in enumerate(sent) if index not in lost]
        if not kept:
            continue
        whole = {finding.exchanges[0] for _, finding in drifts(sent)}
        for conversation, finding in drifts(kept):
            assert finding.certainty != "proved"
            if not whole:
                assert finding.certainty == "inconclusive"
                assert not conversation.connection.complete
            assert model != "whole-reply"
