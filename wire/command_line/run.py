"""From the words that were typed to the function that is called. Every slip is one line and the same exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from wire.command_line import help
from wire.command_line.signature import Context, Function, Parameter, parameters, wants_context
from wire.command_line.tree import Group
from wire.plain import plain

if TYPE_CHECKING:
    import argparse

EXIT_USAGE = os.EX_USAGE
EXIT_INTERRUPTED = 130
HELP = ("--help", "-h")
PROGRAM = "strongroom"

Explain = Callable[[Exception], tuple[str, int] | None]
"""The line for a person and the exit code; None for a bug."""


class Failure(Exception):
    """What went wrong, in one line for a person, and the exit code for a program (as sysexits.h has them)."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def wrong(message: str, words: Sequence[str]) -> Failure:
    """What was typed is no command; `words`: as far as it was one."""
    return Failure(f"{message}; see: {' '.join((PROGRAM, *words))} --help", EXIT_USAGE)


def nearest(word: str, known: Iterable[str]) -> str:
    """“ (did you mean 'x'?)” where something that exists looks like it; else nothing.

    Of a place as area/name the names in that area count, since their beginnings are alike anyway.
    """
    from difflib import get_close_matches

    names, head = list(known), f"{word.rpartition('/')[0]}/".lstrip("/")
    if head and any(one.startswith(head) for one in names):
        names = [one for one in names if one.startswith(head)]
    else:
        head = ""
    tails = {one.removeprefix(head): one for one in names}
    # Of a name of two or three characters, as Chinese ones are, one may be wrong.
    tail = word.removeprefix(head)
    found = get_close_matches(tail, tails, n=1, cutoff=0.5 if len(tail) < 4 else 0.7)
    return f" (did you mean {tails[found[0]]!r}?)" if found else ""


# ---------------------------------------------------------------- words


class Meant(NamedTuple):
    """What was typed: the words of a command or group, what it is, and what was given to it. `given` is None where its
    help is asked for."""

    words: tuple[str, ...]
    node: Group | Function
    directory: Path | None
    given: dict[str, Any] | None


def meant(top: Group | Function, words: Sequence[str], prefix: str = "") -> Meant:
    """What words mean. `prefix`: the word that `top` itself stands under, if any. Raises Failure."""
    named, rest = _before_the_command(list(words))
    so_far: tuple[str, ...] = ()
    if prefix and rest[:1] == [prefix]:
        so_far, rest = (prefix,), rest[1:]
    node = top
    while isinstance(node, Group):
        word = rest[0] if rest else ""
        if word in HELP:
            return Meant(so_far, node, named, None)
        if not word:
            raise wrong(f"which command? There are: {', '.join(node.nodes)}", so_far)
        if (below := node.find(word)) is not None:
            so_far, node, rest = (*so_far, word), below, rest[1:]
        elif node.default and (below := node.find(node.default)):
            so_far, node = (*so_far, node.default), below
        elif word in node.nodes:
            raise wrong(f"{word!r} is not for this side to do", so_far)
        else:
            what = "option" if word.startswith("-") else "command"
            raise wrong(f"there is no {what} {word!r}{nearest(word, node.nodes)}", so_far)
    if any(word in HELP for word in _before_dashes(rest)):
        return Meant(so_far, node, named, None)
    given = _parsed(node, rest, so_far)
    return Meant(so_far, node, given.pop("dir", None) or named, given)


def call(
    top: Group | Function,
    words: Sequence[str],
    directory: Callable[[], Path],
    prefix: str = "",
    version: Callable[[], str] | None = None,
) -> None:
    """Do what words mean, or show its help. `directory`: the site's where none is named; `version`: what `--version`
    says, where that is an option. Raises Failure, and whatever the command raises."""
    if version and _before_the_command(list(words))[1][:1] == ["--version"]:
        print(f"{PROGRAM} {version()}")
        return
    found = meant(top, words, prefix)
    typed = (PROGRAM, *found.words)
    if isinstance(found.node, Group):
        print(help.of_group(typed, found.node, [help.VERSION] if version and not found.words else []))
    elif found.given is None:
        print(help.of_command(typed, found.node))
    else:
        context = (Context(found.directory or directory()),) if wants_context(found.node) else ()
        found.node(*context, **found.given)


def _before_the_command(words: list[str]) -> tuple[Path | None, list[str]]:
    """The directory that is named before the command, and all words behind."""
    named = None
    while words and words[0].partition("=")[0] == "--dir":
        _, given, value = words.pop(0).partition("=")
        if not given and not words:
            raise wrong("--dir wants a value", ())
        named = Path(value if given else words.pop(0))
    return named, words


def _before_dashes(words: list[str]) -> list[str]:
    return words[: words.index("--")] if "--" in words else words


# ---------------------------------------------------------------- what follows a command


def _parsed(function: Function, words: Sequence[str], so_far: Sequence[str]) -> dict[str, Any]:
    """Values by the function's own names, and `dir` where that was named."""
    known = parameters(function)
    parser = _parser(known, so_far)
    given, rest = parser.parse_known_intermixed_args(words)
    if rest:
        if rest[0].startswith("-") and rest[0] != "-":
            options = ("--dir", "--help", *(one.name for one in known if one.option))
            name = rest[0].partition("=")[0]
            raise wrong(f"there is no option {name!r}{nearest(name, options)}", so_far)
        raise wrong(f"{rest[0]!r} is one word too many", so_far)
    values = vars(given)
    for one in known:
        if one.many and not values[one.key]:
            values[one.key] = one.default
    missing = [one.name for one in known if one.needed and values[one.key] is None]
    if missing:
        raise wrong(f"missing: {', '.join(missing)}", so_far)
    return values


def _parser(known: Iterable[Parameter], so_far: Sequence[str]) -> argparse.ArgumentParser:
    import argparse  # only by whoever parses something

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise wrong(message.removeprefix("argument "), so_far)

    parser = Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("--dir", type=Path, default=argparse.SUPPRESS)
    for one in known:
        if one.switch:
            parser.add_argument(one.name, dest=one.key, action="store_true")
        elif one.option:
            action = "append" if one.many else "store"
            parser.add_argument(one.name, dest=one.key, action=action, default=one.default, type=_kind(one))
        else:
            nargs = "*" if one.many else "?"  # what is missing is told by us, all of it at once
            parser.add_argument(one.key, metavar=one.name, nargs=nargs, default=one.default, type=_kind(one))
    return parser


def _kind(one: Parameter) -> Callable[[str], object]:
    import argparse

    least, most = one.bounds

    def read(text: str) -> object:
        if one.choices:
            if text not in one.choices:
                near = nearest(text, one.choices)
                raise argparse.ArgumentTypeError(f"{text!r} is none of: {', '.join(one.choices)}{near}")
            return text
        if one.kind in (int, float):
            return _number(text, one.kind)
        return one.kind(text)

    def _number(text: str, kind: type) -> float:
        try:
            number: float = kind(text)
        except ValueError:
            what = "a whole number" if kind is int else "a number"
            raise argparse.ArgumentTypeError(f"{text!r} is not {what}") from None
        if (least is not None and number < least) or (most is not None and number > most):
            bounds = f"from {least} to {most}" if most is not None else f"{least} or more"
            raise argparse.ArgumentTypeError(f"{text!r} is not {bounds}")
        return number

    return read


# ---------------------------------------------------------------- the end


@contextmanager
def one_line(explain: Explain) -> Iterator[None]:
    """End the process with one line for what a person can do something about; all else is a bug and shows itself.

    A terminal that cannot show a character gets its code in its place.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        yield
        _flush()
    except BrokenPipeError:
        _let_go()  # whoever read our output has had enough
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    except Exception as error:
        told = (str(error), error.code) if isinstance(error, Failure) else explain(error)
        if told is None:
            raise
        end(*told)
    finally:
        gc.freeze()  # all of it goes with the process: Python would look through it twice on its way out


def of_the_system(error: Exception) -> tuple[str, int] | None:
    """What the operating system says, with the file that it says it of."""
    if not isinstance(error, OSError):
        return None
    message = ": ".join(str(one) for one in (error.filename, error.strerror) if one) or str(error)
    return message, next((code for kind, code in _SYSTEM if isinstance(error, kind)), os.EX_IOERR)


_SYSTEM = ((FileNotFoundError, os.EX_NOINPUT), (PermissionError, os.EX_NOPERM))


def _flush() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _let_go()
        raise Failure(f"standard output: {error.strerror}", os.EX_IOERR) from None


def _let_go() -> None:
    """Python flushes what it prints once more at its end, where nobody can take it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def end(message: str, code: int) -> NoReturn:
    """Say it and end."""
    print(f"{PROGRAM}: {plain(message)}", file=sys.stderr)
    sys.exit(code)
