"""`strongroom demo`, and the console of a demonstration, which has one page more."""

from __future__ import annotations

import sys
from pathlib import Path

from demo import command
from hub.cli import ending
from wire.command_line.run import one_line


def main(words: list[str]) -> None:
    """`--dir DIR console` is what the demonstration itself starts; all else a person has typed."""
    if words[:1] == ["--dir"] and words[2:] == ["console"]:
        from demo import play_page
        from hub.console.app import run
        from hub.site_directory.hub import open_hub

        with one_line(ending.by(ending.exits)):
            run(open_hub(Path(words[1])), play_page.MORE)
    else:
        command.run(words)


if __name__ == "__main__":
    main(sys.argv[1:])
