r"""CAP901 truncated-capture

The file ends inside a record: the last frame was not written to the end.

Fires when
    The last record, or its header, needs more octets than the file has left. The finding
    gives the frame, the offset, the octets needed and the octets that are there. The frames
    before it are read as usual; the cut one is not used.

    Certainty: proved by the length in the record's header, unless that header is itself
    damaged.

Does not fire when
    - The file ends at the end of a record: nothing shows then that it was to go on.
    - Frames were cut on purpose by a snap length: CAP908.
    - A record header in the middle of the file cannot be: CAP902.
    - The file is one of a rotated set and the next one goes on with a new header.

    Not known: how much is missing. It may be one frame, or all that came after a full disk.

Why it matters
    What happened at the end of the open connections is not in the file. Findings that need
    the missing octets are inconclusive; nobody is accused for their sake. The exit code
    says that the results are partial.

What to do
    client: Nothing: the capture is at fault, not the mail.
    server: Nothing. Who captures: end tcpdump with SIGINT or SIGTERM, not SIGKILL; use -U
        while a file is to be read as it grows; copy files only when they are closed; look
        for a full disk.

Example
    The reply to MAIL is the file's last record, and was not written to the end.

        frame 8  C: "MAIL FROM:<a@example.net>\r\n"   acknowledges 118
        frame 9  S: needs 80 octets, the file has 70 left

        desync scan captures/rules/CAP901-truncated-capture.fires.pcap

See it in Wireshark
    Wireshark opens the file and says that it appears to have been cut short in the middle
    of a packet. Look at its last frame and at the connections that are open there:

        tcp.completeness < 16

References
    - RFC 1761: snoop's record header. pcap and pcapng: draft-ietf-opsawg-pcap,
      draft-ietf-opsawg-pcapng.
    - A reader that loses the whole file: https://github.com/kbandla/dpkt/issues/556
    - The same worked around: https://github.com/prplfoundation/prplMesh/pull/1339
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.findings.finding import Finding
from desync.findings.making import of_capture
from desync.findings.quality import CaptureQuality
from desync.findings.rule import Rule

RULE: Final = Rule(code="CAP901", name="truncated-capture", severity="warning", blame="capture")


def find_in_capture(quality: CaptureQuality) -> Iterator[Finding]:
    """Find a file that ends inside a record."""
    for problem in quality.problems:
        if problem.kind == "truncated":
            yield of_capture(
                RULE,
                quality,
                message=problem.message,
                frame=problem.frame or None,
                details={"offset": problem.offset, "octets": problem.octets},
            )
