r"""CAP909 unsound-clock

The times in the capture cannot be right: they step back, stand still, or are all zero. Time
is not used as evidence.

Fires when
    A frame is earlier than the one before it by more than reordering explains, or a run of
    frames that cannot have come at once bears one time, or the records carry no time. The
    finding says which, where, and by how much.

    Certainty: proved that the times do not fit; which of them are wrong is not.

Does not fire when
    - Frames are out of order by a little, as with several interfaces or processors.
    - Files of a set were taken on machines whose clocks differ: each is sound by itself.
    - A clock is wrong but runs evenly: that cannot be seen.
    - A pcapng record of the simple kind carries no time, and others do: those are used.

    Not known: how long anything took while the clock stepped.

Why it matters
    Little for the main question: whether a command was early is decided by acknowledgment
    numbers, which need no clock. But silence cannot be measured, so that a client that gave
    up waiting (SYNC107) is not told from one that did not wait; nor can round trips, or
    when a fault began.

What to do
    client: Nothing: the capture is at fault, not the mail.
    server: Nothing. Who captures: keep the clock with NTP or chrony, which slew it in place
        of stepping; in virtual machines look at suspend and resume.

Example
        frame 6  S: "250 mx.example.org\r\n"           [26, 46), at 12:00:05.2
        frame 7  C: "MAIL FROM:<a@example.net>\r\n"    acknowledges 46, at 11:59:35.3

        desync show captures/rules/CAP909-unsound-clock.fires.pcap --stream 0

See it in Wireshark
    Frames that are earlier than the one before, and frames without time:

        frame.time_delta < 0
        frame.time_epoch == 0

References
    - RFC 9293, section 3.4: acknowledgments, which need no clock.
    - draft-ietf-opsawg-pcapng: a Simple Packet Block holds no time.
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.findings.finding import Finding
from desync.findings.making import of_capture
from desync.findings.quality import CaptureQuality
from desync.findings.rule import Rule
from desync.findings.wording import duration

RULE: Final = Rule(code="CAP909", name="unsound-clock", severity="note", blame="capture")


def find_in_capture(quality: CaptureQuality) -> Iterator[Finding]:
    """Find a clock that steps back, stands still, or was never set."""
    clock = quality.clock
    if quality.frames < 2 or clock.sound:
        return
    if not clock.known:
        message = "no frame has a time"
    elif clock.still:
        message = f"all {clock.known} frames have the same time"
    else:
        times = "once" if clock.steps == 1 else f"{clock.steps} times"
        message = f"the clock steps back {times}, by up to {duration(clock.largest)}"
    yield of_capture(
        RULE,
        quality,
        message=message,
        frame=clock.first_step,
        details={"steps": clock.steps, "largest_ns": clock.largest},
    )
