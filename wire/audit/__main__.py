"""``python -m wire.audit``: the verifier without its archive."""

import sys

from wire.audit.command import main

if __name__ == "__main__":
    sys.exit(main())
