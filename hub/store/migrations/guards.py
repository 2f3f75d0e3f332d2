"""What makes a table append-only in the database itself, whoever is connected.

SQLite: triggers, which with `recursive_triggers` also meet REPLACE; the one on INSERT refuses it even without, as it
lets in nothing but the next index and no number of a node that is taken. PostgreSQL: triggers on rows and on TRUNCATE.
"""

from __future__ import annotations

SQLITE = """
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
CREATE TRIGGER {table}_next_only BEFORE INSERT ON {table}
WHEN NEW.idx IS NOT (SELECT COALESCE(MAX(idx) + 1, 0) FROM {table})
  OR EXISTS (SELECT 1 FROM {table} WHERE author = NEW.author AND life = NEW.life AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

POSTGRESQL = """
CREATE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$;
CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_guard();
CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_guard()
"""


def statements(dialect: str, table: str) -> list[str]:
    """The statements that guard `table`, one by one."""
    script = (POSTGRESQL if dialect == "postgresql" else SQLITE).format(table=table)
    parts = script.split(";\nCREATE TRIGGER")
    return [parts[0], *("CREATE TRIGGER" + part for part in parts[1:])]
