"""The sayings of a configuration -> what became of each: in the cache, rendered now, or why not.

Several engines run at once, in threads of their own; nothing here touches the event loop. One text that fails does not
stop the others: all mistakes are told at once. An engine that is missing is told of each text that wants it, without
being tried.
"""

import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from ivr.texts import Fault, Saying, Speech
from switch.mistakes import suggest
from switch.speech.cache import Cache
from switch.speech.engines import BUILT_IN, Broken, Words, absent, speak
from switch.speech.rules import ESPEAK, Engine, SpeechRules

Progress = Callable[[int, int], None]
"""Told how many texts are done, of how many."""
FOLDER = "spoken"
"""Where the sounds of texts are, below the cache."""


class Render(Enum):
    """How much is rendered of what is not in the cache."""

    ALL = "all"
    """Everything: a configuration is published."""
    LOCAL = "local"
    """What espeak-ng speaks, which costs nothing and takes 20 ms; of other engines only whether they are there."""
    NONE = "none"
    """Nothing: somebody reads a configuration who plays no sound."""


class Job(NamedTuple):
    """One saying, with all that is said nowhere but in the settings."""

    key: str
    name: str
    engine: Engine
    words: Words


class Renderer:
    """``home`` is the folder that holds ``config/``."""

    def __init__(self, rules: SpeechRules, cache: Path, home: Path) -> None:
        self.rules = rules
        self.cache = Cache(cache / FOLDER)
        self._home = home

    def job(self, saying: Saying) -> Job | Fault:
        """What is to be done for a saying."""
        name = saying.engine or self.rules.engine
        engine = self.rules.engines.get(name) or BUILT_IN.get(name)
        if engine is None:
            return Fault(f"there is no engine `{name}`", suggest(name, {*BUILT_IN, *self.rules.engines}))
        voice = saying.voice or self._voice(name, engine, saying.language)
        if not voice and any("{voice}" in part for part in engine.command):
            return Fault(f"the engine `{name}` has no voice for the language `{saying.language}`",
                         f"name one under `voice` for `{saying.language}`")
        words = Words(saying.text, saying.language, voice, self.rules.rate)
        return Job(Cache.key(name, engine, words), name, engine, words)

    def _voice(self, name: str, engine: Engine, language: str) -> str:
        """A voice of this language, or of its parent; espeak-ng has one for nearly every language, under its name."""
        own = self.rules.voice if name == self.rules.engine else {}
        voices = {**BUILT_IN.get(name, Engine()).voice, **own, **engine.voice} if name in self.rules.engines else {
            **engine.voice, **own}
        return voices.get(language) or voices.get(language.split("-")[0]) or (language if name == ESPEAK else "")

    def render(self, sayings: Iterable[Saying], mode: Render, progress: Progress | None = None) -> Speech:
        """Do it. Blocks for as long as it takes."""
        speech = Speech()
        jobs: dict[Saying, Job] = {}
        for saying in dict.fromkeys(sayings):
            job = self.job(saying)
            if isinstance(job, Fault):
                speech.faults[saying] = job
            elif found := self.cache.find(job.key):
                self.cache.touch(job.key)
                speech.files[saying] = str(found.absolute())
            else:
                jobs[saying] = job
        if mode is not Render.NONE:
            speech.faults.update(self._absent(jobs))
        now = {saying: job for saying, job in jobs.items() if saying not in speech.faults and _is_due(job, mode)}
        self._all(now, speech, progress)
        return replace(speech, pending=frozenset(jobs.keys() - now.keys() - speech.faults.keys()))

    def _absent(self, jobs: dict[Saying, Job]) -> dict[Saying, Fault]:
        engines = {job.name: job.engine for job in jobs.values()}
        away = {name: fault for name, engine in engines.items() if (fault := absent(name, engine, self._home))}
        return {saying: away[job.name] for saying, job in jobs.items() if job.name in away}

    def _all(self, jobs: dict[Saying, Job], speech: Speech, progress: Progress | None) -> None:
        with ThreadPoolExecutor(self.rules.at_once, "speech") as pool:
            for done, (saying, came) in enumerate(zip(jobs, pool.map(self.one, jobs.values()), strict=True), 1):
                if isinstance(came, Fault):
                    speech.faults[saying] = came
                else:
                    speech.files[saying] = str(came.absolute())
                if progress is not None:
                    progress(done, len(jobs))

    def one(self, job: Job) -> Path | Fault:
        """Render one, in whatever thread this is called."""
        try:
            with tempfile.TemporaryDirectory(prefix="speech-") as folder:
                raw = speak(job.name, job.engine, job.words, Path(folder), self._home, self.rules.timeout)
                return self.cache.keep(job.key, raw, job.name, job.words)
        except Broken as broken:
            return broken.fault
        except OSError as error:
            return Fault(f"its sound cannot be kept: {error.strerror or error}",
                         f"look at the space and the permissions of {self.cache.folder}")


def _is_due(job: Job, mode: Render) -> bool:
    return mode is Render.ALL or (mode is Render.LOCAL and job.engine is BUILT_IN[ESPEAK])
