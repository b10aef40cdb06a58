"""All recordings of a configuration: own ones (any rate, WAV or MP3) and shipped ones. Texts are :mod:`switch.speech`'s.

Own recordings are converted once, into a cache, and shown to :class:`ivr.prompts.Prompts` through a folder that is
named by its contents: other recordings make another folder, so nothing that a caller hears is ever overwritten.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ivr.prompts import SHIPPED, Prompts
from media.sounds import SoundError, import_sound
from switch.mistakes import Mistake

FOLDER = "prompts"
KINDS = (".wav", ".mp3")
OTHER_KINDS = (".aac", ".aif", ".aiff", ".flac", ".gsm", ".m4a", ".ogg", ".opus", ".wma")
"""Sounds that somebody may have put there in good faith."""


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
    return Prompts(folders), mistakes


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
