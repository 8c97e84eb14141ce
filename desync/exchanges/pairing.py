"""Which reply answers which prompt. Nobody else pairs.

Pairs are made by order and checked by causality: a reply whose segment does not acknowledge a
prompt's end cannot answer it. Where order alone leaves replies over, or pairs them with codes
that the prompt cannot draw, or where the capture has a hole, the cheapest reading is searched.
May know what each side sent; must not know when, nor what is wrong.
"""

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final, Literal, NamedTuple, TypeAlias

from desync.exchanges.plausible import is_plausible
from desync.smtp.client import nonstandard_ends, read_prompt
from desync.smtp.command import read_command
from desync.smtp.foreign import Foreign, is_client_hello
from desync.smtp.prompt import CONNECTION, Phase, Prompt
from desync.smtp.reply import Reply
from desync.smtp.server import Replies
from desync.tcp.stream import Stream

Certainty: TypeAlias = Literal["forced", "aligned", "ambiguous"]

MISSING: Final = 9
"""Cost of a prompt that no reply answers."""
SURPLUS: Final = 9
"""Cost of a reply that answers no prompt. One implausible code is cheaper than both: a forced
pairing with an odd code is a finding, not a repair."""
IMPLAUSIBLE: Final = 10
UNASKED: Final = 2
"""Cost of a reply that left before the server had any prompt that it could answer."""
NONSTANDARD: Final = 5
IN_A_HOLE: Final = 1
"""Cost of a missing or surplus reply where the capture has a hole that may hold its partner."""
HEADLESS: Final = 2
MOST_STEPS: Final = 20_000
"""States that the search looks at before it gives up and takes the order of the streams."""


class State(NamedTuple):
    """A point in the dialogue: what the server reads next, and its next reply."""

    offset: int
    phase: Phase
    reply: int
    accepted: int = 0
    more: int = 0
    lmtp: bool = False
    per_recipient: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A prompt with the reply that answers it, or one of them without the other.

    Attributes:
        prompt: None where nobody asked for the reply.
        reply: None where the prompt was not answered.
        certainty: ``forced`` where order and causality leave nothing else; else ``aligned``,
            or ``ambiguous`` where another pairing is as good.
    """

    prompt: Prompt | None
    reply: Reply | None
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Step:
    """One move from a state: what was read, and what it costs to read it so.

    Attributes:
        further: Whether the reply is one more to the prompt before (LMTP, PRDR).
    """

    prompt: Prompt | None
    reply: int | None
    after: State
    cost: int
    further: bool = False


@dataclass(frozen=True, slots=True)
class Pairing:
    """The dialogue of a connection as pairs, in the order of the client's stream.

    Attributes:
        pairs: Prompts with their replies, and replies without a prompt where they came.
        searched: Whether order alone did not do.
        phase: The phase at the end.
        offset: How much of the client's stream was read.
    """

    pairs: tuple[Pair, ...]
    searched: bool
    phase: Phase
    offset: int


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Both streams of a connection.

    Attributes:
        replies: The replies of the server's stream.
        offset: Where the dialogue begins in the client's stream.
        foreign: The protocol of octets, not lines, that the client speaks instead, or None.
    """

    client: Stream
    server: Stream
    replies: Replies
    offset: int = 0
    foreign: Foreign | None = None

    def client_octets(self, offset: int, count: int) -> bytes:
        """The octets that the client sent at ``offset``; none where a hole begins there."""
        run = self.client.run_at(offset)
        return b"" if run is None else run[1][offset - run[0] : offset - run[0] + count]

    def had(self, reply: Reply) -> int | None:
        """How much of the client's stream the server's TCP had when the reply left."""
        sent = self.server.sent(reply.octets[0])
        return None if sent is None else sent.acknowledged

    def hole_before(self, index: int) -> bool:
        """Whether the capture has a hole right before a reply (or at the end of all)."""
        reply = self.replies.get(index)
        start = reply.octets[0] if reply else self.server.length
        earlier = self.replies.get(index - 1) if index else None
        begin = earlier.octets[1] if earlier else 0
        if index == 0 and self.server.origin == "first-seen":
            return True
        return any(gap.offset < start and gap.end > begin for gap in self.server.gaps) or bool(
            (earlier and not earlier.whole) or (reply and not reply.whole)
        )


def pair(dialogue: Dialogue) -> Pairing:
    """Pair the prompts of a connection with its replies."""
    steps, cost = _in_order(dialogue)
    searched = False
    if cost:
        better = _search(dialogue)
        if better is not None and better != steps:
            steps, searched = better, True
    pairs: list[Pair] = []
    for step in steps:
        prompt = pairs[-1].prompt if step.further else step.prompt
        if prompt is not None or step.reply is not None:
            pairs.append(_pair(dialogue, prompt, step.reply, searched=searched))
    last = steps[-1].after
    return Pairing(tuple(pairs), searched, last.phase, last.offset)


def _begin(dialogue: Dialogue) -> list[Step]:
    """The moves from nothing: the connection is answered by the greeting, or is not."""
    state = State(dialogue.offset, Phase.COMMAND, 0)
    greeting = dialogue.replies.get(0)
    unanswered = Step(CONNECTION, None, state, 0 if greeting is None or dialogue.hole_before(0) else MISSING)
    if greeting is None:
        return [unanswered]
    cost = 0 if is_plausible(CONNECTION, greeting.code) else IMPLAUSIBLE
    if dialogue.server.origin == "first-seen" and greeting.code != 220:
        return [unanswered]
    return [Step(CONNECTION, 0, state._replace(reply=1), cost), unanswered]


def _in_order(dialogue: Dialogue) -> tuple[list[Step], int]:
    """Pair by order alone.

    Returns:
        The steps, and their cost: 0 where nothing speaks against them.
    """
    steps = [_begin(dialogue)[0]]
    cost = steps[0].cost
    while moves := _moves(dialogue, steps[-1].after, only_first=True):
        steps.append(moves[0])
        cost += moves[0].cost
    holes = bool(dialogue.client.gaps or dialogue.server.gaps) or "first-seen" in (
        dialogue.client.origin,
        dialogue.server.origin,
    )
    odd = any(step.cost for step in steps if step.prompt is None or step.reply is not None)
    # Prompts that are never answered at the end are no reason to doubt the order; with holes anything is.
    return steps, cost + 1 if odd or (holes and cost) else 0


def _moves(dialogue: Dialogue, state: State, *, only_first: bool) -> list[Step]:
    """The moves from a state, the one that order suggests first; none at the end."""
    if state.phase is Phase.TURNED:
        return []
    reply = dialogue.replies.get(state.reply)
    if state.more:
        return _further_replies(dialogue, state, reply)
    prompts = _prompts(dialogue, state, only_first=only_first)
    if not prompts:
        return [_skip_reply(dialogue, state, reply, None)] if reply else []
    moves: list[Step] = []
    for prompt, extra in prompts:
        moves += [_add(step, extra) for step in _prompt_moves(dialogue, state, prompt, reply)]
        if only_first and moves:
            return moves[:1]
    if reply is not None:
        moves.append(_skip_reply(dialogue, state, reply, prompts[0][0]))
    return moves


def _add(step: Step, extra: int) -> Step:
    return step if not extra else Step(step.prompt, step.reply, step.after, step.cost + extra, step.further)


def _prompts(dialogue: Dialogue, state: State, *, only_first: bool) -> list[tuple[Prompt, int]]:
    """What the client may be taken to send next, each with what that reading costs."""
    if dialogue.foreign and state.offset == dialogue.offset and dialogue.client.length > state.offset:
        return [
            (Prompt("command", state.offset, dialogue.client.length, read_command(b""), terminated=False), 0)
        ]
    if state.phase in (Phase.COMMAND, Phase.STARTTLS):
        following = dialogue.client_octets(state.offset, 5)
        if state.phase is Phase.STARTTLS and not following:
            return []
        if is_client_hello(following):
            return []
    prompt = read_prompt(dialogue.client, state.offset, state.phase)
    if prompt is None:
        return []
    found = [(prompt, 0)]
    if not only_first and state.phase is Phase.MAIL_DATA:
        found += [(other, NONSTANDARD) for other in nonstandard_ends(dialogue.client, state.offset)]
    return found


def _prompt_moves(dialogue: Dialogue, state: State, prompt: Prompt, reply: Reply | None) -> list[Step]:
    """A prompt answered by the next reply, or by none."""
    moves: list[Step] = []
    if reply is not None and (
        prompt.terminated or (prompt.kind in ("mail-data", "bdat") and _may_answer(dialogue, prompt, reply))
    ):
        if not _may_answer(dialogue, prompt, reply):
            # It left before the server had the prompt: it answers nothing that comes later either.
            return [_skip_reply(dialogue, state, reply, prompt)]
        if reply.code is None:
            return [_skip_reply(dialogue, state, reply, prompt)]
        cost = 0 if is_plausible(prompt, reply.code) else IMPLAUSIBLE
        moves.append(Step(prompt, state.reply, _after(state, prompt, reply), cost))
    cost = (
        0
        if not prompt.terminated
        else IN_A_HOLE
        if dialogue.hole_before(state.reply)
        else HEADLESS
        if not prompt.whole
        else MISSING
    )
    moves.append(Step(prompt, None, _after(state, prompt, None), cost))
    return moves


def _further_replies(dialogue: Dialogue, state: State, reply: Reply | None) -> list[Step]:
    """The second and later replies to one end of mail data (LMTP, PRDR)."""
    if reply is None or reply.code is None or not (200 <= reply.code < 300 or reply.code >= 400):
        return [Step(None, None, state._replace(more=0), MISSING if reply else 0)]
    return [
        Step(None, state.reply, state._replace(more=state.more - 1, reply=state.reply + 1), 0, further=True)
    ]


def _skip_reply(dialogue: Dialogue, state: State, reply: Reply | None, prompt: Prompt | None) -> Step:
    """A reply that answers nothing."""
    if reply is None:
        return Step(None, None, state, 0)
    return Step(None, state.reply, state._replace(reply=state.reply + 1), _cost_of_skipping(dialogue, reply, prompt))


def _cost_of_skipping(dialogue: Dialogue, reply: Reply, prompt: Prompt | None) -> int:
    if reply.code is None or not reply.complete or reply.code == 421:
        return 0
    had = dialogue.had(reply)
    lost = any(had is None or gap.end <= had for gap in dialogue.client.gaps)
    if lost or dialogue.hole_before(reply.index) or dialogue.client.origin == "first-seen":
        return IN_A_HOLE
    return UNASKED if prompt is not None and had is not None and had < prompt.end else SURPLUS


def _may_answer(dialogue: Dialogue, prompt: Prompt, reply: Reply) -> bool:
    """Whether the server's TCP had the prompt when the reply left.

    Mail data and chunks may be refused before they have ended.
    """
    had = dialogue.had(reply)
    if prompt.terminated and (had is None or had >= prompt.end or prompt.inferred):
        return True
    if had is None:
        return False
    code = reply.code
    early = prompt.kind in ("mail-data", "bdat") and code is not None and code >= 400 and code != 421
    return early and had > prompt.start


def _after(state: State, prompt: Prompt, reply: Reply | None) -> State:
    """The state behind a prompt and the reply to it."""
    after = state._replace(
        offset=max(prompt.end, state.offset),
        phase=_next_phase(prompt, reply),
        more=0,
        reply=state.reply + (reply is not None),
    )
    positive = reply is not None and reply.is_positive
    verb = prompt.verb
    if verb in ("EHLO", "HELO", "LHLO") and positive:
        return after._replace(lmtp=verb == "LHLO", accepted=0, per_recipient=False)
    if verb == "MAIL":
        return after._replace(accepted=0, per_recipient=b"PRDR" in prompt.text.upper().split(b" "))
    if verb == "RCPT":
        return after._replace(accepted=state.accepted + positive)
    if prompt.kind == "mail-data" or (prompt.command and prompt.command.last):
        more = 0
        if reply is not None and state.lmtp:
            # RFC 2033, section 4.2: one reply for each accepted recipient.
            more = max(state.accepted - 1, 0)
        elif reply is not None and state.per_recipient and reply.code == 353:
            more = state.accepted + 1
        return after._replace(accepted=0, more=more)
    return after


def _next_phase(prompt: Prompt, reply: Reply | None) -> Phase:
    code = reply.code if reply else None
    verb = prompt.verb
    if prompt.kind == "command" and verb == "DATA":
        # What follows a DATA that was never answered is mail data.
        return Phase.MAIL_DATA if code is None or 300 <= code < 400 else Phase.COMMAND
    if (verb == "AUTH" or prompt.kind == "auth") and code == 334:
        return Phase.AUTH
    if verb == "STARTTLS" and code == 220:
        return Phase.STARTTLS
    if verb in ("TURN", "ATRN") and code == 250:
        return Phase.TURNED
    return Phase.COMMAND


def _search(dialogue: Dialogue) -> list[Step] | None:
    """Find the cheapest reading: Dijkstra over the states of the dialogue.

    Equal costs are settled by what order suggests, so that the result does not depend on chance.
    """
    ways: list[tuple[int | None, Step]] = []
    heap: list[tuple[int, tuple[int, ...], int]] = []
    for rank, step in enumerate(_begin(dialogue)):
        ways.append((None, step))
        heappush(heap, (step.cost, (rank,), len(ways) - 1))
    settled: set[State] = set()
    for _ in range(MOST_STEPS):
        if not heap:
            return None
        cost, _, index = heappop(heap)
        state = ways[index][1].after
        if state in settled:
            continue
        settled.add(state)
        moves = _moves(dialogue, state, only_first=False)
        if not moves:
            return _way_to(ways, index)
        for number, step in enumerate(moves):
            if step.after not in settled:
                ways.append((index, step))
                # Further on first, so that a straight way is walked to its end before others are tried.
                heappush(
                    heap, (cost + step.cost, (-step.after.offset, -step.after.reply, number), len(ways) - 1)
                )
    return None


def _way_to(ways: list[tuple[int | None, Step]], index: int | None) -> list[Step]:
    steps = []
    while index is not None:
        before, step = ways[index]
        steps.append(step)
        index = before
    return steps[::-1]


def _pair(dialogue: Dialogue, prompt: Prompt | None, index: int | None, *, searched: bool) -> Pair:
    reply = dialogue.replies.get(index) if index is not None else None
    client, server = dialogue.client, dialogue.server
    sure = client.origin == server.origin == "syn" and not searched
    sure = sure and (
        prompt is None or (prompt.whole and client.first_gap >= prompt.end and not prompt.inferred)
    )
    sure = sure and server.first_gap >= (reply.octets[1] if reply else server.length)
    return Pair(prompt, reply, "forced" if sure else "aligned")
