"""Prompts as sound files: what a tree or a queue wants to say -> the files to play.

Sounds are found by name in a row of folders, own recordings before shipped ones. A folder has one folder a language
(``en/welcome.wav``); what lies beside them (``music.wav``, ``beep.wav``) belongs to every language. The folders are
read once, at the beginning: while callers listen, no disk is touched, and a file that comes later is for the next start.

A text is a sound too, when a shipped one says the same words, or when it was rendered: that is done by others, while a
configuration is read (:meth:`Prompts.unsaid` says what is to be done), and what came of it is in :attr:`Prompts.speech`.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import yaml

from ivr import speaking
from ivr.texts import Fault, Gap, Saying, Speech, pieces
from ivr.tree import Prompt

SHIPPED = Path(__file__).parent / "sounds"
"""The sounds that come with the switch, for ``en`` and ``zh``; ``texts.yaml`` beside them says what each one says."""
VARIABLE_SECONDS = 3.0
"""How long a spoken variable is taken to be while nobody knows its value."""
EVERY_LANGUAGE = ""


class Prompts:
    """All sounds that there are.

    ``folders`` are searched in their order. A sound that a language does not have is looked for in its parent (``en``
    of ``en-GB``), then in ``fallback``: a caller would rather hear another language than nothing.
    """

    def __init__(self, folders: Sequence[Path] = (SHIPPED,), fallback: str = "en") -> None:
        self.speech = Speech()
        self._rendered: dict[tuple[str, str, str], dict[str, str]] = {}
        self._fallback = fallback
        self._files: dict[tuple[str, str], str] = {}
        self._texts: dict[str, dict[str, str]] = {}
        self._catalogue: dict[str, str] = {}
        self._lengths: dict[str, float] = {}
        for folder in folders:
            self._read(folder.absolute())

    def _read(self, folder: Path) -> None:
        """Learn the sounds of a folder; those of an earlier one stand."""
        for file in sorted((*folder.glob("*.wav"), *folder.glob("*/*.wav"))):
            language = EVERY_LANGUAGE if file.parent == folder else file.parent.name
            self._files.setdefault((language, file.stem), str(file))
        catalogue = folder / "texts.yaml"
        if not catalogue.is_file():
            return
        for language, texts in yaml.safe_load(catalogue.read_text(encoding="utf-8")).items():
            for name, text in texts.items():
                if file := self._files.get((language, name)):
                    self._catalogue[file] = text
                    self._texts.setdefault(_plain(text), {}).setdefault(language, file)

    # -- finding -------------------------------------------------------------------------------------------------------

    def sound(self, name: str, language: str) -> str:
        """The absolute path of a sound; empty when there is none of this name."""
        for candidate in (*_family(language), self._fallback):
            if file := self._files.get((candidate, name)):
                return file
        return ""

    def words(self, name: str, language: str) -> str:
        """What a shipped sound says; empty for one that nobody wrote down."""
        return self._catalogue.get(self.sound(name, language), "")

    def names(self, language: str) -> set[str]:
        """The names of all sounds of a language."""
        return {name for known, name in self._files if known in _family(language)}

    @property
    def languages(self) -> set[str]:
        """The languages for which there are sounds."""
        return {language for language, _ in self._files} - {EVERY_LANGUAGE}

    def paths(self, prompts: Iterable[Prompt], variables: dict[str, str], language: str) -> tuple[str, ...]:
        """The files that say this. A variable that is not known, or is no number where one is needed, says nothing."""
        return tuple(path for prompt in prompts for path in self._prompt(prompt, variables, language) if path)

    def _prompt(self, prompt: Prompt, variables: dict[str, str], language: str) -> tuple[str, ...]:
        language = prompt.language or language
        if prompt.sound:
            return (self.sound(prompt.sound, language),)
        if not prompt.text:
            return self._value(prompt.kind, variables.get(prompt.variable, ""), prompt.currency, language)
        said = pieces(prompt.text)
        tongue = self._tongue(prompt, said, language)
        return tuple(path for piece in said for path in self._piece(prompt, piece, variables, tongue))

    def _tongue(self, prompt: Prompt, said: tuple[str | Gap, ...], language: str) -> str:
        """The language in which a text can be said: words and values in the same one."""
        words = next((piece for piece in said if isinstance(piece, str)), "")
        there = self._ways_to_say(prompt, words)
        return next((candidate for candidate in (*_family(language), *there) if candidate in there), language)

    def _piece(self, prompt: Prompt, piece: str | Gap, variables: dict[str, str], language: str) -> tuple[str, ...]:
        if isinstance(piece, Gap):
            return self._value(piece.kind, variables.get(piece.variable, ""), piece.currency, language)
        there = self._ways_to_say(prompt, piece)
        return tuple(there[candidate] for candidate in _family(language) if candidate in there)[:1]

    def _ways_to_say(self, prompt: Prompt, words: str) -> dict[str, str]:
        """Language -> file of these words. Who names a voice does not want a recording of another."""
        recorded = {} if prompt.voice or prompt.engine else self._texts.get(_plain(words), {})
        return {**self._rendered.get((words, prompt.voice, prompt.engine), {}), **recorded}

    def _value(self, kind: str, value: str, currency: str, language: str) -> tuple[str, ...]:
        return self._words(speaking.say(kind, value, language, currency), language) if kind else ()

    def _words(self, words: speaking.Words, language: str) -> tuple[str, ...]:
        return tuple(path for word in words if (path := self.sound(word, language)))

    # -- the queue -----------------------------------------------------------------------------------------------------

    def position(self, place: int, language: str) -> tuple[str, ...]:
        """The files that tell a caller their place in a queue; 1 = next."""
        return self._words(speaking.position(place, language), language)

    def expected_wait(self, seconds: float | None, language: str) -> tuple[str, ...]:
        """The files that tell a caller how long it will take; none when nobody knows."""
        return self._words(speaking.expected_wait(seconds, language), language)

    # -- checking ------------------------------------------------------------------------------------------------------

    def take(self, speech: Speech) -> None:
        """Know what became of the texts."""
        self.speech = speech
        for saying, file in speech.files.items():
            self._rendered.setdefault((saying.text, saying.voice, saying.engine), {})[saying.language] = file

    def unsaid(self, prompts: Iterable[Prompt], language: str) -> list[Saying]:
        """The texts, and parts of texts, that nobody has recorded in this language: an engine must say them."""
        return [Saying(piece, prompt.language or language, prompt.voice, prompt.engine)
                for prompt in prompts if prompt.text for piece in pieces(prompt.text)
                if isinstance(piece, str) and not self._recorded(prompt, piece, prompt.language or language)]

    def _recorded(self, prompt: Prompt, words: str, language: str) -> bool:
        there = self._texts.get(_plain(words), {}).keys() & set(_family(language))
        return bool(there) and not (prompt.voice or prompt.engine)

    def missing(self, prompts: Iterable[Prompt], language: str) -> list[Prompt]:
        """The prompts for which there is no sound in this language, and none will be made."""
        return [prompt for prompt in prompts if not self._is_there(prompt, language)]

    def _is_there(self, prompt: Prompt, language: str) -> bool:
        if prompt.sound:
            return prompt.sound in self.names(prompt.language or language)
        known = self.speech
        return all(saying in known.files or saying in known.pending for saying in self.unsaid([prompt], language))

    def fault(self, prompt: Prompt, language: str) -> Fault:
        """Why a text cannot be said."""
        faults = (self.speech.faults.get(saying) for saying in self.unsaid([prompt], language))
        return next(filter(None, faults), Fault("nothing can speak it", "record it and write `sound: NAME`"))

    def seconds(self, prompts: Iterable[Prompt], language: str) -> float:
        """How long it takes to say this; what is not there takes no time. A text that is yet to be rendered is guessed."""
        return sum(self._seconds_of(prompt, language) for prompt in prompts)

    def _seconds_of(self, prompt: Prompt, language: str) -> float:
        if prompt.variable:
            return VARIABLE_SECONDS
        gaps = [piece for piece in pieces(prompt.text) if isinstance(piece, Gap)]
        late = [saying for saying in self.unsaid([prompt], language) if saying in self.speech.pending]
        there = sum(self._length(path) for path in self._prompt(prompt, {}, language) if path)
        return there + len(gaps) * VARIABLE_SECONDS + sum(saying.seconds for saying in late)

    def _length(self, path: str) -> float:
        if path not in self._lengths:
            self._lengths[path] = wav_seconds(Path(path))
        return self._lengths[path]


@lru_cache(256)
def _family(language: str) -> tuple[str, str, str]:
    """Where the sounds of a language are: under its own name, under that of its parent, and where all languages are."""
    return language, language.split("-")[0], EVERY_LANGUAGE


def _plain(text: str) -> str:
    """Texts are the same when their words are: neither spaces nor capitals count."""
    return " ".join(text.casefold().split())


def wav_seconds(file: Path) -> float:
    """Length of a WAV file by its ``fmt`` and ``data`` chunks (``wave`` reads no mu-law); 0 = it is none."""
    try:
        data = file.read_bytes()
    except OSError:
        return 0.0
    rate, place = 0, 12
    while place + 8 <= len(data):
        kind, size = data[place : place + 4], int.from_bytes(data[place + 4 : place + 8], "little")
        if kind == b"fmt ":
            rate = int.from_bytes(data[place + 16 : place + 20], "little")
        if kind == b"data" and rate:
            return min(size, len(data) - place - 8) / rate
        place += 8 + size + size % 2
    return 0.0
