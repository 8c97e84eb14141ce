"""The moves of a dialogue: what may come next from a given point, and how strange that would be.

A point is what the server reads next and which reply is its next. From there the client's next
prompt is answered by that reply, or by none, or the reply answers nothing. May know phases,
plausible codes and causality (a reply whose segment does not acknowledge a prompt's end cannot
answer it); must not choose.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from desync.exchanges.dialogue import Dialogue
from desync.exchanges.plausible import is_plausible
from desync.smtp.client import nonstandard_ends, read_prompt
from desync.smtp.command import read_command
from desync.smtp.foreign import is_client_hello
from desync.smtp.prompt import CONNECTION, Phase, Prompt
from desync.smtp.reply import Reply

MISSING: Final = 9
"""Cost of a prompt that no reply answers."""
SURPLUS: Final = 9
"""Cost of a reply that answers no prompt. One implausible code is cheaper than both: a forced
pairing with an odd code is a finding, not a repair."""
IMPLAUSIBLE: Final = 10
UNASKED: Final = 2
"""Cost of a reply that left before the server had any prompt that it could answer."""
NONSTANDARD: Final = 5
IN_A_HOLE: Final = 2
"""Cost of a missing or surplus reply where the capture has a hole that may hold its partner."""
HEADLESS: Final = 2
EARLY: Final = 1
"""Cost of a prompt that left before the reply to the one before had arrived. Of two readings around
a hole that are as good else, the one that accuses nobody is taken."""


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


def moves(dialogue: Dialogue, state: State, *, only_first: bool) -> list[Step]:
    """The moves from a state, the one that order suggests first; none at the end."""
    if state.phase is Phase.TURNED:
        return []
    reply = dialogue.replies.get(state.reply)
    if state.more:
        return _further_replies(state, reply)
    prompts = _prompts(dialogue, state, only_first=only_first)
    if not prompts:
        return [_skip_reply(dialogue, state, reply, None)] if reply else []
    found: list[Step] = []
    for prompt, strange in prompts:
        extra = strange
        following = _prompt_moves(dialogue, state, prompt, reply)
        if only_first:
            return following[:1]
        extra += (
            EARLY if dialogue.has_holes and state.reply and dialogue.was_early(prompt, state.reply - 1) else 0
        )
        found += [_add(step, extra) for step in following]
    if reply is not None:
        found.append(_skip_reply(dialogue, state, reply, prompts[0][0]))
    return found


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
    moves.append(Step(prompt, None, _after(state, prompt, None), _cost_of_silence(dialogue, state, prompt)))
    return moves


def _cost_of_silence(dialogue: Dialogue, state: State, prompt: Prompt) -> int:
    if not prompt.terminated:
        return 0
    if dialogue.hole_before(state.reply):
        return IN_A_HOLE
    return MISSING if prompt.whole else HEADLESS


def _further_replies(state: State, reply: Reply | None) -> list[Step]:
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
    return Step(
        None, state.reply, state._replace(reply=state.reply + 1), _cost_of_skipping(dialogue, reply, prompt)
    )


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
