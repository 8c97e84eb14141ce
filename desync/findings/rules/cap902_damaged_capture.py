r"""CAP902 damaged-capture

A record header in the middle of the file cannot be what was written there; reading went on
further down.

Fires when
    A record's lengths or times are impossible: longer than the file, longer than any frame,
    a time far from its neighbours'. desync looks for the next place where several plausible
    records follow each other, and goes on there. The finding gives the offset, the octets
    that were skipped, and where reading went on. The file is never repaired.

    Also where the file could not be read to its end, was written anew, cut short or taken away
    while it was read: what the report says is true of the part that was read.

    Certainty: that the header cannot be is proved; that nothing but damage lies between,
    and that the first record behind it is the first that was written, is consistent.

Does not fire when
    - Only the last record is cut: CAP901.
    - The file merely grew while it was read, as one that is still being written: what was
      there when it was opened is read, and standard error says so.
    - Another capture's header stands at a record's end: files put together with cat are
      read on, with what that header says.
    - A pcapng block is of an unknown type: it is skipped, as its format intends.
    - Times step back between frames that are sound otherwise: CAP909.

    Not known: how many frames lay in the skipped octets, and whether one of them belonged
    to a mail connection. Behind damage the numbers of frames and streams are desync's own;
    other programs may count on differently or not at all.

Why it matters
    A capture with a hole is weaker evidence: a command or a reply may be missing without
    any trace. What needs octets near the damage is inconclusive.

What to do
    client: Nothing: the capture is at fault, not the mail.
    server: Nothing. Who captures: fetch the file again, in binary mode; compare a checksum
        at both ends; look at the disk. Do not repair it before it is analysed.

Example
    512 octets of zeros were written over the file in front of frame 8.

        frame 7  S: "250 2.1.0 Sender ok\r\n"    [118, 139)
                 octets of the file skipped: 512
        frame 8  C: "DATA\r\n"                   acknowledges 160

        desync scan captures/rules/CAP902-damaged-capture.fires.pcap

See it in Wireshark
    Wireshark stops at the damage, or shows frames of nonsense behind it. Show what it makes
    of the frames around the offset that the finding gives:

        frame.file_off > 1000

References
    - RFC 1761 (snoop), draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng: the records.
    - The same duty for readers: https://github.com/kbandla/dpkt/issues/556
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.findings.finding import Finding
from desync.findings.making import of_capture
from desync.findings.quality import CaptureQuality
from desync.findings.rule import Rule

RULE: Final = Rule(code="CAP902", name="damaged-capture", severity="warning", blame="capture")


def find_in_capture(quality: CaptureQuality) -> Iterator[Finding]:
    """Find octets that are no record, or a record that contradicts itself."""
    for problem in quality.problems:
        if problem.kind != "truncated":
            yield of_capture(
                RULE,
                quality,
                message=problem.message,
                frame=problem.frame or None,
                details={"offset": problem.offset, "octets": problem.octets, "kind": problem.kind},
            )
