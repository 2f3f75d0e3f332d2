"""`strongroom …`: every command but `sim` and those of a node."""

import sys

from hub.cli import ending, services

asked = services.wanted(sys.argv[1:])
if asked:
    with ending.one_line(ending.exits):
        services.run(asked)
else:
    from hub.cli.main import run

    run()
