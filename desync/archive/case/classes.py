"""The classes whose values a case may hold: no others are ever made from what is in it.

May know values of all stages; must not know how they are written.
"""

from typing import Final

from desync.analysis.kept import Kept
from desync.analysis.plain import Plain
from desync.analysis.record import (
    BeliefRecord,
    Brief,
    ExchangeRecord,
    Identity,
    LeftOut,
    Outcome,
    Part,
    Record,
    ReplyRecord,
    SegmentRecord,
    TcpRecord,
    TransactionRecord,
)
from desync.analysis.slice import Times
from desync.archive.repeats import Attempts
from desync.archive.traits import Traits
from desync.capture import clocks
from desync.capture.frames import Interface
from desync.capture.notes import Comment
from desync.capture.problems import Problem
from desync.capture.slices import Slice
from desync.capture.state import BlockState, Layout, RecordState
from desync.exchanges.protocol import Encryption
from desync.exchanges.reading import Drift, Reader
from desync.exchanges.standing import Standing
from desync.findings.finding import Finding, Place
from desync.findings.quality import CaptureQuality, Clock
from desync.findings.repeats import Delivery
from desync.tcp.endpoint import Endpoint
from desync.tcp.epochs import Epochs
from desync.tcp.flows import Pairs
from desync.tcp.numbering import StreamEvents

CLASSES: Final[dict[str, type]] = {
    **{
        one.__name__: one
        for one in (
            Attempts,
            BeliefRecord,
            BlockState,
            Brief,
            CaptureQuality,
            Clock,
            Comment,
            Delivery,
            Drift,
            Encryption,
            Endpoint,
            Epochs,
            ExchangeRecord,
            Finding,
            Identity,
            Interface,
            Kept,
            Layout,
            LeftOut,
            Outcome,
            Pairs,
            Part,
            Place,
            Plain,
            Problem,
            Reader,
            Record,
            RecordState,
            ReplyRecord,
            SegmentRecord,
            Slice,
            Standing,
            StreamEvents,
            TcpRecord,
            Times,
            Traits,
            TransactionRecord,
        )
    },
    "Ticks": clocks.Clock,
}
"""By the name under which a case holds them."""

CAPTURE_FIELDS: Final = {
    "Place": "capture",
    "Part": "capture",
    "Plain": "capture",
    "Kept": "capture",
    "CaptureQuality": "index",
}
"""Where the number of a capture stands: it is another one in each run. ``Traits`` have it in a column, and
speak of one capture."""
