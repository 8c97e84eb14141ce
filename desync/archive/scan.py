"""Scan an archive: all captures, their slices stitched, each mail connection once, in order.

May know captures, sets and the archive; must not know how a report looks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from desync.analysis.options import Options
from desync.analysis.plain import lone_pairs
from desync.analysis.stitch import shared_pairs
from desync.archive.admission import admit
from desync.archive.archive import Archive
from desync.archive.captures import (
    CaptureEntry,
    Progress,
    plain_among,
)
from desync.archive.later import searches
from desync.archive.redone import Redone
from desync.archive.sets import Member, rotated_sets
from desync.archive.spool import Spool
from desync.archive.store import Store
from desync.archive.workers import Workers
from desync.findings.finding import Facts
from desync.tcp.pair_keys import Keys, among, unique


def scan_archive(
    paths: Iterable[str], options: Options, progress: Progress | None = None, store: Store | None = None
) -> Archive:
    """Scan captures.

    Args:
        paths: Files, directories, patterns, or ``-`` for standard input.
        options: What to look for.
        progress: Told how far it has come.
        store: Remembers captures that are done, and knows those of earlier runs.
    """
    spool = Spool()
    archive = Archive(options, [], [], Facts(), [], spool, store, Redone(spool))
    with Workers(options.jobs, cluster=options.cluster) as workers:
        archive.options = replace(options, jobs=workers.jobs)
        admit(archive, paths, workers, progress)
        archive.sets = rotated_sets([_member(one) for one in archive.captures])
        if options.merge:
            archive.merge()
        for members in archive.sets:
            _stitch(archive, members, workers)
        _apply_early_pipelining(archive, workers)
        _name_repeats(archive, workers)
    return archive


def _stitch(archive: Archive, members: Sequence[int], workers: Workers) -> None:
    """Examine again what several slices of a set share, and what none has examined."""
    entries = [entry for index in members for entry in archive.captures[index].slices]
    again = [entry.open for entry in entries]
    if len(entries) > 1:
        held = [entry.held for entry in entries]
        shared = shared_pairs(held, [entry.speaking for entry in entries])
        plain = [plain_among(entry, shared, archive.spool) for entry in entries]
        again.append(shared[~among(shared, lone_pairs(shared, held, plain))])
    if any(len(keys) for keys in again):
        archive.redo(members, unique(np.concatenate(again)), workers)


def _apply_early_pipelining(archive: Archive, workers: Workers) -> None:
    """Examine again the connections whose verdict depends on what a server offers to others."""
    if not any(traits.early for traits in archive.traits()):
        return
    briefs = [
        outcome.brief
        for outcome in archive.outcomes()
        if outcome.brief.depends or outcome.brief.offers_early_pipelining
    ]
    early = frozenset(brief.server.address for brief in briefs if brief.offers_early_pipelining)
    if not early:
        return
    archive.facts = replace(archive.facts, early_pipelining=early)
    for members in archive.sets:
        wanted = [
            brief.key
            for brief in briefs
            if brief.depends and brief.server.address in early and brief.order[0] in members
        ]
        _examine_again(archive, members, wanted, workers)


def _name_repeats(archive: Archive, workers: Workers) -> None:
    """Examine again the connections with a message at risk that comes again on another connection."""
    at_risk = {client for traits in archive.traits() for client in traits.at_risk}
    wanted = searches(at_risk, archive.outcomes(), archive.plain(), archive.sets) if at_risk else []
    if not wanted:
        return
    from desync.archive.repeats import Collect, repeats  # noqa: PLC0415 - the general way: ``analysis.outcomes``

    collect = Collect(
        archive.sets,
        archive.parts,
        archive.options,
        workers,
        archive.captures,
        archive.store,
        archive.lose_parts,
        archive.stayed,
    )
    found = repeats(wanted, collect)
    archive.facts = replace(archive.facts, repeats=found.places, beyond=found.beyond)
    for position, keys in sorted(found.keys.items()):
        _examine_again(archive, archive.sets[position], keys, workers)


def _examine_again(
    archive: Archive, members: Sequence[int], keys: Sequence[Keys] | Keys, workers: Workers
) -> None:
    """Examine pairs once more, with what is known now of the rest of the archive."""
    if len(keys):
        again = unique(np.array(keys))
        archive.forget(members, again)
        archive.redo(members, again, workers)


def _member(one: CaptureEntry) -> Member:
    known = one.times.known > 0
    return Member(
        one.index,
        one.path,
        one.link_types,
        one.times.earliest if known else None,
        one.times.latest if known else None,
    )
