"""Annotated captures made and read back, for the tests."""

import json
import re
from dataclasses import replace
from io import BytesIO
from typing import NamedTuple

import numpy as np

from desync.analysis.options import Options
from desync.archive.scan import scan_archive
from desync.capture.frames import Interface
from desync.capture.open import open_capture
from desync.capture.slices import read_frames
from desync.packets.checksum import Checksum, tcp_checksum_state
from desync.packets.decode import decode
from desync.packets.trace import Trace, trace
from desync.report.document import build_document
from desync.report.evidence.annotated import Annotated, Redaction
from desync.report.evidence.choice import Choice

REDACTED, USUAL = Redaction(), Options()

ORIGIN = re.compile(r"frame (\d+) of ")

WHERE_IT_IS = {
    *("id", "capture", "connection", "stream", "frame", "frames", "filter", "first_frame", "last_frame"),
    *("parts", "community_id", "same_as", "segments"),
}
"""What says where something lies, and not what it is."""


class Read(NamedTuple):
    """A frame of a capture."""

    octets: bytes
    length: int
    time: int
    trace: Trace
    interface: Interface


def write(path, redaction=REDACTED, options=USUAL):
    """Write every mail connection of a capture; return the octets."""
    archive = scan_archive([str(path)], replace(options, details=True, hash=True))
    stream = BytesIO()
    Annotated(archive, Choice(list(archive.outcomes()), [], []), redaction).write(stream)
    return stream.getvalue()


def frames(path):
    """The frames of a capture by their numbers."""
    found = {}
    with open_capture(str(path)) as capture:
        for piece in capture.slices(1 << 24):
            several = read_frames(piece)
            for row, one in enumerate(trace(several)):
                start = int(several.offset[row])
                octets = several.octets[start : start + int(several.captured[row])].tobytes()
                interface = several.interfaces[int(several.interface[row])]
                number = int(several.number[row])
                found[number] = Read(octets, int(several.length[row]), int(several.time[row]), one, interface)
    return found


def comments(path):
    """The comments of each frame, in order."""
    found = {}
    with open_capture(str(path)) as capture:
        for _ in capture.slices(1 << 24):
            pass
        for one in capture.comments:
            found.setdefault(one.frame, []).append(one.text)
    return found


def origins(path):
    """The number that each frame of an annotated capture had, by its comment."""
    return {
        frame: int(ORIGIN.match(texts[-1])[1]) for frame, texts in comments(path).items() if frame is not None
    }


def checksums(path):
    """What the TCP checksum of each segment says, by its frame."""
    found = {}
    with open_capture(str(path)) as capture:
        for piece in capture.slices(1 << 24):
            segments = decode(read_frames(piece)).segments
            states = tcp_checksum_state(segments, np.arange(len(segments)))
            found.update(zip(segments.frame.tolist(), states, strict=True))
    return found


def sums_are_kept(before, after):
    """Whether each segment's checksum is as right or as wrong as before."""
    kept, now, of = checksums(before), checksums(after), origins(after)
    return bool(now) and all(kept[of[frame]] is state for frame, state in now.items())


def connections(path, options=USUAL):
    """What a report says of each connection, less where it lies."""
    archive = scan_archive([str(path)], replace(options, details=True))
    document = build_document(archive, everything=True)
    return [_said(one) for one in document["connections"]]


def _said(one):
    exchanges = [_without_text(each) for each in one["exchanges"]]
    told = {name: one[name] for name in ("protocol", "origin", "capture_point", "complete", "tcp", "tls")}
    findings = sorted(json.dumps(_plain(each), sort_keys=True) for each in one["findings"])
    return told | {
        "findings": findings,
        "exchanges": _plain(exchanges),
        "reader": one["reader"],
        "drift": _plain(one["drift"]),
        "transactions": _plain(one["transactions"]),
    }


def _without_text(one):
    return {
        name: {key: each for key, each in value.items() if key != "text"}
        if isinstance(value, dict)
        else value
        for name, value in one.items()
        if name != "text"
    }


def _plain(value):
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if name not in WHERE_IT_IS}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


GOOD = Checksum.GOOD
