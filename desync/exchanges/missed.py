"""Octets that were passed over although the dialogue needed them.

What lies in mail data, in a chunk or behind the beginning of TLS may be passed over: nobody reads
it. Elsewhere lines are read, and what was passed over is missing. May know a dialogue and its
streams; must not know why octets were passed over.
"""

from bisect import bisect_right
from typing import TypeAlias

from desync.exchanges.conversation import Conversation
from desync.smtp.prompt import Prompt

Ranges: TypeAlias = list[tuple[int, int]]


def missed(conversation: Conversation) -> tuple[Ranges, Ranges]:
    """Find what was passed over and should have been read, of the client and of the server.

    Units:
        Half-open ranges of stream offsets.
    """
    connection = conversation.connection
    client, server = connection.client_stream.passed, connection.server_stream.passed
    if not client and not server:
        return [], []
    unread = conversation.pairing.offset
    spared = [(one.prompt.start, one.prompt.end) for one in conversation.exchanges if _is_unread(one.prompt)]
    encryption = conversation.encryption
    secret = encryption.server if encryption is not None else None
    return (
        [one for one in client if one[0] < unread and not _lies_in(one, spared)],
        [one for one in server if secret is None or one[0] < secret],
    )


def _is_unread(prompt: Prompt) -> bool:
    """Whether a prompt's octets are counted, not read: no line is looked for in them."""
    # What speaks another protocol is one prompt without a text.
    return prompt.kind in ("mail-data", "bdat") or (prompt.kind == "command" and not prompt.text)


def _lies_in(one: tuple[int, int], spared: Ranges) -> bool:
    index = bisect_right(spared, one[0], key=lambda each: each[0]) - 1
    return index >= 0 and one[1] <= spared[index][1]
