"""A point in a dialogue, and how a prompt and the reply to it lead to the next.

May know phases and how many replies a prompt draws; must not know which reply answers it.
"""

from typing import NamedTuple

from desync.smtp.command import HELLOS
from desync.smtp.prompt import Phase, Prompt
from desync.smtp.reply import Reply


class State(NamedTuple):
    """A point in the dialogue: what the server reads next, and its next reply.

    Attributes:
        offset: Where in the client's stream the server reads on.
        phase: What it reads there.
        reply: Number of its next reply.
        accepted: Recipients accepted for the message so far.
        more: Replies to come to the prompt before.
        lmtp, per_recipient: Whether the end of mail data draws a reply for each recipient.
        chunk: Up to where the server reads the octets of a refused chunk as commands; 0: nowhere.
    """

    offset: int
    phase: Phase
    reply: int
    accepted: int = 0
    more: int = 0
    lmtp: bool = False
    per_recipient: bool = False
    chunk: int = 0


def state_after(state: State, prompt: Prompt, reply: Reply | None) -> State:
    """The state behind a prompt and the reply to it."""
    positive = reply is not None and reply.is_positive
    verb = prompt.verb
    accepted, more, lmtp, per_recipient = state.accepted, 0, state.lmtp, state.per_recipient
    if verb == "RCPT":
        accepted += positive
    elif verb == "MAIL":
        accepted, per_recipient = 0, b"PRDR" in prompt.text.upper().split(b" ")
    elif verb in HELLOS and positive:
        accepted, lmtp, per_recipient = 0, verb == "LHLO", False
    elif prompt.kind == "mail-data" or (prompt.kind == "bdat" and prompt.command and prompt.command.last):
        if reply is not None and lmtp:
            # RFC 2033, section 4.2: one reply for each accepted recipient.
            more = max(accepted - 1, 0)
        elif reply is not None and per_recipient and reply.code == 353:
            more = accepted + 1
        accepted = 0
    offset = max(prompt.end, state.offset)
    following = state.reply + (reply is not None)
    chunk = state.chunk if offset < state.chunk else 0
    return State(offset, _next_phase(prompt, reply), following, accepted, more, lmtp, per_recipient, chunk)


def _next_phase(prompt: Prompt, reply: Reply | None) -> Phase:
    code = reply.code if reply is not None else None
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
