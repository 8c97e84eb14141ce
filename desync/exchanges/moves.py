"""The moves of a dialogue: what may come next from a given point, and how strange that would be.

A point is what the server reads next and which reply is its next. From there the client's next
prompt is answered by that reply, or by none, or the reply answers nothing. May know phases,
plausible codes and causality (a reply whose segment does not acknowledge a prompt's end cannot
answer it); must not choose.
"""

from typing import NamedTuple

from desync.exchanges.costs import (
    ANOTHERS,
    EARLY,
    HEADLESS,
    IMPLAUSIBLE,
    IN_A_HOLE,
    LAG,
    MISSING,
    NO_MORE,
    NONSTANDARD,
    SURPLUS,
    TAKEN,
    UNASKED,
    UNSWALLOWED,
)
from desync.exchanges.dialogue import Dialogue
from desync.exchanges.plausible import ONLY_ONE_ANSWERS, is_plausible
from desync.exchanges.state import State, state_after
from desync.smtp.client import nonstandard_ends, read_prompt, without_chunk
from desync.smtp.command import Command, read_command
from desync.smtp.foreign import is_client_hello
from desync.smtp.marks import BEHIND
from desync.smtp.prompt import CONNECTION, Phase, Prompt
from desync.smtp.reply import Reply


class Step(NamedTuple):
    """One move from a state: what was read, and what it costs to read it so.

    Attributes:
        further: Whether the reply is one more to the prompt before (LMTP, PRDR).
    """

    prompt: Prompt | None
    reply: int | None
    after: State
    cost: int
    further: bool = False


def begin(dialogue: Dialogue) -> list[Step]:
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


def first_move(dialogue: Dialogue, state: State) -> Step | None:
    """The move that order suggests; None at the end."""
    if state.phase is Phase.TURNED:
        return _too_early(dialogue, state)
    reply = dialogue.replies.get(state.reply)
    if state.more:
        return _further_reply(state, reply)
    prompt = _prompt(dialogue, state)
    if prompt is None:
        # Behind the plain text there are no replies, only what looks like some.
        encrypted = _is_encrypted(dialogue, state)
        return _skip_reply(dialogue, state, reply, None) if reply is not None and not encrypted else None
    return _answer(dialogue, state, prompt, reply) or _silence(dialogue, state, prompt)


def moves(dialogue: Dialogue, state: State) -> list[Step]:
    """All moves from a state, the one that order suggests first; none at the end."""
    first = first_move(dialogue, state)
    if first is None or state.more or state.phase is Phase.TURNED:
        return [first] if first is not None else []
    prompt = _prompt(dialogue, state)
    if prompt is None:
        return [first]
    reply = dialogue.replies.get(state.reply)
    readings = [(prompt, 0)]
    if state.phase is Phase.MAIL_DATA:
        readings += _other_ends(dialogue, state, prompt, reply)
    found: list[Step] = []
    for one, strange in readings:
        extra = strange
        if dialogue.has_holes and state.reply and dialogue.was_early(one, state.reply - 1):
            extra += EARLY
        answer = _answer(dialogue, state, one, reply)
        if answer is not None:
            # The lines of a chunk come at once: each reply to one of them lags behind.
            several = [answer] if state.chunk else _readings(dialogue, answer, reply)
            found += [_add(each, extra) for each in several]
        if answer is None or answer.prompt is not None:
            found.append(_add(_silence(dialogue, state, one), extra))
    found += _unswallowed(dialogue, state, prompt, reply)
    if reply is not None:
        found.append(_skip_reply(dialogue, state, reply, prompt))
    return found


def _other_ends(
    dialogue: Dialogue, state: State, prompt: Prompt, reply: Reply | None
) -> list[tuple[Prompt, int]]:
    """The mail data with each non-standard end that the next reply may answer, and how strange that is."""
    if reply is None:
        return []
    had = dialogue.had(reply)
    end = prompt.end if prompt.terminated else dialogue.client.length + BEHIND
    if had is not None:
        end = min(end, had + BEHIND)
    return [
        (other, _cost_of_end(dialogue, other, prompt, reply))
        for other in nonstandard_ends(dialogue.client, state.offset, end)
    ]


def _cost_of_end(dialogue: Dialogue, other: Prompt, prompt: Prompt, reply: Reply | None) -> int:
    """How strange a non-standard end is: little, where the server took the message and had no other end."""
    had = dialogue.had(reply) if reply is not None else None
    if reply is None or had is None or had < other.end or (prompt.terminated and had >= prompt.end):
        return NONSTANDARD
    return TAKEN if reply.is_positive and is_plausible(other, reply.code) else NONSTANDARD


def _unswallowed(dialogue: Dialogue, state: State, prompt: Prompt, reply: Reply | None) -> list[Step]:
    """A BDAT that was refused, and the octets of its chunk read as commands.

    RFC 3030, section 2: the server must accept and discard them; not all do.
    """
    alone = without_chunk(dialogue.client, prompt)
    if alone is None or prompt.command is None or reply is None or (reply.code or 0) < 400:
        return []
    step = _answer(dialogue, state, alone, reply)
    if step is None or step.prompt is None:
        return []
    chunk = alone.end + (prompt.command.chunk or 0)
    return [_add(step._replace(after=step.after._replace(chunk=chunk)), UNSWALLOWED)]


def _readings(dialogue: Dialogue, answer: Step, reply: Reply | None) -> list[Step]:
    """What an answer may lead to: a DATA that drew another positive code may have been accepted."""
    prompt = answer.prompt
    if prompt is None or reply is None:
        return [answer]
    had = dialogue.had(reply)
    later = had is not None and min(had, dialogue.client.length) > prompt.end
    step = answer._replace(cost=answer.cost + (LAG if later else 0))
    if prompt.verb != "DATA" or reply.code is None or not 200 <= reply.code < 300:
        return [step]
    accepted = step.after._replace(phase=Phase.MAIL_DATA)
    return [step, step._replace(after=accepted)]


def _add(step: Step, extra: int) -> Step:
    return step if not extra else Step(step.prompt, step.reply, step.after, step.cost + extra, step.further)


def _prompt(dialogue: Dialogue, state: State) -> Prompt | None:
    """What the client sends next; None at the end of its plain text."""
    client, offset = dialogue.client, state.offset
    if dialogue.foreign and offset == dialogue.offset and client.length > offset:
        return Prompt("command", offset, client.length, read_command(b""), terminated=False)
    if _is_encrypted(dialogue, state):
        return None
    if state.chunk and dialogue.replies.get(state.reply) is None and offset < client.length:
        # No line of the chunk draws a reply any more: the rest of it is one thing.
        end = min(state.chunk, client.length)
        text = dialogue.client_octets(offset, end - offset)
        return Prompt("command", offset, end, Command(None, text, text), text, terminated=text[-1:] == b"\n")
    return read_prompt(client, offset, state.phase)


def _is_encrypted(dialogue: Dialogue, state: State) -> bool:
    """Whether the client goes on with a TLS handshake, or may, where the capture does not show it."""
    if state.phase is not Phase.COMMAND and state.phase is not Phase.STARTTLS:
        return False
    following = dialogue.client_octets(state.offset, 5)
    return is_client_hello(following) or (state.phase is Phase.STARTTLS and not following)


def _answer(dialogue: Dialogue, state: State, prompt: Prompt, reply: Reply | None) -> Step | None:
    """A prompt answered by the next reply; or that reply, where it cannot answer it, skipped.

    None where the prompt is answered by nothing.
    """
    if reply is None:
        return None
    may = _may_answer(dialogue, prompt, reply)
    if not prompt.terminated and not (
        may and (prompt.kind in ("mail-data", "bdat") or dialogue.had_all(reply))
    ):
        return None
    if not may or reply.code is None:
        # It left before the server had the prompt, or is no reply: it answers nothing later either.
        return _skip_reply(dialogue, state, reply, prompt)
    return Step(
        prompt, state.reply, state_after(state, prompt, reply), _cost_of_code(dialogue, prompt, reply)
    )


def _cost_of_code(dialogue: Dialogue, prompt: Prompt, reply: Reply) -> int:
    if is_plausible(prompt, reply.code):
        return 0
    had = dialogue.had(reply)
    return ANOTHERS if reply.code in ONLY_ONE_ANSWERS and (had is None or had > prompt.end) else IMPLAUSIBLE


def _silence(dialogue: Dialogue, state: State, prompt: Prompt) -> Step:
    """A prompt that nothing answers."""
    return Step(prompt, None, state_after(state, prompt, None), _cost_of_silence(dialogue, state, prompt))


def _cost_of_silence(dialogue: Dialogue, state: State, prompt: Prompt) -> int:
    if not prompt.terminated:
        return 0
    if dialogue.hole_before(state.reply):
        return IN_A_HOLE
    if not prompt.whole:
        return HEADLESS
    return MISSING if dialogue.replies.get(state.reply) is not None else NO_MORE


def _too_early(dialogue: Dialogue, state: State) -> Step | None:
    """What a client sends before it knows that the roles have changed; behind that it sends replies."""
    prompt = read_prompt(dialogue.client, state.offset, Phase.COMMAND)
    if prompt is None or not dialogue.was_early(prompt, state.reply - 1):
        return None
    return Step(prompt, None, state._replace(offset=max(prompt.end, state.offset)), 0)


def _further_reply(state: State, reply: Reply | None) -> Step:
    """A second or later reply to one end of mail data (LMTP, PRDR)."""
    if reply is None or reply.code is None or not (200 <= reply.code < 300 or reply.code >= 400):
        return Step(None, None, state._replace(more=0), MISSING if reply else 0)
    after = state._replace(more=state.more - 1, reply=state.reply + 1)
    return Step(None, state.reply, after, 0, further=True)


def _skip_reply(dialogue: Dialogue, state: State, reply: Reply | None, prompt: Prompt | None) -> Step:
    """A reply that answers nothing."""
    if reply is None:
        return Step(None, None, state, 0)
    return Step(
        None, state.reply, state._replace(reply=state.reply + 1), _cost_of_skipping(dialogue, reply, prompt)
    )


def _cost_of_skipping(dialogue: Dialogue, reply: Reply, prompt: Prompt | None) -> int:
    if reply.code is None or not reply.complete or reply.code == 421:
        return 0
    had = dialogue.had(reply)
    gaps = dialogue.client.gaps
    lost = bool(gaps) and (had is None or gaps[0].end <= had)
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
    if not prompt.terminated and dialogue.had_all(reply):
        # The client has finished: what stands before its FIN is a line, ended or not.
        return True
    if had is None:
        return False
    code = reply.code
    early = prompt.kind in ("mail-data", "bdat") and code is not None and code >= 400 and code != 421
    return early and had > prompt.start
