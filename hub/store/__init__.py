"""The database: tables, sessions, queries, migrations. One schema for SQLite and PostgreSQL."""
