"""What a capture lacks, frames or octets of them, never adds a proved error."""

import pytest
from build import segments_capture
from dialogues import ALL, bounded, names, records, repacked, sent, whole
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import findings, heard


def about(conversation, one):
    """What the peers had said that a finding is about: offsets change where a capture begins late."""
    if "reply_octets" in one.details:
        return [(one.rule.code, conversation.connection.server_stream.slice(*one.details["reply_octets"]))]
    first, last = one.exchanges or (0, -1)
    return [
        (one.rule.code, each.prompt.text or each.prompt.kind)
        for each in conversation.exchanges[first : last + 1]
    ]


def proved_errors(conversation):
    """Each proved error; of a run its first exchange, since a part may begin anywhere in it."""
    return {about(conversation, one)[0] for one in findings(conversation) if is_proved_error(one)}


def may_be_proved(name):
    """The proved errors of the whole, each exchange of a run by itself."""
    found = [about(whole(name), one) for one in findings(whole(name)) if is_proved_error(one)]
    return {each for run in found for each in run}


def is_proved_error(one):
    return one.severity == "error" and one.certainty == "proved"


class TestMissing:
    @settings(bounded, max_examples=150)
    @given(names, st.sets(st.integers(0, 40), min_size=1, max_size=6))
    def test_removed_frames_add_no_proved_error(self, name, removed):
        kept = [one for number, one in enumerate(sent(name)) if number not in removed]
        if kept:
            assert proved_errors(heard(segments_capture(kept))) <= may_be_proved(name)

    @pytest.mark.parametrize("name", ALL)
    def test_nor_does_any_one_frame(self, name):
        for number in range(len(sent(name))):
            kept = sent(name)[:number] + sent(name)[number + 1 :]
            assert proved_errors(heard(segments_capture(kept))) <= may_be_proved(name), number

    @pytest.mark.parametrize("name", ALL)
    def test_nor_does_a_capture_that_begins_late_or_ends_early(self, name):
        for number in range(1, len(sent(name))):
            for kept in (sent(name)[number:], sent(name)[:number]):
                assert proved_errors(heard(segments_capture(kept))) <= may_be_proved(name), number

    @pytest.mark.parametrize("name", ALL)
    @pytest.mark.parametrize("side", ["client", "server"])
    def test_nor_does_a_missing_direction(self, name, side):
        kept = [one for one in sent(name) if one.side == side]
        assert proved_errors(heard(segments_capture(kept))) <= may_be_proved(name)

    @settings(bounded, max_examples=100)
    @given(names, st.dictionaries(st.integers(0, 40), st.integers(0, 60), min_size=1, max_size=6))
    def test_cut_payloads_add_no_proved_error(self, name, cuts):
        frames = records(segments_capture(sent(name)))
        for number, octets in cuts.items():
            if number < len(frames):
                head, packet = frames[number]
                frames[number] = (head, packet[: 54 + octets])
        assert proved_errors(heard(repacked(frames))) <= may_be_proved(name)

    @pytest.mark.parametrize("name", ALL)
    @pytest.mark.parametrize("octets", [54, 55, 60, 68])
    def test_nor_does_a_snap_length(self, name, octets):
        frames = [(head, packet[:octets]) for head, packet in records(segments_capture(sent(name)))]
        assert proved_errors(heard(repacked(frames))) <= may_be_proved(name)
