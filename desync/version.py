"""Which version of desync this is; pyproject.toml takes it from here.

Asking the installed package instead (``importlib.metadata``) takes as long as to analyse a small capture.
"""

from typing import Final

VERSION: Final = "0.1.0"
