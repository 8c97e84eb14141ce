"""Write the frames of one capture as a section, each as the plan and the survey say.

May know plans, frames and comments; must not know which connections were chosen, nor why.
"""

from dataclasses import dataclass, field
from typing import Final

from desync.archive.captures import CaptureEntry
from desync.capture.clocks import Clock
from desync.capture.frames import Interface
from desync.errors import CaptureError
from desync.findings.finding import Place
from desync.packets.reassembly import Datagram
from desync.report.evidence import rewrite
from desync.report.evidence.choice import MOST_LINK
from desync.report.evidence.comments import APPLICATION, Marks, frame_comments, section_comments
from desync.report.evidence.frames import Taken, take
from desync.report.evidence.masks import mask_data
from desync.report.evidence.pcapng_writer import COMMENT, Frame, Writer, comment
from desync.report.evidence.plan import LATE, UNCHANGED, Line, Plan
from desync.report.evidence.rewrite import Rules, Source
from desync.report.evidence.survey import Extra, Survey
from desync.tcp.sequence import MODULUS

_SEQUENCE: Final = slice(4, 8)
"""Where a TCP header has its sequence number."""


@dataclass(slots=True)
class Section:
    """A section while it is written.

    Attributes:
        entry: The capture that its frames are from.
        name: What that is called.
        plan, survey: What becomes of them.
        rules: What changes in all frames.
        marks: What findings say of frames.
    """

    entry: CaptureEntry
    name: str
    plan: Plan
    survey: Survey
    rules: Rules
    marks: Marks
    _interfaces: dict[tuple[int, Interface, Clock], int] = field(default_factory=dict)
    _datagrams: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)

    def write(self, writer: Writer) -> int:
        """Write the section.

        Returns:
            How many frames it has.

        Raises:
            CaptureError: The capture cannot be read, is not what it was, or is of a link type that
                pcapng has no number for.
        """
        index = self.entry.index
        lines = self.plan.lines.get(index, {}) | self.survey.late
        owners = {line.owner for line in lines.values()}
        rules = self.rules
        writer.section(
            APPLICATION,
            section_comments(
                self.entry,
                self.name,
                len(owners),
                redacted=rules.redacted,
                renamed=rules.addresses is not None,
            ),
        )
        count = 0
        for taken in take(self.entry.path, lines.keys() | self.survey.extras.keys()):
            writer.frame(self._frame(writer, taken, lines.get(taken.number)))
            count += 1
        return count

    def _frame(self, writer: Writer, taken: Taken, line: Line | None) -> Frame:
        source, place = taken.source, Place(self.entry.index, taken.number)
        extra = self.survey.extras.get(taken.number)
        octets = self._octets(taken, line, extra)
        start, end = rewrite.payload_of(source) if extra is None else (source.trace.at, source.trace.end)
        overwritten = sum(map(int.__ne__, source.octets[start:end], octets[start:end]))
        said = frame_comments(place, self.name, self.marks.get(place, ()), extra, overwritten)
        own = [one for one in taken.options if one[0] != COMMENT or self.rules.nothing]
        return Frame(
            interface=self._interface(writer, taken),
            ticks=taken.ticks,
            octets=octets,
            length=max(source.length, len(octets)),
            options=[*map(comment, said), *own],
        )

    def _interface(self, writer: Writer, taken: Taken) -> int:
        one, rules = taken.source.interface, self.rules
        key = (taken.place, one, taken.clock)
        if key not in self._interfaces:
            if one.link_type is None or one.link_type > MOST_LINK:
                raise CaptureError(self.entry.path, "its link type has no number in pcapng")
            self._interfaces[key] = writer.interface(
                link_type=one.link_type,
                snap_length=one.snap_length,
                name=one.name if rules.addresses is None else rules.addresses.interface(one.name),
                clock=taken.clock,
                fcs_octets=one.fcs_octets,
            )
        return self._interfaces[key]

    def _octets(self, taken: Taken, line: Line | None, extra: Extra | None) -> bytes:
        source, rules = taken.source, self.rules
        if rules.nothing:
            return source.octets
        if extra is not None:
            return self._extra(source, extra)
        if line is None or line.edit == UNCHANGED:
            return rewrite.rewritten(source, None, rules)
        payload = self._late(source, line) if line.edit == LATE else self.plan.spool.get(line.edit)
        start, end = rewrite.payload_of(source)
        if payload is not None and len(payload) != end - start:
            raise CaptureError(self.entry.path, "changed while it was read")
        return rewrite.rewritten(source, payload, rules)

    def _extra(self, source: Source, extra: Extra) -> bytes:
        if extra.kind == "quote":
            return rewrite.quoted(source, self.rules)
        offset = rewrite.fragment_offset(source)
        if extra.kind == "unfinished" or offset is None:
            return rewrite.unfinished(source, self.rules)
        before, after = self._datagram(extra)
        return rewrite.fragment(source, before[offset:], after[offset:], self.rules)

    def _datagram(self, extra: Extra) -> tuple[bytes, bytes]:
        """The payload of a datagram, as it was and rewritten."""
        if extra.datagram not in self._datagrams:
            self._datagrams.clear()
            datagram: Datagram = self.plan.spool.get(extra.datagram)
            line = self.plan.lines[self.entry.index][extra.completed]
            packet = rewrite.packet_source(datagram.packet, datagram.length)
            payload = (
                None
                if line.edit == UNCHANGED
                else self._late(packet, line)
                if line.edit == LATE
                else self.plan.spool.get(line.edit)
            )
            after = rewrite.rewritten(packet, payload, self.rules)
            header = rewrite.header_octets(datagram.packet)
            self._datagrams[extra.datagram] = datagram.packet[header:], after[header:]
        return self._datagrams[extra.datagram]

    def _late(self, source: Source, line: Line) -> bytes | None:
        """What becomes of a payload that nobody looked at: it lies in mail data, or under TLS."""
        if not self.rules.redacted:
            return None
        start, end = rewrite.payload_of(source)
        share = self.plan.shares[line.owner][line.side]
        at = source.trace.at
        sequence = int.from_bytes(source.octets[at:end][_SEQUENCE], "big")
        if share.sequence is not None and share.encrypted is not None and self.rules.addresses is None:
            offset = (sequence - share.sequence) % MODULUS
            # What has wrapped counts from 0 again, and is overwritten rather than shown.
            if offset >= share.encrypted:
                return None
        return mask_data(source.octets[start:end])
