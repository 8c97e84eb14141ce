"""Reads captures as the rest of desync does."""

from dataclasses import dataclass

from desync.capture.archives import open_members
from desync.capture.open import CaptureReader, open_capture
from desync.capture.slices import Slice, read_frames
from desync.errors import CaptureError


@dataclass
class Reading:
    reader: CaptureReader
    slices: list[Slice]
    frames: list[bytes]
    times: list[int]
    lengths: list[int]
    links: list[int]

    @property
    def kinds(self):
        return [problem.kind for problem in self.reader.problems]


def read(path, slice_octets=1 << 20):
    """Read a file; what every reading must hold is asserted here."""
    return read_opened(open_capture(str(path)), slice_octets)


def read_opened(opened, slice_octets=1 << 20):
    """Read a capture; what every reading must hold is asserted here."""
    result = Reading(None, [], [], [], [], [])
    with opened as reader:
        result.reader = reader
        for piece in reader.slices(slice_octets):
            assert piece.records.size > 0
            assert piece.start <= piece.records[0]
            assert piece.records[-1] < piece.stop
            assert piece.first_frame == len(result.frames) + 1
            result.slices.append(piece)
            columns = read_frames(piece)
            assert len(columns) == piece.records.size
            assert (columns.offset + columns.captured <= columns.octets.size).all()
            assert (columns.captured >= 0).all()
            for row in range(len(columns)):
                start = int(columns.offset[row])
                result.frames.append(columns.octets[start : start + int(columns.captured[row])].tobytes())
            result.times += columns.time.tolist()
            result.lengths += columns.length.tolist()
            result.links += [columns.interfaces[i].link_type for i in columns.interface.tolist()]
    assert reader.frames == len(result.frames)
    return result


def read_octets(tmp_path, octets, slice_octets=1 << 20):
    path = tmp_path / "capture"
    path.write_bytes(octets)
    return read(path, slice_octets)


def opened_all(path):
    """Every capture that a file holds, read, and every reason why something is none, with its path."""
    found = []
    for one in open_members(str(path) if not isinstance(path, str) else path):
        try:
            found.append(
                (one.path, one if isinstance(one, CaptureError) else read_opened(CaptureReader(one)))
            )
        except CaptureError as error:
            found.append((one.path, error))
    return found
