"""Run the command line: ``python -m desync`` is ``desync``."""

import sys

from desync.cli.main import main

sys.exit(main())
