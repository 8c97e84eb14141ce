"""An exchange: a prompt, the reply to it, and what the client held when it sent the prompt.

Records evidence; judges nothing. Units: offsets count octets of the stream they are of.
"""

from dataclasses import dataclass

from desync.exchanges.standing import Certainty, Standing
from desync.smtp.prompt import Prompt
from desync.smtp.reply import Reply
from desync.tcp.stream import Sent


@dataclass(frozen=True, slots=True)
class Exchange:
    """A prompt with its reply and the evidence of the prompt's first octet.

    Attributes:
        index: Its number in the connection; 0 is the greeting.
        prompt: What was sent.
        reply: What answered it, or None.
        pairing: How sure that is.
        sent: The segments that first sent the prompt, in stream order.
        acknowledged: How much of the server's stream the first octet's first transmission
            acknowledged; None for the greeting and where that is not known.
        required: Index of the exchange whose reply must have been received before; None where
            nothing is required.
        required_end: End of that reply in the server's stream; None where it is not known.
        lead: How many earlier prompts had a last reply not wholly acknowledged.
        in_step: Whether ``acknowledged >= required_end``; None where that cannot be known.
        pipelining: Whether PIPELINING had been offered to the client; None where not known.
        standing: What the client held of the first outstanding reply; None where in step.
        again: Whether this is a further reply to the prompt before (LMTP, PRDR).
    """

    index: int
    prompt: Prompt
    reply: Reply | None
    pairing: Certainty
    sent: tuple[Sent, ...]
    acknowledged: int | None
    required: int | None
    required_end: int | None
    lead: int
    in_step: bool | None
    pipelining: bool | None
    standing: Standing | None
    again: bool

    @property
    def octets(self) -> tuple[int, int] | None:
        """Where the prompt lies in the client's stream; None for the greeting."""
        return None if self.prompt.kind == "connection" else (self.prompt.start, self.prompt.end)

    @property
    def reply_code(self) -> int | None:
        """The code of the reply, or None."""
        return self.reply.code if self.reply is not None else None
