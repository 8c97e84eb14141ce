"""Which reply answers which prompt. Nobody else pairs.

Pairs are made by order and checked by causality: a reply whose segment does not acknowledge a
prompt's end cannot answer it. Where order alone leaves replies over, or pairs them with codes
that the prompt cannot draw, or where the capture has a hole, the cheapest reading is searched.
May know what each side sent; must not know when, nor what is wrong.
"""

from typing import Final, NamedTuple

from desync.exchanges.dialogue import Dialogue
from desync.exchanges.moves import Step, begin, first_move
from desync.exchanges.search import search
from desync.exchanges.standing import Certainty
from desync.smtp.prompt import CONNECTION, Phase, Prompt
from desync.smtp.reply import Reply


class Pair(NamedTuple):
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


class Pairing(NamedTuple):
    """The dialogue of a connection as pairs, in the order of the client's stream.

    Attributes:
        pairs: Prompts with their replies, and replies without a prompt where they came.
        searched: Whether order alone did not do.
        phase: The phase at the end.
        offset: How much of the client's stream was read.
        cost: 0 where nothing speaks against pairing by order alone.
    """

    pairs: tuple[Pair, ...]
    searched: bool
    phase: Phase
    offset: int
    cost: int = 0


NOTHING_SAID: Final = Pairing(
    (Pair(CONNECTION, None, "forced"),), searched=False, phase=Phase.STARTTLS, offset=0
)
"""The pairing of a connection that was encrypted from its first octet."""


def pair(dialogue: Dialogue) -> Pairing:
    """Pair the prompts of a connection with its replies."""
    steps, cost = _in_order(dialogue)
    # Up to where order and the cheapest reading part, nothing else is possible.
    forced = len(steps)
    if cost and (better := search(dialogue)) is not None:
        forced = next(
            (at for at, (one, other) in enumerate(zip(steps, better, strict=False)) if _part(one, other)),
            forced,
        )
        searched = forced < len(steps) or len(steps) != len(better)
        steps = better
    else:
        searched = False
    pairs: list[Pair] = []
    for at, step in enumerate(steps):
        prompt = pairs[-1].prompt if step.further else step.prompt
        if prompt is not None or step.reply is not None:
            pairs.append(_pair(dialogue, prompt, step.reply, searched=at >= forced))
    last = steps[-1].after
    return Pairing(tuple(pairs), searched, last.phase, last.offset, cost)


def _part(one: Step, other: Step) -> bool:
    """Whether two readings differ in a step; what it costs or leads to is no difference."""
    return (one.prompt, one.reply) != (other.prompt, other.reply)


def _in_order(dialogue: Dialogue) -> tuple[list[Step], int]:
    """Pair by order alone.

    Returns:
        The steps, and their cost: 0 where nothing speaks against them.
    """
    steps = [begin(dialogue)[0]]
    cost = steps[0].cost
    while (step := first_move(dialogue, steps[-1].after)) is not None:
        steps.append(step)
        cost += step.cost
    odd = any(step.cost for step in steps if step.prompt is None or step.reply is not None)
    # Prompts that are never answered at the end are no reason to doubt the order; with holes anything is.
    return steps, cost + 1 if odd or (dialogue.has_holes and cost) else 0


def _pair(dialogue: Dialogue, prompt: Prompt | None, index: int | None, *, searched: bool) -> Pair:
    reply = dialogue.replies.get(index) if index is not None else None
    client, server = dialogue.client, dialogue.server
    sure = client.origin == server.origin == "syn" and not searched
    sure = sure and (
        prompt is None or (prompt.whole and client.first_gap >= prompt.end and not prompt.inferred)
    )
    sure = sure and server.first_gap >= (reply.octets[1] if reply else server.length)
    return Pair(prompt, reply, "forced" if sure else "aligned")
