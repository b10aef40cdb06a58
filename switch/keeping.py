"""``shoal backup`` and ``shoal restore`` at the terminal: where everything lies is what the configuration says."""

import sqlite3
import tarfile
from pathlib import Path

from sqlalchemy import make_url

from switch import backup as archive
from switch import building
from switch.checks import SHOAL
from switch.reader import read
from switch.settings import Settings, System


def backup(settings: Settings, file: Path, *, recordings: bool) -> int:
    """Save everything; gives the exit status. Raises BackupError, OSError."""
    database = database_of(settings)
    if database is not None and not database.exists():
        raise archive.BackupError(f"there is no store at {database}: has the switch run here?")
    folder = building.recordings(settings) if recordings else None
    try:
        told = archive.backup(building.home(settings), settings.folder, database, file, folder)
    except sqlite3.Error as error:
        raise archive.BackupError(f"the store {database} cannot be copied: {error}") from error
    for line in told:
        print(line)
    if database is None:
        print("not the store, which is no file: save it with pg_dump at the same time")
    print(f"saved in {file}; it holds passwords and keys, so keep it as you keep those")
    return 0


def restore(file: Path, config: Path, *, force: bool) -> int:
    """Bring everything back, to where the saved configuration says that it lies; gives the exit status. Raises BackupError,
    OSError."""
    try:
        settings = _saved_settings(file, config)
        home = config.resolve().parent
        told = archive.restore(file, home, config, database_of(settings), home / settings.system.store.recordings,
                               force=force)
    except tarfile.TarError as error:
        raise archive.BackupError(f"{file} cannot be read: {error}") from error
    for line in told:
        print(line)
    return 0


def _saved_settings(file: Path, config: Path) -> Settings:
    """Of the saved configuration the machine's part, as if it lay at ``config`` already."""
    with tarfile.open(file) as saved:
        names = {member.name for member in saved.getmembers() if member.isfile()}
        found = saved.extractfile(f"config/{SHOAL}") if f"config/{SHOAL}" in names else None
        text = found.read().decode("utf-8-sig", "replace") if found is not None else ""
    return Settings(config, read(text, SHOAL, System).value or System(), {}, {}, {}, {})


def database_of(settings: Settings) -> Path | None:
    """The SQLite file; None = the store is elsewhere."""
    url = make_url(building.store_url(settings))
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
