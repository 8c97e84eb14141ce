r"""CAP910 unsupported-link-type

The capture holds frames of a kind that desync cannot decode.

Fires when
    Frames are of a link type, or carry an encapsulation, that is not supported. The finding
    says how many, and the number of the type. The other frames are analysed.

    Certainty: proved that they were not decoded. Whether there was mail in them is not
    known.

Does not fire when
    - The frames are of a known kind and carry no IP: ARP, spanning tree, and the like.
    - The frame is IP with another protocol than TCP.
    - The frame is damaged or cut in front of its TCP header: counted apart.
    - One interface of a pcapng file is of an unknown type and has no frames.

    Not known: what is in the frames. "No mail found" says nothing about them.

Why it matters
    A report that finds nothing wrong is worth only as much as what was looked at.

What to do
    client: Nothing.
    server: Nothing. Who captures: capture on the network interface itself, or with tcpdump
        -i any; where a mirror wraps its traffic in a tunnel, take the tunnel off. Else turn
        the file into one of a known type, or send the number of the type with a small
        sample.

Example
    Every frame is of link type 147, which is left to private use: three frames, none of
    them decoded.

        frame 1  link type 147
        frame 2  link type 147
        frame 3  link type 147

        desync scan captures/rules/CAP910-unsupported-link-type.fires.pcap

See it in Wireshark
    Wireshark may know the type. Its own numbers are not those of the file; capinfos shows
    the name. Frames in which no IP was found:

        !ip && !ipv6 && !arp

References
    - The registry of link types: https://www.tcpdump.org/linktypes.html
    - RFC 1761: snoop's own list of data links.
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.findings.finding import Finding
from desync.findings.making import of_capture
from desync.findings.quality import CaptureQuality
from desync.findings.rule import Rule

RULE: Final = Rule(code="CAP910", name="unsupported-link-type", severity="warning", blame="capture")


def find_in_capture(quality: CaptureQuality) -> Iterator[Finding]:
    """Find frames that desync cannot decode."""
    for link_type, reason, count in quality.opaque:
        name = "unknown" if link_type is None else str(link_type)
        frames = "1 frame" if count == 1 else f"{count} frames"
        yield of_capture(
            RULE,
            quality,
            message=f"{frames} of link type {name} could not be decoded: {reason}",
            details={"link_type": link_type, "reason": reason, "frames": count},
        )
