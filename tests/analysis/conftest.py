"""What tests of slices have alike."""

import pytest

from desync.capture.open import open_capture


@pytest.fixture
def pieces(tmp_path):
    def pieces(octets, slice_octets=1 << 26):
        path = tmp_path / "x.pcap"
        path.write_bytes(octets)
        with open_capture(str(path)) as capture:
            return list(capture.slices(slice_octets))

    return pieces
