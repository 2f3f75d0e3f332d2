"""Whoever has the hub writes another journal with the hub's own keys: the nodes find it out, sound, and say so."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from hub.ledger import checkpoint_keys
from hub.layout import Layout
from tests.support.databases import Kind
from tests.system.demo import Demo, call, wait_until
from wire import checkpoint, keys, notes, paper, tlog
from wire.audit import check, layout, suite
from wire.audit.report import FAIL, PASS
