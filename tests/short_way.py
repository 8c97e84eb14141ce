"""Hold the short way (``analysis.quick``) against the general one."""

import tempfile
from dataclasses import replace

import numpy as np
from packets.by_hand import frames_of

from desync.analysis.examine import examine
from desync.analysis.kept import keep
from desync.analysis.options import Options
from desync.analysis.plain import NOTED, SPLIT
from desync.analysis.quick import quick_outcomes
from desync.analysis.record import Brief, Identity, Part
from desync.analysis.select import mail_flows, speaking_flows
from desync.capture.frames import Octets
from desync.capture.open import open_capture
from desync.capture.slices import read_frames
from desync.findings.finding import Facts
from desync.packets.decode import decode
from desync.tcp.addresses import address_text
from desync.tcp.endpoint import Endpoint
from desync.tcp.flows import group
from desync.tcp.regular import Columns, Regular, find_regular
from desync.tcp.rows import take_rows

OPTIONS = Options()


def compare(path) -> tuple[int, int]:
    """Analyse each pair of a capture both ways.

    Returns:
        How many pairs there are, and how many went the short way; all of these as the general way has them.
    """
    pairs = short = 0
    with open_capture(str(path)) as capture:
        for piece in capture.slices(1 << 26):
            segments = decode(read_frames(piece)).segments
            flows = group(segments)
            chosen = mail_flows(flows, OPTIONS.mail_ports) | speaking_flows(segments, flows)
            kept = keep(segments, flows, chosen, 0, rereadable=True)
            order = flows.rows_of(chosen)
            quick, plain = quick_outcomes(segments, kept, order, OPTIONS)
            rows = take_rows(segments, flows.side, order, 0)
            starts = kept.starts.tolist()
            pairs += len(kept)
            short += len(quick)
            for row, pair in enumerate(quick.tolist()):
                part = rows.cut(starts[pair], starts[pair + 1])
                general = examine(part, kept.pairs.pair(pair), OPTIONS, Facts())
                assert [one.record for one in general] == [None]
                assert general[0].brief._replace(key=None) == brief_of(plain, row)
                assert bytes(general[0].brief.key) == bytes(plain.keys[row])
    return pairs, short


def brief_of(plain, row) -> Brief:
    """What the columns of a textbook connection stand for, less its key."""
    lines, replies = plain.splits[row].tolist()
    counts = [*zip(SPLIT, (lines, replies), strict=True), *zip(NOTED, plain.notes[row].tolist(), strict=True)]
    return Brief(
        key=None,
        parts=(Part(plain.capture, *plain.frames[row].tolist()),),
        client=_endpoint(plain.client[row]),
        server=_endpoint(plain.server[row]),
        name=plain.texts[plain.names[row]],
        banner=plain.texts[plain.banners[row]],
        first_time=int(plain.times[row, 0]),
        last_time=int(plain.times[row, 1]),
        encrypted=False,
        offers_early_pipelining=False,
        depends=False,
        codes=tuple(sorted((code, count) for code, count in counts if count)),
        clean=True,
        split=lines + replies > 0,
        misread=False,
        proved=False,
        cured=False,
        identity=Identity(*plain.identity[row].tolist()) if plain.answered[row] else None,
    )


def _endpoint(end) -> Endpoint:
    return Endpoint(address_text(int(end["high"]) << 64 | int(end["low"])), int(end["port"]))


def compare_octets(octets) -> tuple[int, int]:
    """Compare both ways on a capture that is in no file."""
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        file.write(octets)
        file.flush()
        return compare(file.name)


def regular_of(packed) -> tuple[Regular, Octets]:
    """The regular connections among packed frames with their times, and the buffer that they are in."""
    held = [(octets, len(octets)) for _, octets in packed]
    frames = replace(frames_of(held, link_type=1), time=np.array([time for time, _ in packed], np.int64))
    segments = decode(frames).segments
    flows = group(segments)
    rows = flows.rows
    names = (
        "time",
        "sequence",
        "acknowledgment",
        "flags",
        "captured",
        "length",
        "network",
        "transport",
        "payload",
    )
    columns = {name: getattr(segments, name)[rows] for name in names}
    survey = Columns(starts=flows.starts, side=flows.side[rows], **columns)
    return find_regular(survey, segments.octets), segments.octets
