"""What of a conversation is private, overwritten; the rest as it was, or with names replaced.

    overwritten     mail text, wherever it was sent; answers and initial responses of AUTH; challenges;
                    lines that are no known command; replies that repeat any of these; all that was
                    not understood
    left            replies, commands, TLS records

The privacy itself is ``exchanges.privacy``'s. May know conversations; must not know frames.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.privacy import MASK, private_replies, shown_octets
from desync.report.evidence import masks
from desync.report.evidence.veil import Veil
from desync.smtp.command import looks_like_command
from desync.smtp.foreign import is_tls
from desync.smtp.prefix import Prefix
from desync.smtp.reply import Reply

LONGEST_COMMAND: Final = 600
"""Octets in which a command's line ends."""

HELLO_OCTETS: Final = 11
"""Of a TLS record: its header, the handshake's and the version. The server's name comes later."""

FOREIGN_OCTETS: Final = {"SOCKS": 2, "RDP": 4, "SMB": 8}
"""First octets that tell a protocol (``smtp.foreign``)."""

Rename: TypeAlias = Callable[[bytes], bytes] | None
"""Replaces names in whole lines, at the same length; None where none are to be."""


def veil_of(
    conversation: Conversation,
    others: Sequence[Conversation] = (),
    *,
    client: bool,
    redacted: bool,
    rename: Rename,
) -> Veil:
    """One side's stream, ready to be handed on.

    Args:
        conversation: The conversation.
        others: What it would be with other copies of octets that differ.
        client: Whether the client's stream is wanted, else the server's.
        redacted: Whether what is private is overwritten.
        rename: Replaces names.
    """
    connection = conversation.connection
    stream = connection.client_stream if client else connection.server_stream
    # What nothing below speaks of was not understood.
    unknown = masks.mask_data if client else masks.mask_replies
    veil = Veil(stream, [bytearray(unknown(octets) if redacted else octets) for _, octets in stream.runs])
    if redacted or rename is not None:
        if client:
            _client(veil, conversation, redacted=redacted, rename=rename)
        else:
            repeated = [reply.octets for one in others for reply in private_replies(one)]
            _server(veil, conversation, frozenset(repeated), redacted=redacted, rename=rename)
    _encrypted(veil, conversation, client=client, rename=rename)
    return veil


def _client(veil: Veil, conversation: Conversation, *, redacted: bool, rename: Rename) -> None:
    if conversation.prefix is not None:
        _prefix(veil, conversation.prefix, redacted=redacted, rename=rename)
    for one in conversation.exchanges:
        if one.octets is None or one.again:
            continue
        if one.prompt.kind == "mail-data":
            _data(veil, one.prompt.start, one.prompt.end, redacted=redacted, rename=rename)
        elif not one.prompt.text and conversation.foreign is not None:
            _foreign(veil, conversation, one)
        else:
            _line(veil, conversation, one, redacted=redacted, rename=rename)
    for one in conversation.exchanges if redacted else ():
        if one.prompt.kind == "bdat":
            _cut_command(veil, one.prompt.start, one.prompt.end)


def _cut_command(veil: Veil, start: int, end: int) -> None:
    """Let a command keep its verb in whose midst a chunk ends that was announced too long."""
    before, behind = veil.pieces(start, end)[-1:], veil.pieces(end, end + LONGEST_COMMAND)[:1]
    if not before or not behind or behind[0][0] != end:
        return
    begun = before[0][1].rpartition(b"\n")[2]
    line = begun + behind[0][1].partition(b"\n")[0] + b"\n"
    if begun and looks_like_command(line.rstrip(b"\r\n")):
        veil.put(end - len(begun), masks.mask_data(line))


def _line(veil: Veil, conversation: Conversation, one: Exchange, *, redacted: bool, rename: Rename) -> None:
    """A command with what follows it, or an answer in an AUTH exchange."""
    prompt, text = one.prompt, one.prompt.text
    behind = prompt.start + len(text)
    end = prompt.end
    if prompt.kind == "bdat":
        end = behind + next((2 for _, octets in veil.pieces(behind, behind + 2) if octets == b"\r\n"), 1)
    stands = _masked(conversation, one) if redacted else text
    renamed = rename(stands) if rename is not None else stands
    veil.put(prompt.start, renamed)
    # A line's ending, and nothing else.
    veil.show(behind, min(end, behind + 2))
    if prompt.kind == "bdat":
        _data(veil, end, prompt.end, redacted=redacted, rename=rename)


def _masked(conversation: Conversation, one: Exchange) -> bytes:
    command, text = one.prompt.command, one.prompt.text
    if one.prompt.kind == "auth":
        return masks.mask_auth(text)
    if command is None or command.verb is None or b"\n" in text:
        return masks.mask_line(text)
    shown = shown_octets(conversation, one)
    return masks.mask_argument(command, shown) if shown < len(text) else text


def _data(veil: Veil, start: int, end: int, *, redacted: bool, rename: Rename) -> None:
    for low, octets in veil.pieces(start, end):
        stands = masks.mask_data(octets) if redacted else octets
        veil.put(low, rename(stands) if rename is not None and not redacted else stands)


def _foreign(veil: Veil, conversation: Conversation, one: Exchange) -> None:
    """Another protocol's octets: enough of them to know it by."""
    start, end = one.prompt.start, one.prompt.end
    if conversation.foreign == "TLS":
        veil.show_encrypted(start)
        return
    veil.show(start, min(end, start + FOREIGN_OCTETS.get(conversation.foreign or "", 0)))


def _server(
    veil: Veil,
    conversation: Conversation,
    repeated: frozenset[tuple[int, int]],
    *,
    redacted: bool,
    rename: Rename,
) -> None:
    if conversation.prefix is not None:
        veil.show(0, conversation.prefix.server)
    hidden = private_replies(conversation)
    client = conversation.connection.client_stream
    holed = bool(client.gaps) or client.origin == "first-seen"
    for reply in conversation.replies:
        asked = conversation.asked(reply)
        private = redacted and (
            reply in hidden or reply.octets in repeated or (holed and _may_quote(reply, asked))
        )
        extensions = asked is not None and asked.prompt.verb in ("EHLO", "LHLO")
        for number, part in enumerate(reply.lines):
            line = part.line
            keyword = extensions and number > 0
            stands = masks.mask_reply(line.text, keyword=keyword) if private else line.text
            veil.put(line.start, rename(stands) if rename is not None else stands)
            veil.show(line.start + len(line.text), line.end)
    behind = max((reply.octets[1] for reply in conversation.replies), default=0)
    for low, octets in veil.pieces(behind, behind + 3):
        # Behind what was read a server that was spoken to in TLS answers in TLS.
        if low == behind and is_tls(octets) and conversation.encryption is None:
            veil.show_encrypted(behind, HELLO_OCTETS if rename is not None else None)


def _may_quote(reply: Reply, asked: Exchange | None) -> bool:
    """Whether a reply may repeat a line that was not captured: a refusal of nothing that is known."""
    refused = reply.code is None or reply.code >= 400
    return refused and (asked is None or asked.prompt.verb is None)


def _prefix(veil: Veil, prefix: Prefix, *, redacted: bool, rename: Rename) -> None:
    """A proxy's words; a name and a password in them are secrets, as are the headers of HTTP."""
    octets = veil.stream.slice(0, prefix.client)
    stands = octets
    if redacted and prefix.name == "socks5" and octets[1:2]:
        # The method's numbers, then user name and password (RFC 1929), then the request.
        request = octets.rfind(b"\x05\x01\x00")
        first = 2 + octets[1]
        if request > first + 2 and octets[first : first + 1] == b"\x01":
            name = octets[first + 1]
            middle = first + 2 + name
            stands = (
                octets[: first + 2]
                + MASK * name
                + octets[middle : middle + 1]
                + MASK * (request - middle - 1)
                + octets[request:]
            )
    elif redacted and prefix.name == "socks4" and (end := octets.find(b"\0", 8)) > 0:
        stands = octets[:8] + MASK * (end - 8) + octets[end:]
    elif redacted and prefix.name == "http-connect":
        line, ending, headers = octets.partition(b"\r\n")
        stands = line + ending + masks.mask_text(headers)
    if rename is not None and prefix.name in ("proxy", "http-connect"):
        stands = (
            rename(stands)
            if stands.startswith((b"PROXY ", b"CONNECT "))
            else stands[:16] + bytes(len(stands) - 16)
        )
    veil.put(0, stands)


def _encrypted(veil: Veil, conversation: Conversation, *, client: bool, rename: Rename) -> None:
    encryption = conversation.encryption
    start = None if encryption is None else encryption.client if client else encryption.server
    if start is not None:
        veil.show_encrypted(start, HELLO_OCTETS if rename is not None else None)
