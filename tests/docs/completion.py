"""What makes a shell complete `strongroom …`, made from the commands themselves: `python -m tests.docs.completion`.

Each file is one table with a few lines of its shell around it (completion.bash and completion.zsh beside this one).
Nothing of Strongroom is started while somebody types.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from hub.cli.commands import ELSEWHERE, WORDS
from hub.cli.journal import KINDS
from tests.docs.commands import Option, all_commands
from wire.command_line.help import VERSION

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "completion"
SHELLS = ("bash", "zsh")
FILE, ANYTHING = "<file>", "<anything>"
OF_THE_SITE = {
    "AREA": "<area>", "AREA|NUMBER": "<area>", "POINT": "<point>", "SEAL": "<point>", "AREA/POINT": "<point>",
    "AREA/READER": "<reader>", "NODE": "<node>", "--node": "<node>", "--area": "<area>", "--place": "<point>",
    "NAME|NUMBER": "<cardholder>", "--as": "<account>", "--second": "<account>", "LOGIN": "<account>",
}  # fmt: skip
"""Of what the site document has the names."""
KNOWN = {"--kind": sorted(KINDS), "ITEMS": ["doors", "windows", "cabinets", "safe", "people-out", "all"]}
"""Words that are no choice in a signature."""


def rows() -> Iterator[tuple[str, str, list[str]]]:
    """The whole table: after these words, in this place, stand these, each `word` or `word:what it does`.

    Places are `below` (commands), `options`, the name of an option (its values), and the number of an argument, with a
    plus where there may be more of it.
    """
    found = all_commands()
    said = {one.words: one.help for one in found} | {(word,): one.help for word, one in WORDS.items()}
    said |= {(word,): text for word, text in ELSEWHERE.items()}
    for group in sorted({one.words[:depth] for one in found for depth in range(len(one.words))}):
        below = sorted({one.words[: len(group) + 1] for one in found if one.words[: len(group)] == group})
        yield " ".join(group), "below", [f"{words[-1]}:{said.get(words, 'More commands.')}" for words in below]
    yield "", "options", [":".join(VERSION)]
    yield "completion", "1", list(SHELLS)
    for command in found:
        words = " ".join(command.words)
        yield words, "options", [f"{one.name}:{one.help}" for one in command.options]
        for one in command.options:
            yield words, one.name, _values(one) if one.value else []
        for number, one in enumerate(command.arguments, 1):
            yield words, f"{number}{'+' if one.many else ''}", _values(one)


def _values(one: Option) -> list[str]:
    if one.choices or one.name in KNOWN:
        return list(one.choices or KNOWN[one.name])
    return [FILE] if one.file else [OF_THE_SITE.get(one.name, ANYTHING)]


def render(shell: str) -> str:
    """The file for a shell."""
    table = "".join(f"        {line}\n" for line in _cases(with_help=shell == "zsh"))
    return (HERE / f"completion.{shell}").read_text("utf-8").replace("        # The table stands here.\n", table)


def _cases(with_help: bool) -> Iterator[str]:
    for words, place, values in rows():
        if values:
            shown = [value if with_help else value.partition(":")[0] for value in values]
            number, more = place.rstrip("+"), place.endswith("+")
            pattern = f"{shlex.quote(f'{words}|')}[{number}-9]" if more else shlex.quote(f"{words}|{place}")
            yield f"{pattern}) printf '%s\\n' {' '.join(map(shlex.quote, shown))} ;;"


if __name__ == "__main__":
    for one in SHELLS:
        (FOLDER / f"strongroom.{one}").write_text(render(one), "utf-8")
