from itertools import product

import pytest

from desync.cli.exit_codes import ExitCode, scan_exit_code


@pytest.mark.parametrize(("partial", "failed"), list(product((False, True), repeat=2)))
def test_nothing_analysed_wins_over_all(partial, failed):
    assert scan_exit_code(analysed=0, partial=partial, failed=failed) == ExitCode.NOTHING_ANALYSED == 4


def test_partial_wins_over_findings_and_findings_over_nothing():
    assert scan_exit_code(analysed=1, partial=True, failed=True) == 3
    assert scan_exit_code(analysed=1, partial=False, failed=True) == 1
    assert scan_exit_code(analysed=1, partial=False, failed=False) == 0
