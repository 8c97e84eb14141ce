import pytest
from tcp.handmade import DIALOGUE, HANDSHAKE, c, frames, rows_of, wrong_checksum

from desync.packets.checksum import Checksum
from desync.tcp.trust import checksum_of, flaw_of

SENT = [*HANDSHAKE, c(0, b"QUIT\r\n", 0)]


def offload(octets):
    """The frame with only the folded pseudo-header sum in its checksum, as before the card."""
    pseudo = octets[26:34] + b"\0\x06" + (len(octets) - 34).to_bytes(2, "big")
    total = sum(int.from_bytes(pseudo[at : at + 2], "big") for at in range(0, len(pseudo), 2))
    total = (total & 0xFFFF) + (total >> 16)
    return octets[:50] + total.to_bytes(2, "big") + octets[52:]


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [(bytes, Checksum.GOOD), (wrong_checksum, Checksum.BAD), (offload, Checksum.OFFLOAD)],
)
def test_what_a_checksum_says(edit, wanted):
    rows = rows_of(frames(SENT, edits={3: edit}))
    assert checksum_of(rows, 3) is wanted
    assert (flaw_of(rows, 3) == "checksum") is (wanted is Checksum.BAD)


def test_a_cut_segment_says_nothing():
    rows = rows_of(frames(SENT, edits={3: wrong_checksum}), snap=57)
    assert (rows.captured[3], rows.length[3]) == (3, 6)
    assert checksum_of(rows, 3) is Checksum.UNKNOWN
    assert flaw_of(rows, 3) is None


def test_a_segment_without_an_acknowledgment_is_thrown_away():
    rows = rows_of(frames([*DIALOGUE[:3], DIALOGUE[3]._replace(acknowledged=None)]))
    assert [flaw_of(rows, row) for row in range(4)] == [None, None, None, "flags"]
