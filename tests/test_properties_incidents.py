"""The incidents, with frames missing, captured elsewhere, and cut into other segments.

What is missing never adds a proved error, nor a drift of who read properly; where the capture was made,
and where the network cut the server's words, changes nothing that was true.
"""

from functools import cache
from itertools import chain

import pytest
from build import cut, segments_capture
from dialogues import bounded, records, repacked
from hypothesis import given
from hypothesis import strategies as st
from incidents import SAMPLES, captured, conversation, talk, talks
from judged import conversations, findings, script

from desync.units import MILLISECOND

PARTS = [(name, number) for name in SAMPLES for number in range(len(captured(name)))]
OF_DRIFT = {"SYNC201", "SYNC202", "SYNC204"}

each_sample = pytest.mark.parametrize(("name", "number"), PARTS)


def said_of(one, conversation):
    """The words that a finding is about: offsets, and what is a command, change with what is missing."""
    client, server = conversation.connection.client_stream, conversation.connection.server_stream
    if "reply_octets" in one.details:
        return [(one.rule.code, server.slice(*one.details["reply_octets"]))]
    first, last = one.exchanges or (0, -1)
    ranges = [each.octets or (0, 0) for each in conversation.exchanges[first : last + 1]]
    return [(one.rule.code, line) for each in ranges for line in client.slice(*each).split(b"\r\n")]


def proved(conversation):
    return [
        said_of(one, conversation)
        for one in findings(conversation)
        if one.severity == "error" and one.certainty == "proved"
    ]


def of_drift(conversation):
    """Codes of what is said about drift and its cost, for sure or nearly so."""
    return OF_DRIFT & {one.rule.code for one in findings(conversation) if one.certainty != "inconclusive"}


@cache
def reads_properly(name, number):
    one = conversation(name, number)
    return not proved(one) and one.reading.drift is None and not of_drift(one)


def added(made, name, number):
    """What is said of parts of a sample, and must not be: it is not said of the whole."""
    whole = set(chain.from_iterable(proved(conversation(name, number))))
    found = set()
    for one in filter(None, made):
        # Of a run its first exchange: a part may begin anywhere in it.
        found |= {run[0] for run in proved(one) if run} - whole
        found |= of_drift(one) if reads_properly(name, number) else set()
    return found


def shortened(sent, octets):
    """The same frames, of each as many octets as ``octets`` gives for its number."""
    frames = records(segments_capture(sent))
    return conversations(
        repacked([(head, packet[: octets(number)]) for number, (head, packet) in enumerate(frames)])
    )


@each_sample
class TestMissing:
    def test_any_one_frame_or_two_neighbours(self, name, number):
        sent = captured(name)[number]
        parts = [sent[:at] + sent[at + many :] for at in range(len(sent)) for many in (1, 2)]
        assert added(talks(parts), name, number) == set()

    def test_what_came_before_or_after(self, name, number):
        sent = captured(name)[number]
        parts = [part for at in range(1, len(sent)) for part in (sent[at:], sent[:at])]
        assert added(talks(parts), name, number) == set()

    def test_one_side(self, name, number):
        sides = [[one for one in captured(name)[number] if one.side == side] for side in ("client", "server")]
        assert added(talks(sides), name, number) == set()

    @pytest.mark.parametrize("held", [54, 57, 70, 90])
    def test_what_lies_behind_a_snap_length(self, name, number, held):
        assert added(shortened(captured(name)[number], lambda _: held), name, number) == set()

    def test_the_end_of_every_third_frame(self, name, number):
        for first in range(3):
            made = shortened(captured(name)[number], lambda at, first=first: 62 if at % 3 == first else None)
            assert added(made, name, number) == set()


def believed(conversation):
    """How the client read, and what it cost."""
    reading = conversation.reading
    return (
        reading.reader.model,
        reading.drift,
        reading.shifts,
        reading.beliefs,
        [one.verdict for one in conversation.transactions],
        sorted(
            (one.rule.code, one.certainty, one.blame, one.exchanges)
            for one in findings(conversation)
            if one.rule.code.startswith("SYNC")
        ),
    )


@pytest.mark.parametrize("near", ["client", "server", "between"])
def test_where_it_was_captured_changes_nothing(near):
    moved = talks([captured(name, near=near)[number] for name, number in PARTS])
    for part, made in zip(PARTS, moved, strict=True):
        assert believed(made) == believed(conversation(*part)), part


def twice(sent):
    """A port that mirrors each packet twice."""
    return [copy for one in sent for copy in (one, one._replace(time=one.time + 10_000))]


def resent(sent):
    """Whoever sent something sends it again 300 ms later, though it had arrived."""
    copies = [one._replace(time=one.time + 300 * MILLISECOND) for one in sent if one.octets]
    return sorted([*sent, *copies], key=lambda one: one.time)


@pytest.mark.parametrize("copied", [twice, resent])
def test_nor_do_copies(copied):
    more = talks([copied(captured(name)[number]) for name, number in PARTS])
    for part, made in zip(PARTS, more, strict=True):
        assert believed(made) == believed(conversation(*part)), part


def test_without_times_a_drift_is_not_sure_and_who_read_properly_still_did():
    still = talks([[one._replace(time=0) for one in captured(name)[number]] for name, number in PARTS])
    for part, made in zip(PARTS, still, strict=True):
        assert "SYNC201" not in of_drift(made), part
        assert not (reads_properly(*part) and of_drift(made)), part


@pytest.mark.parametrize("away", [(0.02, 0.2), (0.1, 2.0), (5.0, 5.0), (150.0, 0.1)])
def test_how_far_the_peers_are_makes_nobody_drift(away):
    proper = [part for part in PARTS if reads_properly(*part)]
    moved = talks([captured(name, away=away)[number] for name, number in proper])
    for part, made in zip(proper, moved, strict=True):
        assert not of_drift(made), part


def truth(conversation):
    """The dialogue as it was, and what became of the messages in truth."""
    return (
        script(conversation),
        [(one.pairing, one.reply and one.reply.octets, one.octets) for one in conversation.exchanges],
        [one.octets for one in conversation.unpaired],
        [
            (one.sender, one.recipients, one.final, one.final_code, one.queue_id, one.outcome, one.exchanges)
            for one in conversation.transactions
        ],
    )


def cut_at(sent, positions):
    """Cut the server's segments at these offsets of its stream."""
    parts = []
    for one in sent:
        inside = [at - one.offset for at in positions if one.offset < at < one.offset + len(one.octets)]
        parts += cut(one, *inside) if one.side == "server" and inside else [one]
    return parts


def test_each_octet_of_the_replies_by_itself_changes_no_truth():
    pieces = talks([cut_at(captured(name)[number], range(2000)) for name, number in PARTS])
    for part, made in zip(PARTS, pieces, strict=True):
        assert truth(made) == truth(conversation(*part)), part


@bounded
@given(st.sampled_from(PARTS), st.sets(st.integers(1, 400), max_size=12))
def test_cutting_the_replies_elsewhere_changes_no_truth(part, positions):
    name, number = part
    assert truth(talk(cut_at(captured(name)[number], positions))) == truth(conversation(name, number))
