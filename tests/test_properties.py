"""How a dialogue was cut, ordered, repeated, numbered and timed decides nothing.

(1) Cutting it into other segments changes no verb, octet, reply or pairing.
(2) Order, copies, later transmissions, wrapped numbers and clocks change no verdict that acknowledgments
    decide.
"""

from itertools import groupby

import pytest
from build import Sent, cut, segments_capture, stream
from dialogues import ALL, CLEAN, bounded, names, records, repacked, sent, whole
from hypothesis import given
from hypothesis import strategies as st
from judged import accusations, findings, heard

BY_ACKNOWLEDGMENT = {f"SYNC10{number}" for number in range(1, 7)}


def outline(conversation):
    """What a dialogue is, wherever its segments begin."""
    return [
        (
            one.prompt.kind,
            one.prompt.verb,
            one.octets,
            one.reply_code,
            one.reply and one.reply.octets,
            one.pairing,
        )
        for one in conversation.exchanges
    ] + [(reply.code, reply.octets) for reply in conversation.unpaired]


def evidence(conversation):
    """What acknowledgments say of it."""
    return [
        (one.acknowledged, one.required_end, one.lead, one.in_step, one.standing)
        for one in conversation.exchanges
    ]


def verdicts(conversation):
    """The findings that acknowledgments alone decide, in the order of the dialogue."""
    return sorted(
        (one.exchanges, one.rule.code, one.certainty, one.details.get("held", 0), one.details.get("missing"))
        for one in findings(conversation)
        if one.rule.code in BY_ACKNOWLEDGMENT
    )


class TestCutting:
    @bounded
    @given(names, st.lists(st.lists(st.integers(1, 60), max_size=4), min_size=8, max_size=8))
    def test_other_segments_change_nothing(self, name, places):
        parts = [part for number, one in enumerate(sent(name)) for part in cut(one, *places[number % 8])]
        found = heard(segments_capture(parts))
        assert outline(found) == outline(whole(name))
        assert evidence(found) == evidence(whole(name))

    @pytest.mark.parametrize("name", ALL)
    def test_nor_do_segments_of_one_octet(self, name):
        parts = [part for one in sent(name) for part in cut(one, *range(1, len(one.octets)))]
        found = heard(segments_capture(parts))
        assert outline(found) == outline(whole(name))
        assert verdicts(found) == verdicts(whole(name))

    @bounded
    @given(st.sampled_from(sorted(CLEAN)), st.lists(st.integers(1, 20), min_size=1, max_size=6))
    def test_a_lawful_client_stays_lawful_however_its_turns_are_cut(self, name, sizes):
        found = heard(segments_capture(recut(sent(name), sizes)))
        assert outline(found) == outline(whole(name))
        assert accusations(found) == []


def recut(segments, sizes):
    """Join what a side says in a row, and cut it anew; each part acknowledges all that was said before."""
    made, ends, number, time = list(segments[:3]), {"client": 0, "server": 0}, 0, segments[3].time
    talk = [one for one in segments[3:] if one.octets]
    for side, group in groupby(talk, key=lambda one: one.side):
        octets = b"".join(one.octets for one in group)
        while octets:
            size, time = sizes[number % len(sizes)], time + 1_000_000
            other = ends["server" if side == "client" else "client"]
            made.append(Sent(side, ends[side], octets[:size], other, time))
            octets, number = octets[size:], number + 1
            ends[side] += len(made[-1].octets)
    return made


class TestDisorder:
    @bounded
    @given(names, st.randoms(use_true_random=False))
    def test_the_order_of_frames_changes_no_verdict(self, name, random):
        rest = list(sent(name)[1:])
        random.shuffle(rest)
        found = heard(segments_capture([sent(name)[0], *rest]))
        assert outline(found) == outline(whole(name))
        assert verdicts(found) == verdicts(whole(name))

    @bounded
    @given(names, st.lists(st.integers(0, 30), max_size=8))
    def test_frames_that_were_recorded_twice_change_no_verdict(self, name, chosen):
        frames = records(segments_capture(sent(name)))
        for number in chosen:
            frames.insert(number % len(frames) + 1, frames[number % len(frames)])
        found = heard(repacked(frames))
        assert outline(found) == outline(whole(name))
        assert verdicts(found) == verdicts(whole(name))

    @bounded
    @given(
        names, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 200), st.integers(3, 40)), max_size=5)
    )
    def test_later_transmissions_change_no_verdict(self, name, copies):
        made = list(sent(name))
        data = [one for one in sent(name) if one.octets]
        for number, newer, place in copies:
            one = data[number % len(data)]
            other = len(stream(sent(name), "server" if one.side == "client" else "client"))
            later = one._replace(
                acknowledged=min(one.acknowledged + newer, other), time=made[-1].time + 300_000_000
            )
            made.insert(min(place, len(made)), later)
        found = heard(segments_capture(made))
        assert outline(found) == outline(whole(name))
        assert verdicts(found) == verdicts(whole(name))

    @bounded
    @given(names, st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 300))
    def test_sequence_numbers_wrap(self, name, client, server, near):
        for isn in ((client, server), (2**32 - 1 - near, 2**32 - 1 - near)):
            found = heard(segments_capture(sent(name), client_isn=isn[0], server_isn=isn[1]))
            assert outline(found) == outline(whole(name))
            assert evidence(found) == evidence(whole(name))

    @pytest.mark.parametrize("name", ALL)
    @pytest.mark.parametrize("clock", ["zero", "stopped", "backwards", "steps"])
    def test_clocks_change_no_verdict(self, name, clock):
        change = {
            "zero": lambda _, __: 0,
            "stopped": lambda _, __: sent(name)[0].time,
            "backwards": lambda number, _: sent(name)[-1 - number].time,
            "steps": lambda number, time: time - number % 3 * 3600 * 10**9,
        }[clock]
        made = [one._replace(time=change(number, one.time)) for number, one in enumerate(sent(name))]
        found = heard(segments_capture(made))
        assert outline(found) == outline(whole(name))
        assert verdicts(found) == verdicts(whole(name))
