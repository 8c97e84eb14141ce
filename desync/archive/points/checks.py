"""What the other point says to a finding: proves it, explains it, or shows that it lies elsewhere.

From one capture a masked banner can only be guessed at. With the same octets before and behind the box
it is known. May know findings by their codes and exchanges, and deeds; makes no finding of its own.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from desync.archive.points.alignment import Span
from desync.archive.points.deed import Deed
from desync.archive.points.overlay import Overlay
from desync.archive.points.sighting import Sighting
from desync.findings.finding import Finding
from desync.tcp.sides import Side

Result: TypeAlias = Literal[
    "between",
    "both",
    "copy-lost",
    "cut",
    "answered",
    "other-capture",
    "not-running",
    "incomplete",
    "crossed",
    "open",
]
"""What it rests on was made between the points: proved. It is so at both: not made between them. The
copy that shows it never came to the other point. Segments were cut anew. The box answers for the other
side. The other capture holds what is missing; was not running then; is not complete. Segments of both
sides crossed between the points, so that their order is another. Nothing here explains why it is at one
point only."""

RESULTS: Final[tuple[Result, ...]] = get_args(Result)

IN_CAPTURE: Final = "CAP"
"""How the codes of findings begin that are about the capture itself."""

HOLES: Final = frozenset({"CAP903", "CAP908"})
SPLITS: Final = frozenset({"REPLY301", "REPLY302", "DATA402", "CAP911"})
"""Findings on how octets lie in segments."""

MASKED: Final = frozenset({"PATH601", "PATH602", "TLS503"})
"""Findings on text that was written over: at both points they may rest on one change between them."""

SEGMENTS: Final = frozenset({*(f"SYNC10{digit}" for digit in range(1, 8)), "SYNC201", *SPLITS})
"""Findings that rest on segments and what they acknowledge, whatever the octets say."""

OCTETS: Final = frozenset({"changed", "replaced", "inserted", "missing"})


class Check(NamedTuple):
    """A finding, and what both points together say to it.

    Attributes:
        code, name: Which.
        near, far: Whether it is made at either point.
        result: What the points say together.
        deeds: Numbers of the deeds that say so.
    """

    code: str
    name: str
    near: bool
    far: bool
    result: Result
    deeds: tuple[int, ...]


def checks_of(overlay: Overlay, deeds: Sequence[Deed]) -> list[Check]:
    """Ask of each finding of either point what the other one says to it."""
    found = []
    names = {
        one.rule.code: one.rule.name
        for one in (*overlay.near.findings, *overlay.far.findings)
        if not one.rule.code.startswith(IN_CAPTURE) or one.rule.code in HOLES
    }
    for code, name in sorted(names.items()):
        here, there = (
            [one for one in side.findings if one.rule.code == code] for side in (overlay.near, overlay.far)
        )
        result, reasons = _weigh(overlay, code, here, there, deeds)
        found.append(Check(code, name, bool(here), bool(there), result, reasons))
    return found


def _weigh(
    overlay: Overlay, code: str, near: list[Finding], far: list[Finding], deeds: Sequence[Deed]
) -> tuple[Result, tuple[int, ...]]:
    """Say what both points together say to the findings of one code."""
    touched = sorted(
        {
            *_touched(overlay.near, near, deeds, at_near=True),
            *_touched(overlay.far, far, deeds, at_near=False),
        }
    )
    if code in HOLES:
        return ("both" if near and far else "other-capture"), ()
    if touched and (code in MASKED or not (near and far)) and code not in SEGMENTS:
        return "between", tuple(touched)
    if near and far:
        return "both", tuple(touched)
    results: tuple[tuple[Result, frozenset[str], bool], ...] = (
        ("copy-lost", frozenset({"lost"}), True),
        ("cut", frozenset({"cut"}), code in SPLITS),
        ("answered", frozenset({"acknowledged"}), True),
        ("answered", frozenset({"made"}), True),
    )
    frames = {place.frame for one in (*near, *far) for place in one.frames}
    side = overlay.near if near else overlay.far
    for result, kinds, asked in results:
        numbers = tuple(
            number
            for number, deed in enumerate(deeds)
            if deed.what in kinds
            and (result == "cut" or _shares(deed, side, overlay, frames))
            and (result != "copy-lost" or (deed.sender == "client") == bool(near))
        )
        if asked and numbers:
            return result, numbers
    if _is_outside(overlay, near, far):
        return "not-running", ()
    if not (overlay.far if near else overlay.near).whole.complete:
        return "incomplete", ()
    return ("crossed" if _crossed(overlay, side, frames) else "open"), ()


def _crossed(overlay: Overlay, side: Sighting, frames: Collection[int]) -> bool:
    """Whether a segment of a finding met one of the other side between the points.

    The one that left near came far behind what had left far before, and came near later.
    """
    forth = [pair for pair in overlay.client.passage.pairs if pair[0].carries]
    back = [(here, there) for there, here in overlay.server.passage.pairs if there.carries]
    at = 0 if side is overlay.near else 1
    numbers = side.whole.rows.frame
    for own, others in ((forth, back), (back, forth)):
        for one in own:
            if numbers[one[at].row] in frames and any(
                (one[0].row < other[0].row) != (one[1].row < other[1].row) for other in others
            ):
                return True
    return False


def _is_outside(overlay: Overlay, near: list[Finding], far: list[Finding]) -> bool:
    """Whether the other point's capture had ended, or had not begun, when all that was found happened."""
    span = (overlay.far if near else overlay.near).span
    ahead = overlay.offset.ahead
    times = [one.time for one in near or far]
    if span is None or ahead is None:
        return False
    late = ahead if near else -ahead
    return all(time is not None and not span[0] <= time + late <= span[1] for time in times)


def _shares(deed: Deed, side: Sighting, overlay: Overlay, frames: Collection[int]) -> bool:
    """Whether a deed is about one of a finding's frames."""
    rows = deed.near if side is overlay.near else deed.far
    return not {side.whole.rows.frame[row] for row in rows}.isdisjoint(frames)


def _touched(
    side: Sighting, findings: list[Finding], deeds: Sequence[Deed], *, at_near: bool
) -> Iterator[int]:
    """The deeds on octets that findings of a point rest on."""
    spans = [span for one in findings for span in _spans(side, one)]
    for number, deed in enumerate(deeds):
        if deed.what not in OCTETS:
            continue
        own = deed.near_octets if at_near else deed.far_octets
        if own is not None and any(sender == deed.sender and _meet(own, span) for sender, span in spans):
            yield number


def _spans(side: Sighting, finding: Finding) -> Iterator[tuple[Side, Span]]:
    """The octets of the exchanges that a finding is about."""
    if finding.exchanges is None:
        return
    first, last = finding.exchanges
    for one in side.conversation.exchanges[first : last + 1]:
        if one.octets is not None:
            yield "client", one.octets
        if one.reply is not None:
            yield "server", one.reply.octets


def _meet(one: Span, other: Span) -> bool:
    """Whether two ranges have an octet in common, or an empty one lies in the other."""
    return max(one[0], other[0]) < min(one[1], other[1]) or (
        one[0] == one[1] and other[0] <= one[0] < other[1]
    )
