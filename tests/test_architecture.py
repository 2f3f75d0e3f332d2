"""The arrows of the house: who may import whom, held by reading every import statement.

The tables are the whole of it. A key stands for a module and all that lies under it; the longest key that fits a
module counts. To move a wall, change a table here, and say why in docs/decisions.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("wire", "firmware", "hub", "hardware")

# Of our own modules, besides those under its own key.
MAY_IMPORT: dict[str, set[str]] = {
    "hardware": set(),
    "wire": set(),
    "wire.notes": set(),
    "wire.tlog": set(),
    "wire.bounds": set(),
    "wire.moments": {"wire.bounds"},
    "wire.tiles": {"wire.tlog"},
    "wire.checkpoint": {"wire.notes", "wire.tlog"},
    "wire.words": set(),
    "wire.plain": set(),
    "wire.logs": {"wire.plain"},
    "wire.same_file": set(),
    "wire.paper": {"wire.checkpoint", "wire.notes", "wire.words"},
    # the verifier takes along what it imports (hub/ledger/verifier.py)
    "wire.audit": {
        "wire.bounds",
        "wire.moments",
        "wire.notes",
        "wire.tlog",
        "wire.tiles",
        "wire.checkpoint",
        "wire.paper",
        "wire.plain",
        "wire.words",
    },
    # node: app -> devices -> core -> wire
    "firmware": {"wire", "hardware"},
    "firmware.setup.config": {"firmware.core", "wire", "hardware"},
    "firmware.outbox.damage": {
        "firmware.outbox.store",
        "firmware.outbox.records",
        "firmware.outbox.salvage",
        "firmware.outbox.saved",
        "firmware.core",
        "wire",
    },
    "firmware.outbox.store": {
        "firmware.outbox.left_word",
        "firmware.outbox.file",
        "firmware.outbox.records",
        "firmware.outbox.saved",
        "firmware.core",
        "wire",
    },
    "firmware.outbox.file": {"firmware.outbox.records", "wire.same_file"},
    "firmware.outbox.left_word": set(),
    "firmware.outbox.loss": {"firmware.outbox.records", "wire"},
    "firmware.outbox.salvage": {"firmware.outbox.records", "firmware.outbox.saved", "firmware.core", "wire"},
    "firmware.outbox.saved": {"firmware.core", "wire"},
    "firmware.outbox.records": {"wire"},
    "firmware.devices": {"firmware.core", "firmware.setup.config", "wire", "hardware"},
    "firmware.core": {"wire"},
    # hub: console | ingest | watch | notify -> service -> store, ledger -> core -> wire
    "hub": {"wire", "hardware"},
    "hub.console": {
        "hub.documents.calendar",
        "hub.service",
        "hub.reports",
        "hub.store",
        "hub.ledger",
        "hub.core",
        "hub.site_directory.hub",
        "hub.site_directory.engine_pulse",
        "hub.site_directory.settings",
        "wire",
    },
    "hub.engine.inbound": {
        "hub.service",
        "hub.store",
        "hub.ledger",
        "hub.core",
        "hub.site_directory.hub",
        "hub.site_directory.settings",
        "wire",
    },
    "hub.engine.due": {
        "hub.service",
        "hub.store",
        "hub.ledger",
        "hub.core",
        "hub.site_directory.hub",
        "hub.site_directory.settings",
        "wire",
    },
    "hub.site_directory.contacts": {"hub.site_directory.files", "hub.store", "hub.core", "wire"},
    "hub.notify": {
        "hub.site_directory.contacts",
        "hub.site_directory.version",
        "hub.service",
        "hub.store",
        "hub.ledger",
        "hub.core",
        "hub.site_directory.hub",
        "hub.site_directory.settings",
        "wire",
    },
    "hub.reports": {
        "hub.service",
        "hub.store",
        "hub.ledger",
        "hub.core",
        "hub.site_directory.hub",
        "hub.site_directory.settings",
        "wire",
    },
    "hub.documents.calendar": {"hub.service", "hub.store", "hub.core", "wire"},
    "hub.site_directory.engine_pulse": {"wire"},
    "hub.service": {
        "hub.store",
        "hub.ledger",
        "hub.core",
        "hub.site_directory.hub",
        "hub.site_directory.settings",
        "wire",
    },
    "hub.ledger": {"hub.store", "hub.core", "wire"},  # the journal's rows lie in the store's tables
    "hub.store": {"hub.core", "wire"},
    "hub.site_directory.settings": {"wire"},
    "hub.core": {"wire"},
}

# Exceptions to the above, for those who may otherwise import all of their side.
MAY_NOT_IMPORT: dict[str, set[str]] = {
    "demo.process": {"hub.core", "firmware"},  # it starts processes; it does not think for them
}

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
    "litestar": {"hub.console"},
    "weasyprint": {"hub.reports"},  # some ten megabytes, which no service carries
    "chinese_calendar": {"hub.documents.calendar_libraries"},  # cross-checks only: nothing else may ask them
    "holidays": {"hub.documents.calendar_libraries"},
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


def modules(root: Path) -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            parts = file.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            yield name, ast.parse(file.read_text(encoding="utf-8"), str(file))


def imports(root: Path) -> Iterator[tuple[str, str]]:
    """Every (module, what it imports), also inside functions and under TYPE_CHECKING."""
    known = {name for name, _ in modules(root)}
    for module, tree in modules(root):
        is_package = (root / module.replace(".", "/") / "__init__.py").exists()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((module, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                here = module.split(".")
                up = here[: len(here) - node.level + is_package] if node.level else []
                base = ".".join([*up, *filter(None, [node.module])])
                for alias in node.names:
                    whole = f"{base}.{alias.name}"
                    yield module, whole if whole in known else base


def fits(module: str, key: str) -> bool:
    return module == key or module.startswith(key + ".")


def rule_of(module: str, table: Mapping[str, set[str]]) -> str | None:
    return max((key for key in table if fits(module, key)), key=len, default=None)


def against_the_arrows(root: Path) -> list[str]:
    wrong = []
    for module, target in imports(root):
        if not any(fits(target, package) for package in PACKAGES):
            continue
        key = rule_of(module, MAY_IMPORT)
        refused = MAY_NOT_IMPORT.get(rule_of(module, MAY_NOT_IMPORT) or "", set())
        # A package's own __init__ is no way round: `import hub` from hub.core is not "under its own key".
        allowed = key and any(fits(target, way) for way in {key, *MAY_IMPORT[key]})
        if not allowed or any(fits(target, way) for way in refused):
            wrong.append(f"{module} imports {target}")
    return wrong


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
        for module, tree in modules(root)
        if is_pure(module)
        for node in ast.walk(tree)
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


PARTIAL = {"fromtimestamp", "utcfromtimestamp", "localtime", "gmtime", "ctime"}
"""Ways from a number to a date that raise for some numbers. `wire.moments` has one that does not."""


def dates_of_numbers(root: Path) -> list[str]:
    return [
        f"{module} uses {ast.unparse(node)} in line {node.lineno}"
        for module, tree in modules(root)
        if module != "wire.moments"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in PARTIAL
    ]


def test_a_number_becomes_a_date_in_one_place_which_answers_for_every_number() -> None:
    assert dates_of_numbers(ROOT) == []


def test_every_import_follows_the_arrows() -> None:
    assert against_the_arrows(ROOT) == []


def test_every_library_is_where_it_belongs() -> None:
    assert libraries_out_of_place(ROOT) == []


def test_the_cores_touch_no_clock_no_disk_and_no_network() -> None:
    assert cores_that_reach_out(ROOT) == []


def test_each_device_file_knows_one_library() -> None:
    assert devices_with_two_libraries(ROOT) == []


@pytest.mark.parametrize(
    ("file", "line", "found_by"),
    [
        ("firmware/process/loop.py", "import hub.config", against_the_arrows),
        ("hub/engine/inbound.py", "from firmware import app", against_the_arrows),
        ("demo/process.py", "from firmware.core import node", against_the_arrows),
        ("demo/process.py", "from hub.core import sites", against_the_arrows),
        ("wire/messages.py", "def late():\n    from hub import service", against_the_arrows),
        ("wire/notes.py", "from . import keys", against_the_arrows),
        ("wire/notes.py", "import msgspec", libraries_out_of_place),
        ("wire/tiles.py", "from wire import messages", against_the_arrows),
        ("wire/audit/check.py", "from wire import messages", against_the_arrows),
        ("wire/audit/check.py", "import msgspec", libraries_out_of_place),
        ("wire/tlog.py", "import cryptography.hazmat", libraries_out_of_place),
        ("firmware/core/node.py", "from ..devices import gpio", against_the_arrows),
        ("firmware/core/node.py", "import gpiozero", libraries_out_of_place),
        ("firmware/core/node.py", "import time", cores_that_reach_out),
        ("firmware/process/loop.py", "import typer", libraries_out_of_place),
        ("firmware/devices/gpio.py", "from firmware import app", against_the_arrows),
        ("firmware/devices/gpio.py", "import gpiozero, serial", devices_with_two_libraries),
        ("hub/core/alarms/life.py", "from hub.store import tables", against_the_arrows),
        ("hub/core/alarms/life.py", "import sqlalchemy", libraries_out_of_place),
        ("hub/core/alarms/life.py", "from datetime import UTC, datetime\nx = datetime.now(UTC)", cores_that_reach_out),
        ("hub/core/alarms/life.py", "x = open('site.toml')", cores_that_reach_out),
        ("hub/core/alarms/life.py", "def f(datetime, n):\n    return datetime.fromtimestamp(n)", dates_of_numbers),
        ("hub/store/queries.py", "from hub.ledger import append", against_the_arrows),
        ("hub/service.py", "from hub import watch", against_the_arrows),
        ("hub/console/pages/board.py", "from hub.ingest import run", against_the_arrows),
        ("hub/engine/inbound.py", "from paho.mqtt import client", libraries_out_of_place),
        ("hub/service.py", "import litestar", libraries_out_of_place),
        ("hub/service.py", "import chinese_calendar", libraries_out_of_place),
        ("hub/ledger/append.py", "import pymerkle", libraries_out_of_place),
    ],
)
def test_a_wrong_import_is_found(tmp_path, file, line, found_by) -> None:
    for package in (
        "firmware/core",
        "firmware/devices",
        "hub/core",
        "hub/store",
        "hub/ledger",
        "hub/console",
        "wire/audit",
    ):
        (tmp_path / package).mkdir(parents=True)
    for module in (
        "wire/keys",
        "wire/messages",
        "hub/service",
        "hub/watch",
        "hub/ingest",
        "firmware/app",
        "firmware/devices/gpio",
    ):
        (tmp_path / f"{module}.py").touch()
    assert found_by(tmp_path) == []
    (tmp_path / file).write_text(line + "\n")
    assert len(found_by(tmp_path)) == 1
