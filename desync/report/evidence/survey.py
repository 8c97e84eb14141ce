"""Frames that belong to chosen connections though their segments do not tell: found in a second reading.

    fragments        of the datagrams that a connection's segments came in, those of unfinished ones too
    quotes           headers of a connection that an ICMP error quotes, or that are cut or cannot be
    passed over      segments in the midst of long monologues

May know captures, segments and the plan; must not know how a frame is changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from desync.capture.open import open_capture
from desync.capture.slices import read_frames
from desync.findings.finding import Place
from desync.packets.decode import decode
from desync.packets.fragments import Fragments
from desync.packets.headers import Headers
from desync.packets.reassembly import Datagram, Reassembler
from desync.packets.segments import Segments
from desync.report.evidence.frames import SLICE_OCTETS
from desync.report.evidence.plan import LATE, Key, Line, Owner, Plan
from desync.tcp.flows import group
from desync.tcp.pair_keys import keys_of

TCP = 6
PORTS = 4
"""Octets of a TCP header that hold the ports."""

Kind: TypeAlias = Literal["fragment", "unfinished", "quote"]


class Extra(NamedTuple):
    """A frame that is written besides those of the plan.

    Attributes:
        owner: The connection that it is of.
        kind: Why.
        datagram: Of a fragment: where in the spool the datagram lies, as ``Datagram``.
        completed: Of a fragment: the frame that completed the datagram.
    """

    owner: Owner
    kind: Kind
    datagram: int = 0
    completed: int = 0


@dataclass(slots=True)
class Survey:
    """What a second reading of one capture found.

    Attributes:
        extras: Frames besides those of the plan, by number.
        late: Segments that were passed over, by frame.
    """

    extras: dict[int, Extra] = field(default_factory=dict)
    late: dict[int, Line] = field(default_factory=dict)


def survey(plan: Plan, capture: int, path: str) -> Survey:
    """Read a capture once more, for what its segments do not tell.

    Raises:
        CaptureError: It cannot be read.
    """
    found = Survey()
    fragments = Reassembler()
    heads: dict[int, Owner] = {}
    with open_capture(path) as reader:
        for piece in reader.slices(SLICE_OCTETS):
            decoded = decode(read_frames(piece))
            _late(plan, capture, decoded.segments, found)
            _quotes(plan, capture, decoded.quoted, found)
            heads.update(_heads(plan, capture, decoded.fragments))
            for datagram in fragments.feed(decoded.fragments):
                _fragments(plan, capture, datagram, found)
    for frames in fragments.unfinished():
        owner = next((heads[frame] for frame in frames if frame in heads), None)
        if owner is not None:
            for frame in frames:
                found.extras.setdefault(frame, Extra(owner, "unfinished"))
    return found


def _late(plan: Plan, capture: int, segments: Segments, found: Survey) -> None:
    """Segments of connections of which octets were passed over, rows and all."""
    if not plan.shares:
        return
    flows = group(segments)
    for flow, key in enumerate(keys_of(flows.keys).tolist()):
        if key not in plan.spans:
            continue
        for row in flows.rows[flows.starts[flow] : flows.starts[flow + 1]].tolist():
            place = Place(capture, int(segments.frame[row]))
            owner = _owner(plan, key, place)
            if owner in plan.shares and plan.line(place) is None and place not in plan.others:
                found.late[place.frame] = Line(owner, int(flows.side[row]), LATE)


def _quotes(plan: Plan, capture: int, quoted: Headers, found: Survey) -> None:
    if not len(quoted):
        return
    flows = group(quoted)
    keys = keys_of(flows.keys).tolist()
    for row, flow in enumerate(flows.flow.tolist()):
        place = Place(capture, int(quoted.frame[row]))
        owner = _owner(plan, keys[flow], place)
        if owner is not None and plan.line(place) is None:
            found.extras[place.frame] = Extra(owner, "quote")


def _heads(plan: Plan, capture: int, fragments: Fragments) -> Mapping[int, Owner]:
    """The first fragments of TCP segments of chosen connections, by their frames."""
    first = (fragments.protocol == TCP) & (fragments.offset == 0) & (fragments.captured >= PORTS)
    rows = np.flatnonzero(first)
    if not len(rows):
        return {}
    at = fragments.start[rows]
    octets = fragments.octets
    ports = [(octets[at + index].astype(np.int64) << 8) + octets[at + index + 1] for index in (0, 2)]
    nothing = np.zeros(len(rows), dtype=np.uint32)
    headers = Headers(
        frame=fragments.frame[rows],
        source_high=fragments.source_high[rows],
        source_low=fragments.source_low[rows],
        target_high=fragments.target_high[rows],
        target_low=fragments.target_low[rows],
        source_port=ports[0].astype(np.uint16),
        target_port=ports[1].astype(np.uint16),
        sequence=nothing,
        acknowledgment=nothing,
        flags=nothing.astype(np.uint16),
        sets_base=nothing.astype(np.bool_),
    )
    flows = group(headers)
    keys = keys_of(flows.keys).tolist()
    owners = {
        int(frame): _owner(plan, keys[flow], Place(capture, int(frame)))
        for frame, flow in zip(headers.frame, flows.flow, strict=True)
    }
    return {frame: owner for frame, owner in owners.items() if owner is not None}


def _fragments(plan: Plan, capture: int, datagram: Datagram, found: Survey) -> None:
    completed = datagram.frames[-1]
    line = plan.line(Place(capture, completed))
    if line is None:
        return
    at = plan.spool.put(datagram)
    for frame in datagram.frames:
        found.extras[frame] = Extra(line.owner, "fragment", at, completed)


def _owner(plan: Plan, key: Key, place: Place) -> Owner | None:
    """The chosen connection of a pair of endpoints that a frame is of: the last that had begun."""
    begun = [one for one in plan.spans.get(key, ()) if one[0] <= place and one[0].capture == place.capture]
    owner = max(begun)[1] if begun else None
    return owner if owner in plan.owners else None
