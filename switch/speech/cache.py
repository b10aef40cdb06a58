"""Texts that were spoken, kept by what they were made of: text, voice, engine and its settings.

Each has two files: ``KEY.wav``, and ``KEY.json`` that says what it is. Another voice is another key, so nothing that a
caller hears is ever overwritten, and whoever goes back to yesterday's version has its sounds. The files of what is used
are touched when a configuration is read, so that nothing is pruned that a call may still want.
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from media.levelling import BREATH, TOUCH, level
from media.sounds import SoundError, decode, seconds, write
from switch.speech.engines import Broken, Words
from switch.speech.rules import Engine

RECIPE = 1
"""Counts up when the same text would be another sound for a reason of ours."""
ENDS = tuple(".!?。！？…")


class Entry(msgspec.Struct, frozen=True):
    """One text that was spoken."""

    text: str
    language: str
    voice: str
    engine: str
    seconds: float


class Cache:
    """All of them, in ``folder``, which is made when the first one is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @staticmethod
    def key(name: str, engine: Engine, words: Words) -> str:
        """The name of an entry. Of a secret it only counts where it is found, not what it is."""
        made_of = [RECIPE, name, list(engine.command), repr(engine.http), *words]
        return hashlib.sha256(json.dumps(made_of, ensure_ascii=False).encode()).hexdigest()[:24]

    def find(self, key: str) -> Path | None:
        """The sound of this key; None = there is none that can be played."""
        path = self.folder / f"{key}.wav"
        try:
            return path if path.is_file() and seconds(path) > 0 else None
        except SoundError:
            return None

    def touch(self, key: str) -> None:
        """It is used."""
        for path in self._both(key):
            with suppress(OSError):
                os.utime(path)

    def keep(self, key: str, source: Path, name: str, words: Words) -> Path:
        """Make a prompt of what an engine has written. Raises :class:`Broken`, OSError."""
        try:
            samples = decode(source)
        except SoundError as error:
            raise Broken(f"what the engine `{name}` has written: {error.reason}", error.advice) from None
        sound = level(samples / 32768, BREATH if words.text.endswith(ENDS) else TOUCH)
        if not len(sound):
            raise Broken(f"the engine `{name}` said nothing", "look at the text, and whether the voice knows its language")
        path, told = self._both(key)
        write(path, (sound * 32767).round().astype("int16"))
        entry = Entry(words.text, words.language, words.voice, name, round(len(sound) / 8000, 2))
        part = told.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        part.write_bytes(msgspec.json.encode(entry))
        part.replace(told)
        return path

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """All that is kept, by key."""
        for path in sorted(self.folder.glob("*.json")):
            with suppress(OSError, msgspec.DecodeError, msgspec.ValidationError):
                yield path.stem, msgspec.json.decode(path.read_bytes(), type=Entry)

    def prune(self, used: set[str], before: float) -> tuple[int, int]:
        """Delete what is not used and was not since ``before`` (POSIX seconds). Gives how many, and how many bytes."""
        gone, size = set(), 0
        for path in sorted(self.folder.glob("*")):
            with suppress(OSError):
                told = path.stat()
                if path.stem not in used and told.st_mtime < before:
                    path.unlink()
                    gone.add(path.stem)
                    size += told.st_size
        return len(gone), size

    def _both(self, key: str) -> tuple[Path, Path]:
        return self.folder / f"{key}.wav", self.folder / f"{key}.json"
