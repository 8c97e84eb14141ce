"""Streams by hand: octets, and where the capture has holes in them."""

from desync.tcp.stream import Gap, Stream


def stream(*parts, origin="syn", length=None, captured=True):
    """A stream of octets; a number among the parts is a hole of that many octets."""
    runs, gaps, at = [], [], 0
    for part in parts:
        if isinstance(part, int):
            gaps.append(Gap(at, part, "loss"))
            at += part
        elif part:
            runs.append((at, part))
            at += len(part)
    return Stream(tuple(runs), tuple(gaps), length or at, origin, captured, [], [], ())


def holed(octets, holes):
    """The stream of these octets with holes cut into it, each an (offset, length)."""
    missing = {offset for start, length in holes for offset in range(start, start + length)}
    parts = []
    for offset in range(len(octets)):
        if offset in missing:
            if parts and isinstance(parts[-1], int):
                parts[-1] += 1
            else:
                parts.append(1)
        elif parts and isinstance(parts[-1], bytes):
            parts[-1] += octets[offset : offset + 1]
        else:
            parts.append(octets[offset : offset + 1])
    return stream(*parts)


def grown(octets):
    """The stream as it stands after each further octet."""
    return [stream(octets[:end]) for end in range(len(octets) + 1)]
