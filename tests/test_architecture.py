"""The arrows of the house: who may import whom, held by reading every import statement.

The table is the whole of it. A room is a folder, or a module that has a row of its own; what has no row of its own
belongs to the nearest folder above it. To move a wall, change the table here, and say why in docs/explanation.
"""

import ast
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("wire", "firmware", "hub", "hardware", "demo")

# Rooms that each room may import, itself left out. "x.*" is the room x and all that lies below it. Rooms stand below
# those that they serve, so that every arrow points down.
ARROWS: dict[str, set[str]] = {
    # --- the demonstration may import all; nobody imports it
    "demo": {"demo.*", "hub.*", "firmware.*", "wire.*"},
    "demo.story": {"demo.site", "hub.*", "wire.*"},
    "demo.sim": {"firmware.*", "wire.*"},
    "demo.site": {"demo.phone", "hub.*", "firmware.*", "wire.*"},
    "demo.phone": {"hub.notify.sms", "wire.*"},
    # --- hub: command line -> processes -> documents, site directory -> service -> ledger -> store -> core -> wire
    "hub": set(),
    "hub.__main__": {"hub.cli"},
    "hub.cli": {
        "hub.engine", "hub.console.*", "hub.notify", "hub.admin", "hub.documents", "hub.reports", "hub.door",
        "hub.door.caller", "hub.door.protocol", "hub.sign_in",
        "hub.site_directory", "hub.service", "hub.ledger", "hub.store.*", "hub.core.*", "wire.*",
    },
    "hub.engine": {
        "hub.door", "hub.door.protocol", "hub.sign_in", "hub.site_directory", "hub.service", "hub.ledger",
        "hub.store.*", "hub.core.*", "wire.*",
    },
    "hub.notify": {
        "hub.notify.channels", "hub.notify.sms", "hub.door.caller", "hub.door.protocol",
        "hub.site_directory", "hub.store.*", "hub.core.*", "wire.*",
    },
    "hub.notify.sms": {"hub.notify.channels", "hub.site_directory", "hub.core.*", "wire.*"},
    "hub.notify.channels": {"hub.site_directory", "hub.core.*", "wire.*"},
    "hub.admin": {"hub.site_directory", "hub.service", "hub.ledger", "hub.store.*", "hub.core.*", "wire.*"},
    "hub.console": {
        "hub.console.pages", "hub.console.base", "hub.console.session", "hub.console.words.*",
        "hub.site_directory", "hub.store.*", "hub.core.*", "wire.*",
    },
    "hub.console.pages": {
        "hub.console.parts", "hub.console.base", "hub.console.session", "hub.console.words.*",
        "hub.documents", "hub.reports", "hub.door.caller", "hub.door.protocol", "hub.ledger", "hub.store.*",
        "hub.core.*", "wire.*",
    },
    "hub.console.parts": {"hub.console.base", "hub.console.words.*", "hub.store.*", "hub.core.*", "wire.*"},
    "hub.console.base": {
        "hub.console.session", "hub.console.words.*",
        "hub.door.caller", "hub.door.protocol", "hub.site_directory", "hub.store.*", "hub.core.*", "wire.*",
    },
    "hub.console.session": {
        "hub.door.protocol", "hub.sign_in", "hub.site_directory", "hub.store.*", "hub.core.*", "wire.*",
    },
    "hub.console.words.instructions": {"hub.console.words"},
    "hub.console.words": {"hub.core.*", "wire.*"},
    # --- the door: whoever asks has the caller and the protocol, the engine has the other side
    "hub.door": {
        "hub.door.protocol", "hub.documents", "hub.sign_in", "hub.site_directory", "hub.service", "hub.store.*",
        "hub.core.*", "wire.*",
    },
    "hub.door.caller": {"hub.door.protocol", "hub.core", "wire.*"},
    "hub.door.protocol": {"hub.site_directory", "hub.core.site", "wire.*"},
    "hub.sign_in": {"hub.store.*", "wire.*"},
    "hub.documents": {"hub.service", "hub.store.*", "hub.core.*", "wire.*"},
    "hub.reports": {"hub.core.*", "wire.*"},
    "hub.site_directory": {"hub.service", "hub.ledger", "hub.store.*", "hub.core.*", "wire.*"},
    "hub.service": {"hub.ledger", "hub.store.*", "hub.core.*", "wire.*"},
    "hub.ledger": {"hub.store.*", "hub.core.*", "wire.*"},  # the journal's rows lie in the store's tables
    "hub.store": {"hub.store.tables", "hub.store.migrations", "hub.core.*", "wire.*"},
    "hub.store.migrations.versions": {"hub.store.migrations", "wire.*"},
    "hub.store.migrations": {"hub.store.tables"},
    "hub.store.tables": {"hub.core.state", "wire.*"},
    # --- its core, by subject. What the room "hub.core" itself holds is the ground of all subjects
    "hub.core.journal": {
        "hub.core.nodes", "hub.core.doors", "hub.core.calling", "hub.core.sealing", "hub.core.calendar",
        "hub.core.alarms", "hub.core", "hub.core.site", "hub.core.state", "wire.*",
    },
    "hub.core.nodes": {
        "hub.core.doors", "hub.core.calling", "hub.core.sealing", "hub.core.calendar",
        "hub.core.alarms", "hub.core", "hub.core.site", "hub.core.state", "wire.*",
    },
    "hub.core.doors": {
        "hub.core.sealing", "hub.core.calendar", "hub.core.alarms", "hub.core", "hub.core.site", "hub.core.state",
        "wire.*",
    },
    "hub.core.calling": {
        "hub.core.sealing", "hub.core.calendar", "hub.core.alarms", "hub.core", "hub.core.site", "hub.core.state",
        "wire.*",
    },
    "hub.core.sealing": {"hub.core.alarms", "hub.core", "hub.core.site", "hub.core.state", "wire.*"},
    "hub.core.calendar": {"hub.core.alarms", "hub.core", "hub.core.site", "hub.core.state", "wire.*"},
    "hub.core.alarms": {"hub.core", "hub.core.site", "hub.core.state", "wire.*"},
    "hub.core": {"hub.core.site", "hub.core.state", "wire.*"},
    "hub.core.site": {"wire.*"},
    "hub.core.state": {"wire.*"},
    # --- node: process -> hub link -> outbox -> core -> wire
    "firmware": {"firmware.cli"},
    "firmware.cli": {"firmware.process", "firmware.setup", "firmware.setup.config", "wire.*"},
    "firmware.process": {
        "firmware.hub_link", "firmware.outbox", "firmware.devices", "firmware.devices.simulated", "firmware.setup",
        "firmware.setup.config", "firmware.core", "wire.*",
    },
    "firmware.hub_link": {"firmware.outbox", "firmware.core", "wire.*"},
    "firmware.setup": {"firmware.setup.config", "firmware.outbox", "firmware.core", "wire.*"},
    "firmware.outbox": {"firmware.core", "wire.*"},
    "firmware.devices": {
        "firmware.devices.simulated", "firmware.setup.config", "firmware.core", "wire.*", "hardware",
    },
    "firmware.devices.simulated": {"firmware.core", "wire.*"},
    "firmware.setup.config": {"firmware.core", "wire.*", "hardware"},
    "firmware.core": {"wire.*"},
    # --- between them: what both sides, and an auditor, must read alike
    "wire": {
        "wire.messages", "wire.checkpoint", "wire.paper", "wire.tiles", "wire.tlog", "wire.notes", "wire.logs",
        "wire.moments", "wire.bounds", "wire.words", "wire.plain", "wire.same_file", "wire.decoding",
    },
    "wire.book": {"wire.bounds", "wire.checkpoint", "wire.notes"},
    "wire.simulation": {"wire.messages", "wire.decoding", "wire"},
    "wire.command_line": {"wire.plain"},
    "wire.messages": {"wire.checkpoint", "wire.bounds", "wire.decoding"},
    # the verifier takes along what it imports (hub/ledger/verifier.py)
    "wire.audit": {
        "wire.paper", "wire.checkpoint", "wire.tiles", "wire.tlog", "wire.notes", "wire.moments", "wire.bounds",
        "wire.words", "wire.plain", "wire.book",
    },
    "wire.paper": {"wire.checkpoint", "wire.notes", "wire.words"},
    "wire.checkpoint": {"wire.notes", "wire.tlog"},
    "wire.tiles": {"wire.tlog"},
    "wire.moments": {"wire.bounds"},
    "wire.logs": {"wire.plain"},
    "wire.notes": set(),
    "wire.tlog": set(),
    "wire.bounds": set(),
    "wire.words": set(),
    "wire.plain": set(),
    "wire.same_file": set(),
    "wire.decoding": set(),
    "hardware": set(),
}  # fmt: skip

# Libraries besides the standard one. Where no key fits, the library has only to obey LIVES_IN.
MAY_USE: dict[str, set[str]] = {
    "hardware": set(),
    "wire": {"msgspec", "cryptography"},
    "wire.link": {"msgspec", "paho"},
    "wire.notes": set(),
    "wire.tlog": set(),
    "wire.tiles": set(),
    "wire.bounds": set(),
    "wire.moments": set(),
    "wire.checkpoint": set(),
    "wire.words": set(),
    "wire.plain": set(),
    "wire.same_file": set(),
    "wire.paper": set(),
    "wire.audit": set(),
    "wire.book": set(),
    "wire.audit.suite": {"cryptography"},  # where there is one
    "firmware": {"msgspec", "cryptography"},  # a node stays small: nothing of the hub's comes along
    "firmware.core": {"msgspec"},
    "firmware.devices": {"msgspec", "gpiozero", "lgpio", "osdp", "picamera2", "serial"},
    "hub.core": {"msgspec"},
}

LIVES_IN: dict[str, set[str]] = {
    "paho": {"wire.link"},
    "gpiozero": {"firmware.devices", "hub.notify"},
    "lgpio": {"firmware.devices"},
    "osdp": {"firmware.devices"},
    "picamera2": {"firmware.devices"},
    "serial": {"firmware.devices", "hub.notify"},
    "starlette": {"hub.console", "demo.play_page"},
    "weasyprint": {"hub.reports"},  # some ten megabytes, which no service carries
    "chinese_calendar": {"hub.documents.calendar_libraries"},  # cross-checks only: nothing else may ask them
    "holidays": {"hub.documents.calendar_libraries"},
    "rich": {"demo"},  # draws the story: what a hub shows in a terminal is lines
    "pymerkle": set(),  # GPL: an oracle for the tests
}

# A core gets the time and every input as arguments and answers with values. These would be a way round that.
PURE = (
    "firmware.core",
    "hub.core",
    "wire.notes",
    "wire.tlog",
    "wire.tiles",
    "wire.checkpoint",
    "wire.words",
    "wire.plain",
    "wire.paper",
    "wire.moments",
)
# fmt: off
NOT_IN_A_CORE = {
    "asyncio", "concurrent", "fcntl", "glob", "http", "io", "logging", "multiprocessing", "os", "pathlib", "queue",
    "random", "sched", "secrets", "select", "selectors", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess",
    "tempfile", "termios", "threading", "time", "urllib",
}
# fmt: on


# Who opens the database to write it: each takes it over first, behind a lock and a fence (hub/store/alone.py). All else
# that writes is handed what these have opened.
WRITES = {"hub.cli.services", "hub.cli.site", "hub.cli.maintenance", "hub.door.local"}
OPENS = {"hub.site_directory.hub", "hub.engine.comparison"}  # the second one reads, and is given nothing but the URL


def files(root: Path) -> Iterator[tuple[str, Path]]:
    """Every module and its file."""
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            parts = file.relative_to(root).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), file


def nodes(file: Path) -> Sequence[ast.AST]:
    """All that a file consists of; the first is the whole."""
    return _nodes(file.read_text(encoding="utf-8"))


@cache
def _nodes(text: str) -> Sequence[ast.AST]:
    return tuple(ast.walk(ast.parse(text)))


def statements(file: Path) -> list[ast.Import | ast.ImportFrom]:
    """Whatever a file imports, also inside functions and under TYPE_CHECKING."""
    return [node for node in nodes(file) if isinstance(node, ast.Import | ast.ImportFrom)]


def docstring(file: Path) -> str:
    whole = nodes(file)[0]
    assert isinstance(whole, ast.Module)
    return ast.get_docstring(whole) or ""


def imports(root: Path) -> Iterator[tuple[str, str]]:
    """Every (module, what it imports)."""
    found = dict(files(root))
    for module, file in found.items():
        is_package = file.name == "__init__.py"
        for node in statements(file):
            if isinstance(node, ast.Import):
                yield from ((module, alias.name) for alias in node.names)
            else:
                here = module.split(".")
                up = here[: len(here) - node.level + is_package] if node.level else []
                base = ".".join([*up, *filter(None, [node.module])])
                for alias in node.names:
                    whole = f"{base}.{alias.name}"
                    yield module, whole if whole in found else base


def fits(module: str, key: str) -> bool:
    return module == key or module.startswith(key + ".")


def rule_of(module: str, table: Mapping[str, set[str]]) -> str | None:
    return max((key for key in table if fits(module, key)), key=len, default=None)


def room_of(module: str) -> str:
    """The row of the table that a module belongs to; its own name for one of none."""
    return rule_of(module, ARROWS) or module


def rows(name: str) -> set[str]:
    """The rows that a name in the table stands for."""
    return {room for room in ARROWS if fits(room, name[:-2])} if name.endswith(".*") else {name}


def may_import(room: str) -> set[str]:
    return {room}.union(*(rows(name) for name in ARROWS.get(room, set())))


def own_imports(root: Path) -> Iterator[tuple[str, str]]:
    """Those of `imports` that stay in the house."""
    return ((module, target) for module, target in imports(root) if any(fits(target, one) for one in PACKAGES))


def against_the_arrows(root: Path) -> list[str]:
    return [
        f"{module} imports {target}"
        for module, target in own_imports(root)
        if room_of(target) not in may_import(room_of(module))
    ]


def circles(arrows: Mapping[str, set[str]]) -> list[str]:
    """Names from which a way leads back to themselves."""
    found = []
    for name in arrows:
        seen: set[str] = set()
        ways = list(arrows[name])
        while ways:
            other = ways.pop()
            if other not in seen:
                seen.add(other)
                ways.extend(arrows.get(other, ()))
        if name in seen:
            found.append(name)
    return found


def modules_in_circles(root: Path) -> list[str]:
    arrows: dict[str, set[str]] = {}
    for module, target in own_imports(root):
        if not fits(module, target):  # a package that one is in is imported by the way
            arrows.setdefault(module, set()).add(target)
    return circles(arrows)


def folders(root: Path) -> dict[str, str]:
    """Each folder with Python in it, and its docstring."""
    return {
        ".".join(file.relative_to(root).parent.parts): docstring(file)
        for package in PACKAGES
        for file in sorted((root / package).rglob("__init__.py"))
    }


def loose_files(root: Path) -> set[str]:
    return {file.name for file in (root / "hub").glob("*.py")}


def lines_of(root: Path) -> dict[str, tuple[int, str]]:
    """Each module's number of lines, and its docstring."""
    return {
        str(file.relative_to(root)): (file.read_text("utf-8").count("\n"), docstring(file))
        for package in PACKAGES
        for file in (root / package).rglob("*.py")
    }


def libraries_out_of_place(root: Path) -> list[str]:
    wrong = []
    for module, target in imports(root):
        library = target.partition(".")[0]
        if library in PACKAGES or library in sys.stdlib_module_names:
            continue
        key = rule_of(module, MAY_USE)
        at_home = any(fits(module, home) for home in LIVES_IN.get(library, {module}))
        if not at_home or (key and library not in MAY_USE[key]):
            wrong.append(f"{module} imports {target}")
    return wrong


def is_pure(module: str) -> bool:
    return any(fits(module, key) for key in PURE)


def reaches_out(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(attr="now" | "utcnow" | "today") | ast.Name(id="open" | "input" | "print"):
            return True
    return False


def cores_that_reach_out(root: Path) -> list[str]:
    by_import = [
        f"{module} imports {target}"
        for module, target in imports(root)
        if is_pure(module) and target.partition(".")[0] in NOT_IN_A_CORE
    ]
    by_call = [
        f"{module} calls {ast.unparse(node.func)} in line {node.lineno}"
        for module, file in files(root)
        if is_pure(module)
        for node in nodes(file)
        if isinstance(node, ast.Call) and reaches_out(node)
    ]
    return by_import + by_call


def devices_with_two_libraries(root: Path) -> list[str]:
    used: dict[str, set[str]] = {}
    for module, target in imports(root):
        library = target.partition(".")[0]
        if fits(module, "firmware.devices") and library not in {*PACKAGES, *sys.stdlib_module_names, "msgspec"}:
            used.setdefault(module, set()).add(library)
    return [f"{module} imports {' and '.join(sorted(found))}" for module, found in used.items() if len(found) > 1]


def works_types_out(node: ast.AST) -> bool:
    """Whether msgspec works a type out there, be it for the first time or not."""
    match node:
        case ast.Call(func=ast.Attribute(attr="decode" | "decode_lines"), keywords=keywords):
            return any(one.arg == "type" for one in keywords)
        case ast.Attribute(value=ast.Name(id="msgspec"), attr="convert") | ast.Attribute(attr="Decoder"):
            return True
        case ast.ImportFrom(module="msgspec" | "msgspec.json" | "msgspec.toml" | "msgspec.msgpack", names=names):
            return any(one.name in ("convert", "decode", "Decoder") for one in names)
    return False


def types_worked_out(root: Path) -> list[str]:
    return [
        f"{module}: {ast.unparse(node)}"
        for module, file in files(root)
        if module != "wire.decoding"
        for node in nodes(file)
        if works_types_out(node)
    ]


PARTIAL = {"fromtimestamp", "utcfromtimestamp", "localtime", "gmtime", "ctime"}
"""Ways from a number to a date that raise for some numbers. `wire.moments` has one that does not."""


def dates_of_numbers(root: Path) -> list[str]:
    return [
        f"{module} uses {ast.unparse(node)} in line {node.lineno}"
        for module, file in files(root)
        if module != "wire.moments"
        for node in nodes(file)
        if isinstance(node, ast.Attribute) and node.attr in PARTIAL
    ]


def test_a_number_becomes_a_date_in_one_place_which_answers_for_every_number() -> None:
    assert dates_of_numbers(ROOT) == []


def test_types_are_worked_out_in_one_place_which_lets_one_thread_in_at_a_time() -> None:
    assert types_worked_out(ROOT) == []


def test_every_import_follows_the_arrows() -> None:
    assert against_the_arrows(ROOT) == []


def test_no_arrow_leads_back() -> None:
    assert circles({room: may_import(room) - {room} for room in ARROWS}) == []
    assert modules_in_circles(ROOT) == []


def test_every_folder_is_a_room_and_says_what_is_in_it() -> None:
    found = folders(ROOT)
    assert set(found) - set(ARROWS) == set()
    assert [room for room, said in found.items() if len(said.split()) < 4] == []


def test_every_row_of_the_table_is_a_room_that_is_there() -> None:
    names = {name for name, _ in files(ROOT)}
    assert set(ARROWS) - names == set()
    assert {name for ways in ARROWS.values() for name in ways if not rows(name) <= set(ARROWS)} == set()


def test_nothing_lies_loose_in_the_hub() -> None:
    assert loose_files(ROOT) == {"__init__.py", "__main__.py", "service.py"}


def test_a_module_of_more_than_300_lines_says_why_it_is_long() -> None:
    assert {name for name, (lines, said) in lines_of(ROOT).items() if lines > 300 and "long" not in said} == set()


def test_no_module_is_long() -> None:
    assert {name: lines for name, (lines, _) in lines_of(ROOT).items() if lines > 400} == {}


def names_of_modules(root: Path) -> dict[str, set[str]]:
    """By which names each module is known in the files that import it whole."""
    there = dict(files(root))
    found: dict[str, set[str]] = {}
    for file in (*there.values(), *(root / "tests").rglob("*.py")):
        for node in statements(file):
            for one in node.names:
                if isinstance(node, ast.ImportFrom) and f"{node.module}.{one.name}" in there:
                    found.setdefault(f"{node.module}.{one.name}", set()).add(one.asname or one.name)
    return found


def test_a_module_has_one_name_all_over_the_tree() -> None:
    assert {module: names for module, names in names_of_modules(ROOT).items() if len(names) > 1} == {}


def test_every_library_is_where_it_belongs() -> None:
    assert libraries_out_of_place(ROOT) == []


def test_the_cores_touch_no_clock_no_disk_and_no_network() -> None:
    assert cores_that_reach_out(ROOT) == []


def test_each_device_file_knows_one_library() -> None:
    assert devices_with_two_libraries(ROOT) == []


@pytest.mark.parametrize(
    ("file", "line", "found_by"),
    [
        ("firmware/process/loop.py", "import hub.service", against_the_arrows),
        ("firmware/process/loop.py", "import rich", libraries_out_of_place),
        ("firmware/core/node.py", "from ..devices import gpio", against_the_arrows),
        ("firmware/core/node.py", "import gpiozero", libraries_out_of_place),
        ("firmware/core/node.py", "import time", cores_that_reach_out),
        ("firmware/devices/gpio.py", "from firmware.process import loop", against_the_arrows),
        ("firmware/devices/gpio.py", "import gpiozero, serial", devices_with_two_libraries),
        ("hub/cli/main.py", "from demo import process", against_the_arrows),
        ("hub/cli/main.py", "import rich", libraries_out_of_place),
        ("hub/console/pages/board.py", "from hub.engine import inbound", against_the_arrows),
        ("hub/console/base/console.py", "from hub.console.pages import board", against_the_arrows),
        ("hub/core/alarms/life.py", "from hub.core.sealing import area", against_the_arrows),
        ("hub/core/alarms/life.py", "from hub.store import tables", against_the_arrows),
        ("hub/core/alarms/life.py", "import sqlalchemy", libraries_out_of_place),
        ("hub/core/alarms/life.py", "from datetime import UTC, datetime\nx = datetime.now(UTC)", cores_that_reach_out),
        ("hub/core/alarms/life.py", "x = open('site.toml')", cores_that_reach_out),
        ("hub/core/alarms/life.py", "def f(datetime, n):\n    return datetime.fromtimestamp(n)", dates_of_numbers),
        ("hub/core/refusal.py", "from msgspec import convert", types_worked_out),
        ("hub/core/refusal.py", "def f(json, text):\n    return json.decode(text, type=int)", types_worked_out),
        ("hub/core/refusal.py", "def f(msgspec, x):\n    return msgspec.convert(x, int)", types_worked_out),
        ("wire/messages/base.py", "def f(msgspec):\n    return msgspec.json.Decoder(int)", types_worked_out),
        ("hub/core/refusal.py", "from hub.core.alarms import life", against_the_arrows),
        ("hub/core/sealing/area.py", "from hub.core.calendar import windows", against_the_arrows),
        ("hub/core/site/document.py", "from hub.core import refusal", against_the_arrows),
        ("hub/engine/inbound.py", "from firmware.process import loop", against_the_arrows),
        ("hub/engine/inbound.py", "from hub.notify import process", against_the_arrows),
        ("hub/engine/inbound.py", "from paho.mqtt import client", libraries_out_of_place),
        ("hub/ledger/append.py", "import pymerkle", libraries_out_of_place),
        ("hub/service.py", "import chinese_calendar", libraries_out_of_place),
        ("hub/service.py", "from hub.engine import inbound", against_the_arrows),
        ("hub/service.py", "import starlette", libraries_out_of_place),
        ("hub/store/queries.py", "from hub.ledger import append", against_the_arrows),
        ("wire/audit/check.py", "from wire import messages", against_the_arrows),
        ("wire/audit/check.py", "import msgspec", libraries_out_of_place),
        ("wire/messages/base.py", "def late():\n    from hub import service", against_the_arrows),
        ("wire/messages/base.py", "from wire import keys", against_the_arrows),
        ("wire/notes.py", "from . import keys", against_the_arrows),
        ("wire/notes.py", "import msgspec", libraries_out_of_place),
        ("wire/tiles.py", "from wire import messages", against_the_arrows),
        ("wire/tlog.py", "import cryptography.hazmat", libraries_out_of_place),
    ],
)
def test_a_wrong_import_is_found(tmp_path: Path, file: str, line: str, found_by: Callable[[Path], list[str]]) -> None:
    for room in ("firmware/core", "hub/console/base", "hub/core/site", "hub/ledger", "hub/store", "wire/audit"):
        (tmp_path / room).mkdir(parents=True)
    for module in (
        "demo/process", "firmware/devices/gpio", "firmware/process/loop", "hub/cli/main", "hub/console/pages/board",
        "hub/core/alarms/life", "hub/core/calendar/windows", "hub/core/refusal", "hub/core/sealing/area",
        "hub/engine/inbound", "hub/notify/process", "hub/service", "wire/keys", "wire/messages/base",
    ):  # fmt: skip
        (tmp_path / module).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"{module}.py").touch()
    assert found_by(tmp_path) == []
    (tmp_path / file).write_text(line + "\n")
    assert len(found_by(tmp_path)) == 1


def test_a_circle_is_found(tmp_path: Path) -> None:
    (tmp_path / "hub" / "core").mkdir(parents=True)
    for module, line in (("a", "from hub.core import b"), ("b", "def f():\n    from hub.core import c"), ("c", "")):
        (tmp_path / "hub" / "core" / f"{module}.py").write_text(line + "\n")
    assert modules_in_circles(tmp_path) == []
    (tmp_path / "hub" / "core" / "c.py").write_text("from hub.core.a import x\n")
    assert sorted(modules_in_circles(tmp_path)) == ["hub.core.a", "hub.core.b", "hub.core.c"]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    assert circles({"a": {"b"}, "b": {"a"}}) == ["a", "b"]


def test_what_lies_loose_is_found(tmp_path: Path) -> None:
    (tmp_path / "hub" / "core").mkdir(parents=True)
    (tmp_path / "hub" / "late.py").touch()
    (tmp_path / "hub" / "core" / "__init__.py").write_text('"""Core."""\n')
    assert loose_files(tmp_path) == {"late.py"}
    assert folders(tmp_path) == {"hub.core": "Core."}


# ---------------------------------------------------------------- who writes the database


def calls(root: Path, name: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a method or function of that name, with its module."""
    for module, file in files(root):
        for node in nodes(file):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == name:
                yield module, node


def writes(call: ast.Call) -> object:
    """What it says of writing; None where it says nothing. An argument without its name is none of ours."""
    return next((getattr(one.value, "value", ...) for one in call.keywords if one.arg == "writes"), None)


def test_only_the_engine_and_maintenance_open_the_database_to_write_it() -> None:
    asked = [(module, call) for module, call in calls(ROOT, "database") if len(call.args) > 1 or writes(call)]
    assert {module for module, _call in asked} == WRITES
    assert all(writes(call) is True for _module, call in asked)


def test_a_database_is_opened_in_one_place_and_beside_it_only_to_read() -> None:
    opened = list(calls(ROOT, "open_database"))
    assert {module for module, _call in opened} == OPENS
    assert [writes(call) for module, call in opened if module == "hub.engine.comparison"] == [False]


def test_whoever_opens_it_to_write_takes_it_over() -> None:
    ways = [one for name in ("engine_of", "maintaining", "locked") for one in calls(ROOT, name)]
    assert {module for module, call in ways if ast.unparse(call.func).startswith("alone.")} == WRITES
