"""`strongroom …`: every command but `sim` and those of a node."""

from hub.cli.main import run

run()
