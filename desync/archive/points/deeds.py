"""What happened to a connection between two points, what matters most first.

May know overlays; must not know how a deed is said.
"""

from desync.archive.points.deed import Deed, Doubt
from desync.archive.points.journey import Journey
from desync.archive.points.overlay import Overlay
from desync.findings.rule import Certainty
from desync.tcp.rows import RST


def deeds_of(overlay: Overlay) -> list[Deed]:
    """Say what happened to a connection between two points, what matters most first."""
    found = [deed for course in (overlay.client, overlay.server) for deed in Journey(overlay, course).deeds()]
    if any(one.what == "acknowledged" for one in found):
        # Two connections, one behind the other: each has a SYN and a FIN of its own.
        found = [one for one in found if not _only_opens_or_ends(one) or one.flags & RST]
    if overlay.near.reused or overlay.far.reused:
        found = [one for one in found if not _only_opens_or_ends(one) or one.hops is not None]
    if not overlay.match.sure:
        found = [_doubted(one, "match") for one in found]
    order = ("changed", "replaced", "missing", "inserted", "made", "acknowledged", "lost", "doubled", "cut")
    return sorted(found, key=lambda one: order.index(one.what))


def _only_opens_or_ends(deed: Deed) -> bool:
    """Whether it is about a segment without octets: a SYN, a FIN or a RST."""
    return deed.what in ("made", "lost") and deed.near_octets is None and deed.far_octets is None


def _doubted(deed: Deed, doubt: Doubt) -> Deed:
    certainty: Certainty = "consistent" if deed.certainty == "proved" else deed.certainty
    return deed._replace(certainty=certainty, doubts=(*deed.doubts, doubt))
