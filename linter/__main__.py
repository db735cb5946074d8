"""`python -m linter` is the command `aiplint`."""

import sys

from linter.cli import main

sys.exit(main())
