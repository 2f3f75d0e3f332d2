"""A real PostgreSQL of our own on a free loopback port, in a temporary folder, without fsync: for tests only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from tests.support.ports import free_port

BINARIES = Path("/usr/lib/postgresql")
USER = "postgres"
START_S = 90


class PostgresMissing(RuntimeError):
    """PostgreSQL is not installed; as root: apt-get install postgresql."""


class Postgres:
    """A server from `start` to `stop`. As root it runs as the user postgres, since it refuses to run as root."""

    def __init__(self) -> None:
        found = sorted(BINARIES.glob("*/bin/initdb"))
        if not found:
            raise PostgresMissing(PostgresMissing.__doc__)
        self._binaries = found[-1].parent
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self._folder = Path(tempfile.mkdtemp(prefix="strongroom-postgres-", dir=memory))
        self._as = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0

    def start(self) -> Postgres:
        if self._as:
            shutil.chown(self._folder, USER, USER)
        data = self._folder / "data"
        self._run("initdb", "-D", str(data), "-U", USER, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
        options = {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self._folder),
            "autovacuum": "off",
            "shared_buffers": "16MB",
            "max_connections": "50",
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        command = [*self._as, str(self._binaries / "postgres"), "-D", str(data), "-p", str(self.port), *words]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
        until = time.monotonic() + START_S
        while not self._answers():
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start:\n{(self._folder / 'log').read_text()}")
            time.sleep(0.02)
        return self

    def stop(self) -> None:
        """SIGINT is a fast shutdown: it ends every session."""
        if self._process:
            data = str(self._folder / "data")
            subprocess.run([*self._as, str(self._binaries / "pg_ctl"), "stop", "-D", data, "-m", "immediate"], cwd="/",
                           check=False, capture_output=True)  # fmt: skip
            self._process.wait(START_S)
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template1") -> str:
        """A new database, the quick way: as a copy of another. Its URL."""
        self._made += 1
        name = f"test{self._made}"
        self._sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """End a database for good."""
        self._sql(f"DROP DATABASE {url.rsplit('/', 1)[1]} WITH (FORCE)")

    def _sql(self, statement: str) -> None:
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    def _answers(self) -> bool:
        try:
            self._sql("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [*self._as, str(self._binaries / program), *words], cwd="/", capture_output=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.decode()}")
