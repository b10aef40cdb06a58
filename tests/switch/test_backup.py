"""Everything that a switch needs is saved in one file while it writes, and brought back elsewhere; secrets stay secret."""

import asyncio
import io
import json
import sqlite3
import tarfile
import threading
from contextlib import closing
from pathlib import Path

import pytest

from switch import keeping
from switch.__main__ import main
from switch.backup import CONTENTS, BackupError, backup, copy_sqlite, restore
from switch.loading import load
from switch.store import Store
from tests.switch.test_store import menus

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path):
    """A folder with the shipped configuration, a store, keys, a version and a recording."""
    home = tmp_path / "here"
    for file in (ROOT / "config").rglob("*"):
        if file.is_file():
            (home / "config" / file.relative_to(ROOT / "config")).parent.mkdir(parents=True, exist_ok=True)
            (home / "config" / file.relative_to(ROOT / "config")).write_bytes(file.read_bytes())
    for name, body in (("secret", "k" * 64), ("versions/1.json", "{}"), ("versions/files/abc", "x"), ("cache/p.wav", "x"),
                       ("recordings/2026/11/22/c.wav", "RIFF"), ("tls-key.pem", "key")):
        (home / "var" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "var" / name).write_text(body)
        (home / "var" / name).chmod(0o600)

    async def write():
        store = await Store.open(f"sqlite+aiosqlite:///{home}/var/shoal.db", 1.0)
        store.write(menus(1, 10))
        await store.committed(10)
        await store.close()
    asyncio.run(write())
    return home


def names(file):
    with tarfile.open(file) as archive:
        return set(archive.getnames())


def test_there_and_back_again(home, tmp_path, capsys):
    file = tmp_path / "shoal.tar.gz"
    assert main(["backup", str(file), "--config", str(home / "config"), "--recordings"]) == 0
    assert file.stat().st_mode & 0o777 == 0o600, "it holds passwords and keys"
    assert {"store.db", "config/agents.yaml", "config/ivr/main.yaml", "var/secret", "var/versions/files/abc",
            "var/tls-key.pem", "recordings/2026/11/22/c.wav", CONTENTS} <= names(file)
    assert not any(name.startswith(("var/cache", "var/shoal.db")) for name in names(file))
    there = tmp_path / "there" / "config"
    assert main(["restore", str(file), "--config", str(there)]) == 0
    assert "files of shoal" in capsys.readouterr().out
    assert (there.parent / "var" / "secret").stat().st_mode & 0o777 == 0o600
    assert load(there).users == load(home / "config").users
    for path in ("config/queues.yaml", "var/recordings/2026/11/22/c.wav", "var/versions/1.json"):
        assert (there.parent / path).read_bytes() == (home / path).read_bytes()

    async def read():
        store = await Store.open(f"sqlite+aiosqlite:///{there.parent}/var/shoal.db", 2.0)
        entries = await store.entries(0)
        await store.close()
        return entries, store.epoch
    assert asyncio.run(read()) == (menus(1, 10), 2)


def test_recordings_are_left_out_unless_asked_for(home, tmp_path):
    assert keeping.backup(load(home / "config"), tmp_path / "a.tar", recordings=False) == 0
    assert not any("recordings" in name for name in names(tmp_path / "a.tar"))


def test_nothing_is_overwritten_unasked(home, tmp_path, capsys):
    file = tmp_path / "a.tar"
    arguments = ["--config", str(home / "config")]
    assert main(["backup", str(file), *arguments]) == 0
    assert main(["backup", str(file), *arguments]) == 2
    assert "is there already" in capsys.readouterr().err
    (home / "var" / "secret").write_text("another")
    assert main(["restore", str(file), *arguments]) == 2
    assert "--force" in capsys.readouterr().err
    assert (home / "var" / "secret").read_text() == "another"
    assert main(["restore", str(file), *arguments, "--force"]) == 0
    assert (home / "var" / "secret").read_text() == "k" * 64


def test_a_copy_is_one_moment_however_much_is_written_meanwhile(tmp_path):
    file, copy = tmp_path / "a.db", tmp_path / "b.db"
    stop = threading.Event()
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE pairs (one INTEGER, other INTEGER, filler TEXT)")
        db.commit()

    def write():
        with closing(sqlite3.connect(file)) as db:
            number = 0
            while not stop.is_set():
                number += 1
                db.execute("INSERT INTO pairs VALUES (?, 0, ?)", (number, "x" * 2000))
                db.execute("UPDATE pairs SET other = one")
                db.commit()
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(5):
            copy_sqlite(file, copy)
            with closing(sqlite3.connect(copy)) as db:
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                assert db.execute("SELECT count(*) FROM pairs WHERE one <> other").fetchone() == (0,)
    finally:
        stop.set()
        writer.join()


def forged(file, name, body=b"x", about=None):
    with tarfile.open(file, "w") as archive:
        about = about or {"format": 1, "shoal": "0", "store": None}
        for each, data in ((CONTENTS, json.dumps(about).encode()), (name, body)):
            info = tarfile.TarInfo(each)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file


@pytest.mark.parametrize("name", ["config/../../x", "/etc/x", "../x", "config", "elsewhere/x", "var"])
def test_an_archive_cannot_write_outside(tmp_path, name):
    home = tmp_path / "home"
    file = forged(tmp_path / "a.tar", name)
    with pytest.raises(BackupError, match="does not belong"):
        restore(file, home, home / "config", home / "var" / "shoal.db", home / "var" / "recordings")
    assert not home.exists()


@pytest.mark.parametrize(("about", "says"), [({"format": 9}, "no backup that this shoal knows"),
                                             ({"format": 1, "shoal": "0", "store": "store.db"}, "SQLite store")])
def test_what_is_no_backup_of_ours_says_so(tmp_path, about, says):
    file = forged(tmp_path / "a.tar", "config/shoal.yaml", about=about)
    with pytest.raises(BackupError, match=says):
        restore(file, tmp_path / "h", tmp_path / "h" / "config", None, tmp_path / "r")


def test_a_broken_file_is_told_in_a_sentence(tmp_path, capsys):
    (tmp_path / "a.tar").write_bytes(b"nonsense" * 100)
    assert main(["restore", str(tmp_path / "a.tar"), "--config", str(tmp_path / "config")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_without_a_store_there_is_nothing_to_save(home, tmp_path):
    (home / "var" / "shoal.db").unlink()
    with pytest.raises(BackupError, match="has the switch run here"):
        keeping.backup(load(home / "config"), tmp_path / "a.tar", recordings=False)


def test_a_store_elsewhere_is_not_in_it_and_said_so(home, tmp_path):
    assert backup(home, home / "config", None, tmp_path / "a.tar")
    told = restore(tmp_path / "a.tar", tmp_path / "n", tmp_path / "n" / "config", None, tmp_path / "n" / "r")
    assert "pg_restore" in told[-1]
