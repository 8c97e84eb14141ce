"""An annotated capture: the frames of connections, and beside them what was found.

    scan        every connection is judged, as a report has it
    choose      which of them go in                                    (``choice``)
    plan        what becomes of each frame                             (``plan``)
    survey      frames that belong to them and hold no segment         (``survey``)
    write       each capture's frames as a section of its own          (``section``)

May know all of these; must not know what a finding means, nor a terminal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import IO, NamedTuple

from desync.analysis.options import Options
from desync.analysis.record import Outcome
from desync.archive.archive import Archive
from desync.archive.captures import Progress
from desync.archive.scan import scan_archive
from desync.findings.finding import Place
from desync.report.evidence.addresses import Addresses
from desync.report.evidence.choice import Choice, Wanted, choose
from desync.report.evidence.comments import file_name, marks_of
from desync.report.evidence.pcapng_writer import Writer
from desync.report.evidence.plan import Plan, plan_of
from desync.report.evidence.redaction import Rename
from desync.report.evidence.rewrite import Rules
from desync.report.evidence.section import Section
from desync.report.evidence.survey import Survey, survey
from desync.report.redacted.names import Names


class Redaction(NamedTuple):
    """What is not handed on.

    Attributes:
        private: Whether mail text and credentials are overwritten.
        addresses: Whether addresses and names are replaced.
    """

    private: bool = True
    addresses: bool = False


@dataclass(slots=True)
class Annotated:
    """Connections that were chosen, ready to be written.

    Attributes:
        archive: What was found in the captures.
        choice: The connections.
        redaction: What is not handed on.
    """

    archive: Archive
    choice: Choice
    redaction: Redaction

    @property
    def unreadable(self) -> list[tuple[str, str]]:
        """Paths that could not be analysed though they were named, each with the reason."""
        return self.archive.unreadable

    @property
    def damaged(self) -> bool:
        """Whether a capture was truncated or damaged."""
        return self.archive.damaged

    @property
    def analysed(self) -> int:
        """Captures that were analysed."""
        return len(self.archive.captures)

    @property
    def left_out(self) -> list[str]:
        """Why connections that were asked for are not in it."""
        return self.choice.left_out

    @property
    def digests(self) -> dict[str, str | None]:
        """The SHA-256 of each capture, by its path."""
        return {one.path: one.sha256 for one in self.archive.captures}

    def write(self, stream: IO[bytes]) -> int:
        """Write the capture.

        Returns:
            How many frames it has.

        Raises:
            CaptureError: A capture cannot be read again, or cannot be written as pcapng.
        """
        outcomes = [*self.choice.outcomes, *self.choice.companions]
        names = Names() if self.redaction.addresses else None
        rename = names.words.octets if names is not None else None
        if rename is not None:
            # A name may stand in a reply before it stands where it is known for one.
            self._plan(outcomes, rename)
        plan = self._plan(outcomes, rename)
        order = [index for members in self.archive.sets for index in members if index in plan.lines]
        found = {index: survey(plan, index, self.archive.captures[index].path) for index in order}
        marks = marks_of(outcomes, self.choice.companions, _numbers(plan, found))
        if names is not None:
            marks = {place: [*map(names.words.text, said)] for place, said in marks.items()}
        called = {one.index: _called(one.path, names) for one in self.archive.captures}
        rules = Rules(self.redaction.private, Addresses(names) if names is not None else None)
        writer = Writer(stream)
        return sum(
            Section(self.archive.captures[index], called[index], plan, found[index], rules, marks).write(
                writer
            )
            for index in order
        )

    def _plan(self, outcomes: Sequence[Outcome], rename: Rename) -> Plan:
        return plan_of(self.archive, outcomes, rename, redacted=self.redaction.private)


def _called(path: str, names: Names | None) -> str:
    return file_name(path) if names is None else names.path(path)


def _numbers(plan: Plan, found: Mapping[int, Survey]) -> dict[Place, int]:
    """The number of each frame in the annotated capture: captures behind each other, frames in order."""
    numbers: dict[Place, int] = {}
    for index, one in found.items():
        own = plan.lines.get(index, {}).keys()
        behind = len(numbers) + 1
        for number, frame in enumerate(sorted({*own, *one.late, *one.extras}), behind):
            numbers[Place(index, frame)] = number
    return numbers


def annotate(
    paths: Sequence[str],
    options: Options,
    wanted: Wanted,
    redaction: Redaction,
    progress: Progress | None = None,
) -> Annotated:
    """Find connections in captures, for an annotated capture of them.

    Args:
        paths: The captures; they are read again when it is written.
        options: What decides the analysis.
        wanted: Which connections.
        redaction: What is not handed on.
        progress: Told how far the analysis has come.

    Raises:
        UsageError: There is no such connection.
    """
    archive = scan_archive(paths, replace(options, details=True, hash=True), progress)
    choice = choose(archive, wanted) if archive.captures else Choice([], [], [])
    return Annotated(archive, choice, redaction)
