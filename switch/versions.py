"""Every configuration that was ever published: numbered, with who, when, the difference in words, and the files themselves.

A folder beside the store: ``N.json`` says which files version N had, ``files/`` has each of them once, by the digest of its
bytes, so that a hundred versions of one YAML file cost nothing of the recordings that never changed. They hold passwords;
nobody but the switch's own user may read them.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

PASSING = ("~", ".swp", ".swx", ".tmp", ".bak", ".part")
"""How names of files end that editors make for a moment."""


class Version(msgspec.Struct, frozen=True):
    """One publication."""

    number: int
    at: float
    """POSIX seconds."""
    by: str
    changes: tuple[str, ...]
    files: dict[str, str]
    """Path below ``config/`` -> SHA-256 of the bytes."""


class Changing(OSError):
    """A file was written while it was read."""


def paths(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a configuration, by their names with ``/``; without hidden ones and what editors leave behind."""
    for root, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith((".", "#")) and not name.endswith(PASSING):
                path = Path(root) / name
                yield path.relative_to(folder).as_posix(), path


def digests(folder: Path) -> dict[str, str]:
    """What is in each file now."""
    found = {}
    for name, path in paths(folder):
        try:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        except FileNotFoundError:  # it was there for a moment
            continue
    return found


class Versions:
    """All versions in ``folder``, which is made when the first one is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = folder / "files"

    def all(self) -> list[Version]:
        """The oldest first."""
        numbers = sorted(int(path.stem) for path in self._folder.glob("*.json") if path.stem.isdecimal())
        return [version for number in numbers if (version := self.get(number)) is not None]

    def last(self) -> Version | None:
        """The newest."""
        numbers = [int(path.stem) for path in self._folder.glob("*.json") if path.stem.isdecimal()]
        return self.get(max(numbers)) if numbers else None

    def get(self, number: int) -> Version | None:
        """One of them; None = there is none of this number."""
        try:
            return msgspec.json.decode((self._folder / f"{number}.json").read_bytes(), type=Version)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def keep(self, source: Path, files: dict[str, str], at: float, by: str, changes: tuple[str, ...]) -> Version:
        """Keep these files of ``source`` as the next version. Raises :class:`Changing`, OSError; then there is none."""
        last = self.last()
        version = Version(last.number + 1 if last is not None else 1, at, by, changes, files)
        self._files.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder.chmod(0o700)
        for name, digest in files.items():
            if not (self._files / digest).exists():
                self._store(source / name, digest)
        _write(self._folder / f"{version.number}.json", msgspec.json.encode(version))
        return version

    def _store(self, path: Path, digest: str) -> None:
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise Changing(f"{path} is being written")
        _write(self._files / digest, data)

    def prune(self, keep: int, since: float) -> list[int]:
        """Forget old versions, and the files that no other one has: all but the newest ``keep`` (at least one) and those
        that were published since (POSIX seconds). Gives their numbers."""
        kept = self.all()
        old = [each for each in kept[:-max(keep, 1)] if each.at < since]
        for each in old:
            (self._folder / f"{each.number}.json").unlink(missing_ok=True)
        if old:
            used = {digest for each in kept if each not in old for digest in each.files.values()}
            for file in self._files.iterdir():
                if file.name not in used and not file.name.endswith(".part"):
                    file.unlink(missing_ok=True)
        return [each.number for each in old]

    def lay_out(self, version: Version, folder: Path) -> None:
        """Write the files of a version into a folder, each of them whole or not at all; other files stay."""
        for name, digest in version.files.items():
            target = folder / name
            data = (self._files / digest).read_bytes()
            if not target.exists() or target.read_bytes() != data:
                target.parent.mkdir(parents=True, exist_ok=True)
                _write(target, data, mode=0o644 if not target.exists() else target.stat().st_mode & 0o777)

    def restore(self, version: Version, folder: Path) -> None:
        """Make the folder what it was at this version. What it has now and no version has kept is set aside first, in a
        folder of its own here."""
        now = digests(folder)
        lost = [name for name, digest in now.items() if not (self._files / digest).exists()]
        if lost:
            aside = self._folder / f"aside-before-{version.number}-{len(list(self._folder.glob('aside-*'))) + 1}"
            for name in lost:
                (aside / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                shutil.copy2(folder / name, aside / name)
        self.lay_out(version, folder)
        for name in now:
            if name not in version.files:
                (folder / name).unlink(missing_ok=True)


def _write(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Whoever looks sees the old file or the new one."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.chmod(mode)
    part.replace(path)
