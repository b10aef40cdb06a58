"""A real PostgreSQL server in a temporary folder, for the length of a test run."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def missing(tool: str, package: str) -> None:
    """Skip, saying why; fail where the tools are required."""
    reason = f"{tool} is not installed (Debian: apt-get install {package})"
    if os.environ.get("SHOAL_REQUIRE_TOOLS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def programs() -> Path | None:
    """The folder of the newest server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4].split(".")[0]))
    initdb = str(found[-1]) if found else shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The server's URL up to the database's name. PostgreSQL refuses to run as root: root runs it as postgres."""
    where = programs()
    if where is None:
        missing("PostgreSQL's server", "postgresql")
    account = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    if account:
        shutil.chown(folder, **account)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def run(program: str, *words: str) -> None:
        subprocess.run([where / program, "-D", folder / "data", *words], check=program != "pg_ctl" or words[-1] == "start",
                       cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **account)
    run("initdb", "-U", "shoal", "-A", "trust", "-E", "UTF8", "--no-sync")
    run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-h 127.0.0.1 -p {port} -k {folder} -F", "start")
    try:
        yield f"postgresql+asyncpg://shoal@127.0.0.1:{port}/"
    finally:
        run("pg_ctl", "-w", "-m", "immediate", "stop")
