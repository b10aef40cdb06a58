"""Prompts as sound files: what a tree or a queue wants to say -> the files to play.

Sounds are found by name in a row of folders, own recordings before shipped ones. A folder has one folder a language
(``en/welcome.wav``); what lies beside them (``music.wav``, ``beep.wav``) belongs to every language. The folders are
read once, at the beginning: while callers listen, no disk is touched, and a file that comes later is for the next start.

A text is a sound too, when a shipped one says the same words, or when an engine for speech is there. Texts are rendered
by :meth:`Prompts.missing`, that is, while a configuration is checked, never while somebody waits for them.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import yaml

from ivr import speaking
from ivr.tree import Prompt

SHIPPED = Path(__file__).parent / "sounds"
"""The sounds that come with the switch, for ``en`` and ``zh``; ``texts.yaml`` beside them says what each one says."""
VARIABLE_SECONDS = 3.0
"""How long a spoken variable is taken to be while nobody knows its value."""
EVERY_LANGUAGE = ""

Engine = Callable[[str, str], Path | None]
"""Renders (text, language) to a file; None = it cannot."""


class Prompts:
    """All sounds that there are.

    ``folders`` are searched in their order. A sound that a language does not have is looked for in its parent (``en``
    of ``en-GB``), then in ``fallback``: a caller would rather hear another language than nothing.
    """

    def __init__(
        self, folders: Sequence[Path] = (SHIPPED,), speak: Engine | None = None, fallback: str = "en"
    ) -> None:
        self._speak = speak
        self._fallback = fallback
        self._files: dict[tuple[str, str], Path] = {}
        self._texts: dict[str, dict[str, str]] = {}
        self._catalogue: dict[str, str] = {}
        self._seconds: dict[str, float] = {}
        for folder in folders:
            self._read(folder.absolute())

    def _read(self, folder: Path) -> None:
        """Learn the sounds of a folder; those of an earlier one stand."""
        for file in sorted((*folder.glob("*.wav"), *folder.glob("*/*.wav"))):
            language = EVERY_LANGUAGE if file.parent == folder else file.parent.name
            self._files.setdefault((language, file.stem), file)
        catalogue = folder / "texts.yaml"
        if not catalogue.is_file():
            return
        for language, texts in yaml.safe_load(catalogue.read_text(encoding="utf-8")).items():
            for name, text in texts.items():
                if file := self._files.get((language, name)):
                    self._catalogue[str(file)] = text
                    self._texts.setdefault(_plain(text), {}).setdefault(language, str(file))

    # -- finding -------------------------------------------------------------------------------------------------------

    def sound(self, name: str, language: str) -> str:
        """The absolute path of a sound; empty when there is none of this name."""
        for candidate in (*_family(language), self._fallback):
            if file := self._files.get((candidate, name)):
                return str(file)
        return ""

    def text(self, text: str, language: str) -> str:
        """The absolute path of spoken words, in any language where this one has none; empty when nobody spoke them."""
        spoken = self._texts.get(_plain(text), {})
        return next((spoken[candidate] for candidate in (*_family(language), *spoken) if candidate in spoken), "")

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
        if prompt.text:
            return (self.text(prompt.text, language),)
        if prompt.sound:
            return (self.sound(prompt.sound, language),)
        value = variables.get(prompt.variable, "")
        if prompt.number:
            return self._words(speaking.number(value, language), language)
        if prompt.amount:
            return self._words(speaking.amount(value, prompt.currency, language), language)
        return self._words(speaking.digits(value), language)

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

    def missing(self, prompts: Iterable[Prompt], language: str) -> list[Prompt]:
        """The prompts for which there is no sound in this language. Texts are rendered here, each one once."""
        return [prompt for prompt in prompts if not self._is_there(prompt, language)]

    def _is_there(self, prompt: Prompt, language: str) -> bool:
        if prompt.sound:
            return prompt.sound in self.names(language)
        if not prompt.text:
            return True
        spoken = self._texts.setdefault(_plain(prompt.text), {})
        if spoken.keys() & set(_family(language)):
            return True
        if self._speak and (file := self._speak(prompt.text, language)):
            spoken[language] = str(file.absolute())
        return language in spoken

    def seconds(self, prompts: Iterable[Prompt], language: str) -> float:
        """How long it takes to say this; what is not there takes no time."""
        said = 0.0
        for prompt in prompts:
            paths = self._prompt(prompt, {}, language)
            said += VARIABLE_SECONDS if prompt.variable else sum(self._length(path) for path in paths if path)
        return said

    def _length(self, path: str) -> float:
        if path not in self._seconds:
            self._seconds[path] = wav_seconds(Path(path))
        return self._seconds[path]


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
