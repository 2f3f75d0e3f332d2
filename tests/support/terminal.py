"""Commands as somebody types them, carried out in this process: what they say, and how they end."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest import mock

from hub.cli import main
from tests.support.hub import PASSWORD
from wire.command_line.run import Failure


class Result(NamedTuple):
    """What a command has said on either stream, and how it has ended. `exception`: its refusal, where it has one."""

    stdout: str
    stderr: str
    exit_code: int
    exception: Exception | None

    @property
    def output(self) -> str:
        """All that it has said."""
        return self.stdout + self.stderr


def type_in(*words: object, keyboard: str = "", invoke: Callable[[Sequence[str]], Any] = main.invoke) -> Result:
    """Carry the words after `strongroom` out; `keyboard` is what somebody types when asked. Whoever is named types the
    password after it."""
    keyboard += f"{PASSWORD}\n" * sum(word in ("--as", "--second") for word in words)
    code = 0
    refusal: Exception | None = None
    with _terminal(keyboard) as (out, err):
        try:
            invoke([str(word) for word in words])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except Failure as failure:
            code, refusal = failure.code, failure
        except Exception as error:  # noqa: BLE001 - whatever it is, a test looks at it
            code, refusal = 1, error
        return Result(_written(out), _written(err), code, refusal)


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


@contextmanager
def _terminal(keyboard: str) -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        mock.patch.object(sys, "stdin", io.StringIO(keyboard)),
        mock.patch.object(sys, "stdout", out),
        mock.patch.object(sys, "stderr", err),
    ):
        yield out, err
