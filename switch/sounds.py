"""All sounds of a configuration: own recordings (any rate, WAV or MP3), shipped ones, and texts that an engine speaks.

Own recordings are converted once, into a cache, and shown to :class:`ivr.prompts.Prompts` through a folder that is
named by its contents: other recordings make another folder, so nothing that a caller hears is ever overwritten.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ivr.prompts import SHIPPED, Prompts
from media.sounds import SoundError, import_sound
from switch.mistakes import Mistake

FOLDER = "prompts"
KINDS = (".wav", ".mp3")
OTHER_KINDS = (".aac", ".aif", ".aiff", ".flac", ".gsm", ".m4a", ".ogg", ".opus", ".wma")
"""Sounds that somebody may have put there in good faith."""
RENDER_LIMIT = 30.0
"""Seconds after which the engine is thought to be stuck."""


def collect(folder: Path, cache: Path) -> tuple[Prompts, list[Mistake]]:
    """The sounds of a configuration folder, and what is wrong with its own recordings."""
    mistakes: list[Mistake] = []
    folders = [SHIPPED]
    try:
        imported = _import(folder, cache, mistakes)
        folders = [_shelf(imported, cache), SHIPPED] if imported else [SHIPPED]
    except OSError as error:
        what = f"the recordings cannot be kept in {cache}: {error.strerror}"
        mistakes.append(Mistake(FOLDER, 0, what, "look at its permissions and at the space that is left"))
    return Prompts(folders, engine(cache)), mistakes


def _import(folder: Path, cache: Path, mistakes: list[Mistake]) -> dict[str, Path]:
    """Convert what is new. Gives ``en/welcome.wav`` -> the converted file."""
    imported: dict[str, Path] = {}
    for source in _recordings(folder, mistakes):
        place = source.relative_to(folder / FOLDER).with_suffix(".wav").as_posix()
        file = source.relative_to(folder).as_posix()
        if place in imported:
            mistakes.append(Mistake(file, 0, "there are two recordings of this name", "keep one of them"))
            continue
        try:
            imported[place] = import_sound(source, cache / "imported" / Path(place).parent)
        except SoundError as error:
            mistakes.append(Mistake(file, 0, error.reason, error.advice))
    return imported


def _recordings(folder: Path, mistakes: list[Mistake]) -> Iterator[Path]:
    """``prompts/en/welcome.wav``; what lies beside the languages (``prompts/music.mp3``) is for all of them."""
    for path in sorted((*(folder / FOLDER).glob("*"), *(folder / FOLDER).glob("*/*"))):
        if path.suffix.lower() in KINDS and path.is_file():
            yield path
        elif path.suffix.lower() in OTHER_KINDS:
            file = path.relative_to(folder).as_posix()
            mistakes.append(Mistake(file, 0, "only WAV and MP3 are read", "save it as one of them"))


def _shelf(imported: dict[str, Path], cache: Path) -> Path:
    """A folder in which the converted recordings have the names that prompts know them by."""
    digest = hashlib.sha256(repr(sorted(imported.items())).encode()).hexdigest()[:16]
    shelf = cache / digest
    for place, converted in imported.items():
        target = shelf / place
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_suffix(f".{os.getpid()}")
            shutil.copyfile(converted, part)
            part.replace(target)
    return shelf


class Espeak:
    """Texts by ``espeak-ng``: robotic, but everywhere. Rendered once, while a configuration is loaded."""

    def __init__(self, program: str, cache: Path) -> None:
        self._program = program
        self._cache = cache / "spoken"

    def __call__(self, text: str, language: str) -> Path | None:
        """The sound of this text; None when the engine cannot speak it."""
        name = hashlib.sha256(f"{language} {text}".encode()).hexdigest()[:16]
        there = next(self._cache.glob(f"{name}-*.wav"), None)
        if there is not None:
            return there
        with tempfile.TemporaryDirectory() as folder:
            raw = Path(folder) / f"{name}.wav"
            try:
                subprocess.run([self._program, "-v", language, "-w", str(raw), "--stdin"], input=text.encode(),
                               capture_output=True, timeout=RENDER_LIMIT, check=True)
                return import_sound(raw, self._cache)
            except (subprocess.SubprocessError, OSError, SoundError):
                return None


def engine(cache: Path) -> Espeak | None:
    """What speaks texts on this machine; None = nothing does."""
    program = shutil.which("espeak-ng")
    return Espeak(program, cache) if program else None
