"""The engine's own sessions, and what it has committed for whom, so that nothing is done twice.

Whoever was signed in signs in again.
"""

from alembic import op

revision = "3"
down_revision = "2"

STEPS = (
    "DROP TABLE session",
    """CREATE TABLE session (
    token TEXT NOT NULL PRIMARY KEY,
    asker TEXT NOT NULL,
    login TEXT NOT NULL,
    since BIGINT NOT NULL
)""",
    """CREATE TABLE asked (
    asker TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (asker, id)
)""",
    "CREATE INDEX asked_at ON asked (at)",
)


def upgrade() -> None:
    """Nothing of the journal changes."""
    for step in STEPS:
        op.execute(step)
