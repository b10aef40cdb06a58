"""Publishing: the files of ``config/`` are read, judged, kept as a version, and handed to the running switch; or refused,
and then everything is as it was.

It happens when a file is saved (the folder is looked at twice a second, and read when it has been quiet for one look: files
that are saved together belong together; looking works on every file system, where waiting for the kernel's word does
not), at SIGHUP, and when an operator asks for it. Reading and judging is done in a thread, so that calls do not wait.
"""

import asyncio
import os
import pwd
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import msgspec
import structlog

from switch.checks import listen_hazards
from switch.difference import NOTHING, difference, in_force, needs_restart, recordings
from switch.events import ConfigurationRefused, Event, Flaw
from switch.loading import examine
from switch.mistakes import Mistake, SettingsError
from switch.settings import Settings
from switch.speech.rendering import Render
from switch.versions import Changing, Version, Versions, digests, paths

log = structlog.get_logger("configuration")

LOOK_SECONDS = 0.5
TOLD = 20
"""Mistakes that an event carries."""
TRIES = 5
"""How often files that change while they are read are read anew."""
STARTED = "start"
Stamps = frozenset[tuple[str, int, int]]


class Outcome(msgspec.Struct, frozen=True):
    """What came of it."""

    version: int
    """The version that holds now."""
    published: bool
    changes: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()
    """What of it holds only after a restart."""
    mistakes: tuple[Flaw, ...] = ()
    """Why nothing was published."""


class Switch(Protocol):
    """What the publisher asks of the running switch."""

    def configure(self, settings: Settings, version: int, by: str, changes: tuple[str, ...]) -> None:
        """Take these settings over."""

    def write_down(self, event: Event) -> None:
        """Put this into the journal."""


class Publisher:
    """``load`` reads and judges the whole folder and raises SettingsError; ``now``: POSIX seconds."""

    def __init__(self, switch: Switch, settings: Settings, load: Callable[[], Settings], versions: Versions, cache: Path,
                 now: Callable[[], float]) -> None:
        self._switch = switch
        self._load = load
        self._cache = cache
        self._now = now
        self._lock = asyncio.Lock()
        self._bound = settings.system.listen
        """Where the switch listens until it ends, whatever is written meanwhile."""
        self.folder = settings.folder
        self.settings = settings
        """As they are written; what of them holds only after a restart is not in force."""
        self.versions = versions
        self.current = Version(0, 0.0, "", (), {})
        self.refused: tuple[Flaw, ...] = ()
        """Why the files as they are now were not published."""

    async def start(self) -> None:
        """What the switch has started with is a version, too."""
        try:
            self.current = await asyncio.to_thread(self._first)
        except OSError as error:
            log.warning("versions cannot be kept", why=str(error))

    def _first(self) -> Version:
        last, files = self.versions.last(), digests(self.folder)
        if last is not None and last.files == files:
            return last
        changes = ("the first version",) if last is None else self._since(last, files)
        return self.versions.keep(self.folder, files, self._now(), STARTED, changes)

    def _since(self, last: Version, files: dict[str, str]) -> tuple[str, ...]:
        old, mistakes = self._of(last, Render.NONE)
        told = ["the version before cannot be read any more"] if mistakes else difference(old, self.settings)
        return (*told, *recordings(last.files, files)) or (NOTHING,)

    def _of(self, version: Version, render: Render) -> tuple[Settings, list[Mistake]]:
        """The settings of a version that was kept."""
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "config"
            self.versions.lay_out(version, folder)
            return examine(folder, self._cache, render)

    async def publish(self, by: str, *, preview: bool = False) -> Outcome:
        """Publish what the files say. ``preview``: only say what would come of it."""
        async with self._lock:
            return await self._publish(by, preview)

    async def rollback(self, number: int, by: str) -> Outcome:
        """Write the files of a version back and publish them. Raises LookupError when there is no such version."""
        async with self._lock:
            version = self.versions.get(number)
            if version is None:
                raise LookupError(f"there is no version {number}")
            _, mistakes = await asyncio.to_thread(self._of, version, Render.ALL)
            if mistakes:
                return self._refuse(by, mistakes)
            await asyncio.to_thread(self.versions.restore, version, self.folder)
            return await self._publish(by, False, f"back to version {number}")

    async def _publish(self, by: str, preview: bool, more: str = "") -> Outcome:
        try:
            files, settings = await self._read()
        except SettingsError as error:
            return self._refuse(by, error.mistakes, preview)
        except OSError as error:
            return self._refuse(by, [Mistake("", 0, str(error), "look at permissions and space, then try again")], preview)
        if hazards := listen_hazards(replace(settings, system=replace(settings.system, listen=self._bound))):
            return self._refuse(by, hazards, preview)
        if not preview:
            self.refused = ()
        if files == self.current.files:
            return Outcome(self.current.number, False)
        told = (*difference(self.settings, settings), *recordings(self.current.files, files)) or (NOTHING,)
        changes = (more, *told) if more else told
        restart = tuple(needs_restart(in_force(self.settings.system, settings.system), settings.system))
        if preview:
            return Outcome(self.current.number, False, changes, restart)
        try:
            kept = await asyncio.to_thread(self.versions.keep, self.folder, files, self._now(), by, changes)
        except OSError as error:
            return self._refuse(by, [Mistake("", 0, f"the version cannot be kept: {error}", "make room, then try again")])
        self._switch.configure(settings, kept.number, by, changes)
        await asyncio.to_thread(self._prune, settings)
        self.settings, self.current = settings, kept
        log.info("published", version=kept.number, by=by, changes=list(changes), restart=list(restart))
        return Outcome(kept.number, True, changes, restart)

    def _prune(self, settings: Settings) -> None:
        """Old versions go when a new one comes."""
        rules = settings.system.store
        try:
            since = self._now() - 86400 * rules.versions_days if rules.versions_days else float("-inf")
            if gone := self.versions.prune(rules.versions, since):
                log.info("old versions were forgotten", versions=gone)
        except OSError as error:
            log.warning("old versions cannot be forgotten", why=str(error))

    async def _read(self) -> tuple[dict[str, str], Settings]:
        """The files, and what they say: what was judged is what is kept. Raises SettingsError, OSError."""
        for _ in range(TRIES):
            files = await asyncio.to_thread(digests, self.folder)
            settings = await asyncio.to_thread(self._load)
            if await asyncio.to_thread(digests, self.folder) == files:
                return files, settings
        raise Changing("files change faster than they can be read")

    def _refuse(self, by: str, mistakes: list[Mistake], preview: bool = False) -> Outcome:
        flaws = tuple(Flaw(each.file, each.line, each.what, each.instead) for each in mistakes)
        if not preview:
            self.refused = flaws
            self._switch.write_down(ConfigurationRefused(by=by, mistakes=flaws[:TOLD], count=len(flaws)))
            log.warning("refused", by=by, version=self.current.number, mistakes=[str(each) for each in mistakes])
        return Outcome(self.current.number, False, mistakes=flaws)

    def state(self) -> dict[str, object]:
        """For ``/health``, which more people see than may read the files: of mistakes only where they are."""
        places = dict.fromkeys(f"{each.file}:{each.line}" if each.line else each.file for each in self.refused)
        return {"version": self.current.number, "at": self.current.at, "by": self.current.by, "refused": list(places)}

    async def watch(self) -> None:
        """Publish whatever is saved, for ever."""
        quiet = Quiet(await asyncio.to_thread(stamps, self.folder))
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self.settings.system.watch and quiet.look(await asyncio.to_thread(stamps, self.folder)):
                try:
                    await self.publish(await asyncio.to_thread(who_saved, self.folder))
                except Exception:  # whatever it is, the next file that is saved must be looked at
                    log.exception("publishing failed; everything stays as it was")


class Quiet:
    """Says when what has changed is quiet again. Pure."""

    def __init__(self, seen: Stamps) -> None:
        self._known = self._last = seen

    def look(self, seen: Stamps) -> bool:
        """Whether something has changed since the last time that this was true, and nothing since the last look."""
        quiet, self._last = seen == self._last, seen
        if not quiet or seen == self._known:
            return False
        self._known = seen
        return True


def stamps(folder: Path) -> Stamps:
    """What a change would change: names, moments and sizes."""
    found = []
    for name, path in paths(folder):
        try:
            told = path.stat()
        except OSError:
            continue
        found.append((name, told.st_mtime_ns, told.st_size))
    return frozenset(found)


def who_saved(folder: Path) -> str:
    """The owner of the file that was saved last."""
    try:
        newest = max((path.stat() for _, path in paths(folder)), key=lambda told: told.st_mtime_ns)
        return f"saved by {pwd.getpwuid(newest.st_uid).pw_name}"
    except (OSError, KeyError, ValueError):
        return f"saved on {os.uname().nodename}"
