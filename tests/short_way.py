"""Hold the short way (``analysis.quick``) against the general one."""


from desync.analysis.examine import examine
from desync.analysis.kept import keep
from desync.analysis.options import Options
from desync.analysis.quick import quick_outcomes
from desync.analysis.select import mail_flows, speaking_flows
from desync.capture.open import open_capture
from desync.capture.slices import read_frames
from desync.findings.finding import Facts
from desync.packets.decode import decode
from desync.tcp.flows import group
from desync.tcp.rows import take_rows

OPTIONS = Options()


def compare(path) -> tuple[int, int]:
    """Analyse each pair of a capture both ways.

    Returns:
        How many pairs there are, and how many went the short way; all of these as the general way has them.
    """
    pairs = short = 0
    with open_capture(str(path)) as capture:
        for piece in capture.slices(1 << 26):
            segments = decode(read_frames(piece)).segments
            flows = group(segments)
            chosen = mail_flows(flows, OPTIONS.mail_ports) | speaking_flows(segments, flows)
            kept = keep(segments, flows, chosen, 0, rereadable=True)
            order = flows.rows[chosen[flows.flow[flows.rows]]]
            quick = quick_outcomes(segments, kept, order, OPTIONS)
            rows = take_rows(segments, flows.side, order, 0)
            starts = kept.starts.tolist()
            pairs += len(kept)
            short += len(quick)
            for pair, outcome in quick.items():
                part = rows.cut(starts[pair], starts[pair + 1])
                general = examine(part, kept.pairs.pair(pair), OPTIONS, Facts())
                assert [one.record for one in general] == [None]
                assert general[0].brief._replace(key=None) == outcome.brief._replace(key=None)
                assert bytes(general[0].brief.key) == bytes(outcome.brief.key)
    return pairs, short


