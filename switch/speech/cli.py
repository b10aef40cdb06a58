"""``shoal prompts``: which texts are spoken and where, one spoken to try it, and what nobody uses any more thrown away."""

import argparse
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ivr.texts import Fault, Saying
from media.sounds import seconds
from switch.language.words import Words
from switch.loading import CACHE, load
from switch.settings import Settings
from switch.speech.rendering import Progress, Render, Renderer
from switch.speech.texts import uses
from switch.trees.dial import NoPlayer, Speaker

Options = argparse.Namespace
BAR = 30
"""Characters of the progress bar."""
DAY = 86_400.0


def do(options: Options) -> int:
    """Run one of the verbs; gives the exit status. Raises :class:`SettingsError`."""
    return options.verb(options)


def arguments(command: argparse.ArgumentParser) -> None:
    """The verbs and what each may be told."""
    verbs = command.add_subparsers(required=True, metavar="VERB")
    _verb(verbs, "list", _list, "every text with its voice, its length, and where it is used")
    prune = _verb(verbs, "prune", _prune, "delete the sounds of texts that are used no more")
    prune.add_argument("--days", type=float, default=1.0, metavar="N",
                       help="only what has not been used for so many days (default: 1, for the sake of calls in progress)")
    say = _verb(verbs, "say", _say, "speak a text: play it, or write it to a file")
    say.add_argument("text", help="the words")
    say.add_argument("--language", default="", metavar="LANG", help="its language (default: that of shoal.yaml)")
    say.add_argument("--voice", default="", metavar="NAME", help="the engine's name of a voice, or a language (zh)")
    say.add_argument("--engine", default="", metavar="NAME", help="the engine (default: that of shoal.yaml)")
    say.add_argument("--out", type=Path, metavar="FILE", help="write it to this file (WAV) and play nothing")


def _verb(verbs: "argparse._SubParsersAction", name: str, do: Callable[[Options], int], told: str,
          ) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=told, description=told)
    verb.set_defaults(verb=do)
    verb.add_argument("--config", type=Path, default=Path("config"), metavar="DIR",
                      help="the folder with shoal.yaml (default: config)")
    return verb


def progress(stream: object = sys.stderr) -> Progress | None:
    """A bar at a terminal; None where nobody looks."""
    if not stream.isatty():
        return None

    def show(done: int, every: int) -> None:
        filled = BAR * done // every
        end = "\n" if done == every else ""
        print(f"\rspeech [{'#' * filled}{'.' * (BAR - filled)}] {done}/{every}", end=end, file=stream, flush=True)
    return show


def _renderer(settings: Settings) -> Renderer:
    home = settings.folder.resolve().parent
    return Renderer(settings.system.speech, home / CACHE, home)


def _list(options: Options) -> int:
    """One block a text: how long, in which voice, what, and where."""
    settings = load(options.config, render=Render.NONE)
    renderer, places = _renderer(settings), {}
    for use in uses(settings):
        for saying in settings.prompts.unsaid([use.prompt], use.language):
            places.setdefault(saying, []).append(f"{use.file}:{use.line} {use.place}")
    for saying, where in places.items():
        length, voice, text = _described(renderer, settings, saying)
        print(f"{length}  {options.words(voice)}  {text}")
        print("\n".join(f"        {place}" for place in dict.fromkeys(where)))
    used = {job.key for saying in places if not isinstance(job := renderer.job(saying), Fault)}
    spare = sum(key not in used for key, _ in renderer.cache.entries())
    print(options.words(f"{len(places)} texts; {spare} more are kept and not used: `shoal prompts prune`"))
    return 0


def _described(renderer: Renderer, settings: Settings, saying: Saying) -> tuple[str, ...]:
    job = renderer.job(saying)
    if isinstance(job, Fault):
        return "    ?  ", job.what, saying.text
    file = settings.prompts.speech.files.get(saying)
    length = f"{seconds(file):5.1f} s" if file else "  new  "
    return length, f"{job.name} {job.words.voice or saying.language}", saying.text


def _prune(options: Options) -> int:
    """Raises OSError."""
    settings = load(options.config, render=Render.NONE)
    renderer = _renderer(settings)
    jobs = (renderer.job(saying) for use in uses(settings) for saying in settings.prompts.unsaid([use.prompt], use.language))
    used = {job.key for job in jobs if not isinstance(job, Fault)}
    count, size = renderer.cache.prune(used, time.time() - options.days * DAY)
    print(options.words(f"{count} sounds deleted, {size / 1e6:.1f} MB"))
    return 0


def _say(options: Options) -> int:
    settings = load(options.config, render=Render.NONE)
    language, voice = options.language or settings.system.language, options.voice
    if voice in settings.prompts.languages:  # `--voice zh` is the usual voice of that language
        language, voice = voice, ""
    renderer = _renderer(settings)
    saying = Saying(" ".join(options.text.split()), language, voice, options.engine)
    speech = renderer.render([saying], Render.ALL)
    if saying not in speech.files:
        fault = speech.faults[saying]
        print(f"shoal: {options.words(fault.what)} — {options.words(fault.instead)}", file=sys.stderr)
        return 2
    file = speech.files[saying]
    if options.out:
        shutil.copyfile(file, options.out)
        print(options.words(f"{options.out} is written"))
        return 0
    return _play(file, options.words)


def _play(file: str, words: Words) -> int:
    print(f"{seconds(file):.1f} s: {file}")
    try:
        speaker = Speaker()
    except NoPlayer as none:
        print(words(f"{none}; or write it to a file with `--out`"), file=sys.stderr)
        return 0
    speaker.play([file])
    if complaint := speaker.finish():
        print(complaint, file=sys.stderr)
    return 0
