from copy import deepcopy

import pytest
from report import documents

from desync.report.formats.registry import FORMATS, HASHED, PARQUET, RENDERERS, TEXT


def test_every_format_is_in_the_list_once():
    assert (TEXT, *RENDERERS, PARQUET) == FORMATS
    assert len({*FORMATS}) == len(FORMATS)
    assert {*FORMATS} >= HASHED


@pytest.mark.parametrize("form", RENDERERS)
@pytest.mark.parametrize("name", documents.ALL)
def test_a_document_is_printed_in_pieces_alike_each_time_and_stays_as_it_is(form, name):
    document = documents.ALL[name]()
    before = deepcopy(document)
    pieces = RENDERERS[form](document)
    assert iter(pieces) is pieces
    printed = list(pieces)
    assert all(isinstance(piece, str) for piece in printed)
    assert list(RENDERERS[form](document)) == printed
    assert document == before


@pytest.mark.parametrize("form", RENDERERS)
def test_pieces_stay_small_whatever_the_report(form):
    less, more = (list(map(len, RENDERERS[form](documents.many(clients, 2)))) for clients in (160, 320))
    assert max(more) < 1.5 * max(less) or max(more) < sum(more) / 10
