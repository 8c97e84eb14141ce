"""What is kept of an analysed connection: all that a report may print, and nothing private.

Values only, without octets of the capture, so that they travel between processes and to disk.
Message text and credentials end here: a record holds ``<n octets>`` in their place.
"""

import pickle
from typing import ClassVar, NamedTuple, TypeAlias

from desync.exchanges.fates import TrueOutcome, Verdict
from desync.exchanges.protocol import Encryption, Protocol
from desync.exchanges.reading import Drift, Model, Reader
from desync.exchanges.standing import Certainty, Standing
from desync.findings.finding import Finding, Place
from desync.smtp.prompt import Kind
from desync.tcp.capture_point import Point
from desync.tcp.endpoint import Closing, Endpoint
from desync.tcp.pair_keys import Keys
from desync.tcp.sides import GapKind, Origin, Side

GapRecord: TypeAlias = tuple[Side, int, int, GapKind]
"""Whose stream, first missing octet, the one behind the last, and why."""


class SegmentRecord(NamedTuple):
    """A segment's share in a reply."""

    place: Place
    time: int | None
    octets: tuple[int, int]


class ReplyRecord(NamedTuple):
    """A reply: its code, its lines as text, where they lie and what carried them."""

    code: int | None
    text: tuple[str, ...]
    octets: tuple[int, int]
    lines: tuple[tuple[int, int, bool], ...]
    segments: tuple[SegmentRecord, ...]


class BeliefRecord(NamedTuple):
    """What the client took for a reply: its code, its lines as text, where they lie."""

    code: int | None
    text: tuple[str, ...]
    octets: tuple[int, int]


class ExchangeRecord(NamedTuple):
    """An exchange with its evidence; the names are those of ``Exchange``.

    Attributes:
        shift: By how many replies the client was off, or None where that is not known.
        believed: What it took for the reply, or None.
    """

    index: int  # type: ignore[assignment] # hides tuple.index, which nobody asks of a record
    prompt: Kind
    verb: str | None
    text: str | None
    frames: tuple[Place, ...]
    time: int | None
    octets: tuple[int, int] | None
    acknowledged: int | None
    required_end: int | None
    lead: int
    in_step: bool | None
    pairing: Certainty
    standing: Standing | None
    reply: ReplyRecord | None
    shift: int | None
    believed: BeliefRecord | None


class TransactionRecord(NamedTuple):
    """A mail transaction; the names are those of ``Transaction``.

    Attributes:
        index: Its number among the transactions of the connection.
    """

    index: int  # type: ignore[assignment] # hides tuple.index, which nobody asks of a record
    sender: str | None
    recipients: tuple[tuple[str | None, int | None], ...]
    final_code: int | None
    queue_id: str | None
    octets: int | None
    outcome: TrueOutcome
    believed: TrueOutcome
    verdict: Verdict
    because: str | None
    exchanges: tuple[int, int]


class LeftOut(NamedTuple):
    """How many a record leaves out of a long connection (``analysis.shortened``)."""

    exchanges: int = 0
    unpaired: int = 0
    transactions: int = 0


class Part(NamedTuple):
    """A capture's share in a connection."""

    capture: int
    first_frame: int
    last_frame: int


class TcpRecord(NamedTuple):
    """What TCP tells of a connection."""

    mss: tuple[int | None, int | None]
    round_trips: tuple[int | None, int | None]
    retransmitted: int
    reordered: int
    duplicated: int
    bad_checksums: int
    closed_by: Closing | None
    gaps: tuple[GapRecord, ...]


class Identity(NamedTuple):
    """By what a connection captured twice is known: both initial sequence numbers and lengths."""

    client_initial: int
    server_initial: int
    client_length: int
    server_length: int


class Brief(NamedTuple):
    """What every mail connection is counted by, clean or not.

    Attributes:
        key: The pair of endpoints, as streams are numbered by it.
        encrypted: Whether it was encrypted from its first octet.
        offers_early_pipelining: Whether the server offered PIPE_CONNECT.
        depends: Whether the verdict may change with what other connections show.
        codes: How many findings of each code.
        clean: Whether nothing above a note was found.
        split: Whether a reply left in more than one segment.
        misread: Whether the client took a part of a reply for a reply; ``proved`` whether that it
            spoke on that part is proved.
        cured: Whether one write per reply would have prevented each misread.
        whole_misread: Whether what it misread was a reply that had not been split.
        models: Where the client misread a reply or waited for none, the model of its reader and then
            those that cannot be told from it; else empty.
    """

    key: Keys
    parts: tuple[Part, ...]
    client: Endpoint
    server: Endpoint
    name: str | None
    banner: str | None
    first_time: int | None
    last_time: int | None
    encrypted: bool
    offers_early_pipelining: bool
    depends: bool
    codes: tuple[tuple[str, int], ...]
    clean: bool
    split: bool
    misread: bool
    proved: bool
    cured: bool
    identity: Identity | None
    whole_misread: bool = False
    models: tuple[Model, ...] = ()

    @property
    def order(self) -> tuple[int, int]:
        """Where it comes in a report: by capture, then by first frame."""
        return self.parts[0].capture, self.parts[0].first_frame


class Record(NamedTuple):
    """A mail connection as it is reported.

    Attributes:
        exchanges, unpaired, transactions: Those that matter, where there are very many: an exchange's place
            here need not be its ``index``.
        left_out: How many there are besides.
    """

    protocol: Protocol
    origin: tuple[Origin, Origin]
    point: Point
    complete: bool
    tcp: TcpRecord
    encryption: Encryption | None
    server_name: str | None
    prefix: str | None
    extensions: tuple[str, ...]
    exchanges: tuple[ExchangeRecord, ...]
    unpaired: tuple[ReplyRecord, ...]
    reader: Reader
    drift: Drift | None
    transactions: tuple[TransactionRecord, ...]
    left_out: LeftOut
    findings: tuple[Finding, ...]


class Outcome:
    """A mail connection analysed.

    Its record is kept pickled: as objects it takes five times as much memory, and most are only read when
    the report is written.

    Args:
        brief: What is known of every connection.
        record: What may be printed of it; None where it is clean and nobody asked for it.
    """

    __slots__ = ("_record", "brief")

    _fields: ClassVar = ("brief", "record")

    def __init__(self, brief: Brief, record: Record | None) -> None:
        self.brief = brief
        self._record = None if record is None else pickle.dumps(record, pickle.HIGHEST_PROTOCOL)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Outcome) and (self.brief, self.record) == (other.brief, other.record)

    def __hash__(self) -> int:
        return hash(self.brief.order)

    @property
    def record(self) -> Record | None:
        """The record, made anew each time."""
        if self._record is None:
            return None
        record: Record = pickle.loads(self._record)  # noqa: S301 - pickled above
        return record
