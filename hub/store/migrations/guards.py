"""What makes a table append-only in the database itself, whoever is connected.

SQLite: triggers, which with `recursive_triggers` also meet REPLACE; the one on INSERT refuses it even without: into the
journal it lets in nothing but the next index and no number of a node that is taken, into other tables no key that is
there. PostgreSQL: triggers on rows and on TRUNCATE.
"""

from __future__ import annotations

from collections.abc import Sequence

_SQLITE = """
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
CREATE TRIGGER {table}_next_only BEFORE INSERT ON {table}
WHEN {taken}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

_POSTGRESQL = """
CREATE OR REPLACE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$;
CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_guard();
CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_guard()
"""

_NOT_NEXT = """NEW.idx IS NOT (SELECT COALESCE(MAX(idx) + 1, 0) FROM {table})
  OR EXISTS (SELECT 1 FROM {table} WHERE author = NEW.author AND life = NEW.life AND seq = NEW.seq)"""


def statements(dialect: str, table: str) -> list[str]:
    """The statements that guard a journal, `table`, one by one."""
    return _statements(dialect, table, _NOT_NEXT.format(table=table))


def kept(dialect: str, table: str, key: Sequence[str]) -> list[str]:
    """The statements that guard `table`, whose rows have this key and come in any order, one by one."""
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    return _statements(dialect, table, f"EXISTS (SELECT 1 FROM {table} WHERE {same})")  # noqa: S608 - names of ours


def _statements(dialect: str, table: str, taken: str) -> list[str]:
    script = (_POSTGRESQL if dialect == "postgresql" else _SQLITE).format(table=table, taken=taken)
    parts = script.split(";\nCREATE TRIGGER")
    return [parts[0], *("CREATE TRIGGER" + part for part in parts[1:])]
