"""Both streams of a connection, side by side, and what one tells of the other.

May know streams, prompts and replies; must not decide which reply answers which prompt.
"""

from typing import NamedTuple

from desync.exchanges.holes import is_holed
from desync.smtp.foreign import Foreign
from desync.smtp.prompt import Prompt
from desync.smtp.reply import Reply
from desync.smtp.server import Replies
from desync.tcp.stream import Stream


class Dialogue(NamedTuple):
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

    @property
    def has_holes(self) -> bool:
        """Whether octets of either side are missing, or what came before the capture."""
        return any(one.gaps or one.origin == "first-seen" for one in (self.client, self.server))

    def client_octets(self, offset: int, count: int) -> bytes:
        """The octets that the client sent at ``offset``; none where a hole begins there."""
        run = self.client.run_at(offset)
        return b"" if run is None else run[1][offset - run[0] : offset - run[0] + count]

    def had(self, reply: Reply) -> int | None:
        """How much of the client's stream the server's TCP had when the reply left."""
        sent = self.server.sent(reply.octets[0])
        return None if sent is None else sent.acknowledged

    def had_all(self, reply: Reply) -> bool:
        """Whether the server's TCP had the client's FIN when the reply left."""
        had = self.had(reply)
        return had is not None and had > self.client.length

    def hole_before(self, index: int) -> bool:
        """Whether the capture has a hole right before a reply (or at the end of all)."""
        reply = self.replies.get(index)
        start = reply.octets[0] if reply else self.server.length
        earlier = self.replies.get(index - 1) if index else None
        begin = earlier.octets[1] if earlier else 0
        if index == 0 and self.server.origin == "first-seen":
            return True
        if earlier is not None and not earlier.complete:
            begin = earlier.octets[0]
        return is_holed(self.server.gaps, begin, start)

    def was_early(self, prompt: Prompt, index: int) -> bool:
        """Whether a prompt left before the reply of this number had reached the client."""
        reply = self.replies.get(index)
        sent = self.client.sent(prompt.start)
        return reply is not None and sent is not None and sent.acknowledged < reply.octets[1]
