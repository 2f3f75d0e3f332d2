"""`strongroom …`: every command but `sim` and those of a node."""

import sys

from hub.cli import services

asked = services.wanted(sys.argv[1:])
if asked:
    services.run_alone(asked)
else:
    from hub.cli.main import run

    run()
