"""`strongroom node …`: the command line of this side."""

from firmware.cli.main import run

run()
