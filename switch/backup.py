"""``shoal backup`` and ``shoal restore``: everything that a switch needs to go on elsewhere, in one file.

A tar archive, readable by its owner alone, for it holds passwords and keys: the store at one moment (SQLite's own backup
takes it while calls run), the configuration with all its published versions, the signing key of tokens, certificates and
their keys, and with ``--recordings`` the recordings. A PostgreSQL store is saved by its own tools (``pg_dump``); then the
archive holds the rest, and says so. What can be made anew (converted prompts) is left out.
"""

import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from urllib.parse import quote

CONTENTS = "shoal-backup.json"
FORMAT = 1
STORE = "store.db"
LEFT_OUT = ("cache", "recordings")
"""Of ``var/``."""


class BackupError(Exception):
    """It could not be saved, or not brought back; the message says why and what to do."""


def copy_sqlite(source: Path, target: Path) -> None:
    """A consistent copy of a database that may be in use, readable by its owner alone; whole or not at all."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    there = f"file:{quote(str(source))}?mode=rw"  # so that none is made where there is none
    with closing(sqlite3.connect(there, uri=True)) as old, closing(sqlite3.connect(part)) as new:
        old.backup(new)  # in one piece: a write-ahead log lets others write meanwhile
        new.execute("PRAGMA journal_mode=DELETE")
    part.replace(target)


def backup(home: Path, config: Path, database: Path | None, file: Path, recordings: Path | None = None) -> list[str]:
    """Save into ``file``, which must not be there yet. ``home``: the folder that holds ``config`` and ``var/``;
    ``database``: the SQLite file, None = the store is elsewhere; ``recordings``: their folder, None = they are left out.
    Gives what was saved, in words. Raises :class:`BackupError`, OSError, sqlite3.Error."""
    if file.exists():
        raise BackupError(f"{file} is there already: say another name")
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    told: list[str] = []
    with (tempfile.TemporaryDirectory(prefix="shoal-backup-", dir=file.resolve().parent) as place,
          os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw,
          tarfile.open(fileobj=raw, mode="w:gz" if file.name.endswith("gz") else "w") as archive):
        if database is not None:
            copy_sqlite(database, Path(place) / STORE)
            archive.add(Path(place) / STORE, STORE)
            told.append(f"the store, {(Path(place) / STORE).stat().st_size / 1e6:.1f} MB")
        told.append(f"the configuration, {_add(archive, config, 'config')} files")
        state = sum(_add(archive, each, f"var/{each.name}") for each in _state(home, database))
        told.append(f"versions, keys and certificates, {state} files")
        if recordings is not None and recordings.is_dir():
            told.append(f"recordings, {_add(archive, recordings, 'recordings')} files")
        _describe(archive, Path(place), database is not None)
    part.replace(file)
    return told


def _state(home: Path, database: Path | None) -> Iterator[Path]:
    """What lies in ``var/`` and cannot be made anew, without the store."""
    store = "" if database is None else database.name
    for path in sorted((home / "var").glob("*")):
        if path.name not in LEFT_OUT and not (store and path.name.startswith(store)) and not path.name.endswith(".part"):
            yield path


def _add(archive: tarfile.TarFile, path: Path, name: str) -> int:
    """Put a file or a folder into the archive; how many files."""
    if path.is_symlink() or path.is_file():
        archive.add(path.resolve(), name)
        return 1
    files = [each for each in sorted(path.rglob("*")) if each.is_file() and not each.name.endswith(".part")]
    for each in files:
        archive.add(each.resolve(), f"{name}/{each.relative_to(path).as_posix()}")
    return len(files)


def _describe(archive: tarfile.TarFile, place: Path, whole: bool) -> None:
    file = place / CONTENTS
    file.write_text(json.dumps({"format": FORMAT, "shoal": version("shoal"), "store": STORE if whole else None}))
    archive.add(file, CONTENTS)


def restore(file: Path, home: Path, config: Path, database: Path | None, recordings: Path, *,
            force: bool = False) -> list[str]:
    """Bring back what ``file`` holds, for a switch that does not run. What is there is not overwritten unless ``force``
    says so. Gives what was done. Raises :class:`BackupError`, OSError, tarfile.TarError."""
    places = {"config": config, "var": home / "var", "recordings": recordings}
    with tarfile.open(file) as archive:
        members = {member.name: member for member in archive.getmembers() if member.isfile()}
        about = _about(archive, members, file)
        if about["store"] is not None and database is None:
            raise BackupError("the archive holds an SQLite store, and shoal.yaml names another kind of store")
        targets = {name: _target(name, places, database) for name in members if name != CONTENTS}
        there = sorted(str(target) for target in targets.values() if target.exists())
        if there and not force:
            raise BackupError(f"{there[0]} and {len(there) - 1} more are there already: restore into an empty folder, or "
                              "say --force to overwrite them")
        for name, target in targets.items():
            _write(archive, members[name], target)
    if database is not None:
        for rest in ("-wal", "-shm"):
            database.with_name(database.name + rest).unlink(missing_ok=True)
    return [f"{len(targets)} files of shoal {about['shoal']} are back",
            *([] if about["store"] else ["the store was not in it: bring it back with psql or pg_restore"])]


def _about(archive: tarfile.TarFile, members: dict[str, tarfile.TarInfo], file: Path) -> dict[str, str]:
    described = archive.extractfile(members[CONTENTS]) if CONTENTS in members else None
    about = json.loads(described.read()) if described is not None else {}
    if about.get("format") != FORMAT:
        raise BackupError(f"{file} is no backup that this shoal knows")
    return about


def _target(name: str, places: dict[str, Path], database: Path | None) -> Path:
    """Where a file of the archive belongs; nothing is ever written outside the folders of the switch."""
    if name == STORE and database is not None:
        return database
    first, *rest = PurePosixPath(name).parts
    if first not in places or not rest or ".." in rest:
        raise BackupError(f"{name!r} does not belong into a backup; nothing was brought back")
    return places[first].joinpath(*rest)


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """Write one file whole; what the switch keeps is for its own user alone."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    source = archive.extractfile(member)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, member.mode & 0o777), "wb") as out:
        while source is not None and (piece := source.read(1 << 20)):
            out.write(piece)
    os.utime(part, (member.mtime, member.mtime))
    part.replace(target)
