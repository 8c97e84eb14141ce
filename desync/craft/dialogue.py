r"""Read a written dialogue: the language of ``desync craft``.

May know how a dialogue is laid out; must not know packets and files.

A dialogue has a head of keys, a line ``---``, and below it what was said::

    # The story, for whoever reads it.
    capture: snoop
    client: 192.0.2.17:1042
    server: 198.51.100.25:25
    rtt: client 40ms server 0ms
    ---
    handshake
    S: 220 mx.example.org \
    C: HELO gw.example.net
    S[unprompted +10ms]: Example mail server ready
    S[after HELO]: 250 mx.example.org
    close

Empty lines and lines that begin with ``#`` are left out. One line is one segment.

What is said
    C: TEXT             The client sends TEXT and CRLF in one segment; S: the server does.
    + TEXT              A further line in the same segment; may be indented.
    TEXT\               A backslash at the end: no CRLF, the segment ends here.
    \r \n \t \0 \\ \xNN Single octets. A bare line feed: ``TEXT\n\``.

    More octets than the MSS leave in several segments. A line waits for all that the other
    side sent above it to arrive, and then for its program to think. It acknowledges what had
    arrived when it left, so an acknowledgment has to be written down only to lie.

Options, in brackets: ``C[+250ms ack=17]: QUIT``
    When
    +250ms              Later by this much.
    after TEXT          Waits only for the last line above that holds TEXT ("..." with blanks).
    unprompted          Waits for nothing from the other side: counts from the sender's last line.
    detour 5ms          Passes the capture, and arrives, later by this; what follows does not wait.
    pieces N, every 1s  Cut into segments of N octets, one every second.

    Which octets
    ack=17              Acknowledges 17 octets of the other side's stream, whatever arrived.
    again, again A-B    Repeats the sender's last segment, or octets A to B of its stream, after
                        the sender's last line (give a delay). again of TEXT: the last one whose
                        line holds TEXT. With a text of its own: other octets, same place.
    at N                The text lies at offset N of the sender's stream.
    repeat N            The text N times. hex: the text is hexadecimal digits, no CRLF is added.
    coalesced           Above the MSS, but one frame (segmentation offload).
    fin                 The segment carries the FIN as well.
    flags PA            These TCP flags instead.  window N   urgent N   ttl N   id N   vlan N,N

    What became of it
    lost                It arrived, but the capture does not hold it.
    dropped             The capture holds it, but it never arrived. Both: nobody saw it.
    duplicate           The capture holds it twice.
    late N              Recorded N frames later than it passed, with its own time.
    cut N               Only N octets of the frame are captured.
    fragment N          Sent in IP fragments of N octets (a multiple of 8); reversed: the last
                        first; lost-fragment K: without the K-th.
    bad-checksum, offload-checksum, zero-length      Wrong TCP checksum; only the pseudo-header
                        summed; IP total length 0.

Statements (options in brackets behind them)
    handshake           ``syn client``, ``syn server``, ``ack client``.
    close [SIDE]        SIDE (the server, if not said) and then the other side send a FIN.
    syn SIDE, ack SIDE, fin SIDE, reset SIDE     One segment without data.
    keep-alive SIDE     One octet below the next one; [octet]: with an octet in it.
    gap 40ms            The next line waits this much longer.
    clock +1h           From here on the capturing clock is wrong by this much more.
    capture both|client|server|nothing           From here on only their segments are captured.
    frame: 0102...      A frame of these octets, whatever they are.

Keys of the file
    capture             pcap, pcapng (each with ``ns``, ``big-endian`` behind it) or snoop.
    link                ethernet, cooked, cooked2, null, raw, or a LINKTYPE number (IP without a link
                        header under that number).
    snaplen N           Octets kept of each frame.    clock: running, zero, stopped.
    captured: twice     Each frame is in the file twice.   padding: yes  short frames are filled up.
    truncate N          The file lacks its last N octets.
    damage: zeros N before frame K               Octets that do not belong there; or ``garbage N``.

Keys of a connection
    client, server      Address and port; IPv6 in brackets.     client-mac, server-mac.
    start               Time of the first segment.
    rtt                 From the capture to each side and back: ``client 0ms server 40ms``.
    think               How long each program takes to answer (0.3ms).
    mss N, window N, isn: client N server N.
    acks                How long a lone acknowledgment is put off (40ms), or none.
    vlan                Tag for both, or ``client 100 server 200``; two tags: 100,200.
    checksums           good, offload, offload client, offload server.

A line ``===`` ends a connection; keys, ``---`` and the dialogue of another one follow. Keys
that it does not give stay as they are, except ``isn``; ``start: +2s`` counts from the first
connection's start. Frames of several connections are ordered by time.

The same text makes the same octets, always: nothing is random, and no clock is read.
"""

from dataclasses import dataclass, field

from desync.craft.header import (
    KEYS_OF_CONNECTION,
    KEYS_OF_FILE,
    Keys,
    read_connection,
    read_keys,
    read_recording,
)
from desync.craft.script import Connection, Dialogue
from desync.craft.steps import read_steps
from desync.craft.words import wrong

_Lines = list[tuple[int, str]]


@dataclass(slots=True)
class _Part:
    """The lines of one connection, above and below its ``---``, and the line that ends it."""

    head: _Lines = field(default_factory=list)
    body: _Lines | None = None
    end: tuple[int, str] = (0, "")


def read_dialogue(text: str) -> Dialogue:
    """Read a written dialogue.

    Args:
        text: The dialogue, in the language that this module's docstring describes.

    Returns:
        What it says; nothing is sent yet.

    Raises:
        DialogueError: A line cannot be read; the message names its number and what was expected.
    """
    parts = _parts(text)
    recording = None
    inherited: Keys = {}
    connections: list[Connection] = []
    for index, part in enumerate(parts):
        keys = read_keys(part.head, KEYS_OF_CONNECTION if index else KEYS_OF_CONNECTION | KEYS_OF_FILE)
        if part.body is None:
            raise wrong(part.end[0], "'---' and a dialogue below it", part.end[1])
        recording = recording or read_recording(keys)
        inherited = {name: value for name, value in inherited.items() if name != "isn"} | keys
        origin = connections[0].start if connections else 0
        connections.append(read_connection(inherited, index, origin, read_steps(part.body)))
    return Dialogue(recording or read_recording({}), tuple(connections))


def _parts(text: str) -> list[_Part]:
    """Divide the text at its ``---`` and ``===`` lines."""
    parts = [_Part()]
    for line, raw in enumerate(text.split("\n"), 1):
        written = raw.rstrip()
        if not written or written.lstrip().startswith("#"):
            continue
        part = parts[-1]
        if written == "===":
            part.end = (line, written)
            parts.append(_Part())
        elif written == "---" and part.body is None:
            part.body = []
        else:
            (part.head if part.body is None else part.body).append((line, written))
    parts[-1].end = (text.count("\n") + 1, "the end")
    return parts
