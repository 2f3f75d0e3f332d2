"""The reference page of the command line, made from the code: `python -m tests.docs.command_reference --write`."""

from __future__ import annotations

import sys
from pathlib import Path

from hub.cli.main import exits
from tests.docs.commands import Command, Option, all_commands
from tests.docs.lines import folded

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "command-line.md"

INTRODUCTION = """\
# The command line

This page is made from the code and compared with it by a test. Every command begins with `./strongroom` in the folder
of the code; `./strongroom COMMAND --help` says the same at the terminal.

## What holds for all of them

    ./strongroom [--dir DIR] COMMAND …

`--dir DIR` is the site's directory, named before the command or after it. Left out, it is what the variable
`STRONGROOM_DIR` says; without that `/var/lib/strongroom` where that exists, else `demo-site` in the folder you stand
in. The first run of any command installs what is missing. `STRONGROOM_PYTHON` names another Python than `python3`.

bash and zsh complete all of it, with the names of a site whose document is `site.toml` in its directory. For every
shell to come:

    echo 'eval "$(/path/to/strongroom completion bash)"' >>~/.bashrc

What a person asked for goes to standard output, every error as one line `strongroom: …` to standard error. Where there
is `--json`, it is for programs; the other form is for people and changes from version to version.
"""

EXIT_TEXTS = {
    0: "done",
    1: "the comparison found differences (`hub rebuild`), or checks failed (`test`, `demo --story`)",
    2: "it is unproven (`verify`)",
    64: "the command was typed wrongly",
    65: "what was given is refused: a rule of the journal, papers that are not in order, mistakes in a document",
    66: "a file or a running node is not there",
    69: "something that is needed is not installed, or a port is in use",
    73: "a file cannot be made",
    74: "the disk or the network failed",
    75: "the database does not answer; try again",
    77: "a file or key may not be read, or may be read by too many",
    78: "a settings file or the database's version has to be put right by a person",
    130: "stopped by Ctrl-C",
}


def render() -> str:
    """The whole page."""
    parts = [INTRODUCTION, "## Exit codes\n", _exits(), "## Commands\n", _index()]
    parts += [_command(command) for command in all_commands()]
    return folded("\n".join(parts).rstrip() + "\n")


def _exits() -> str:
    missing = set(exits().values()) - EXIT_TEXTS.keys()
    if missing:
        raise ValueError(f"say what exit codes {missing} mean")
    rows = [f"| {code} | {text} |" for code, text in EXIT_TEXTS.items()]
    return "\n".join(["| code | meaning |", "|---|---|", *rows, ""])


def _index() -> str:
    rows = [f"| `{' '.join(one.words)}` | {one.help} |" for one in all_commands()]
    return "\n".join(["| command | what it does |", "|---|---|", *rows, ""])


def _command(command: Command) -> str:
    usage = ["strongroom", *command.words]
    usage += [_optional(one.name, one.default == "optional") for one in command.arguments]
    usage += [_optional(_shown(one), one.default != "must be given") for one in command.options]
    lines = [f"### {' '.join(command.words)}", "", command.help, "", f"    {' '.join(usage)}", ""]
    said = [one for one in command.arguments if one.help] + list(command.options)
    if said:
        lines += ["| | default | meaning |", "|---|---|---|"]
        lines += [_row(one) for one in said]
        lines.append("")
    return "\n".join(lines)


def _row(option: Option) -> str:
    default = option.default if option.default in ("", "must be given", "optional") else f"`{option.default}`"
    return f"| `{_shown(option).replace('|', chr(92) + '|')}` | {default} | {option.help.replace('|', chr(92) + '|')} |"


def _shown(option: Option) -> str:
    return f"{option.name} {option.value}".strip()


def _optional(text: str, optional: bool) -> str:
    return f"[{text}]" if optional else text


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(render(), "utf-8")
    else:
        print(render(), end="")
