"""``config/`` as a whole -> :class:`~switch.settings.Settings`, or every mistake in it.

Read everything, check everything, then judge: a reload that is refused has changed nothing, and whoever has to correct
the files sees the whole list at once.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import ivr.check
from ivr.tree import Tree
from ivr.ways import nodes, onward
from media.codecs import missing
from switch import holidays, sounds
from switch.acd.rules import QueueRules
from switch.checks import AGENTS, NUMBERS, QUEUES, SHOAL, Checks, listen_hazards
from switch.checks_followups import FOLLOWUPS, text_lengths
from switch.checks_quality import QUALITY
from switch.checks_trunks import TRUNKS, unreachable
from switch.followups.rules import Followups
from switch.holidays import HOURS
from switch.hours.rules import Hours
from switch.language.words import PLAIN, Words
from switch.mistakes import Mistake, SettingsError, nearest
from switch.quality.rules import Quality
from switch.reader import Reading, read
from switch.settings import ServiceNumber, Settings, System, User
from switch.speech import texts
from switch.speech.rendering import Progress, Render, Renderer
from switch.trunks.numbers import E164
from switch.trunks.rules import Outside

TREES = "ivr"
TESTS = ".test.yaml"
"""How the names of files end that stand beside a tree and try it; they hold no tree."""
CACHE = Path("var/cache/prompts")
"""Where converted recordings and rendered texts are kept, beside the folder; it can be thrown away at any time."""
FILES: dict[str, Any] = {
    SHOAL: System, AGENTS: dict[str, User], QUEUES: dict[str, QueueRules], NUMBERS: dict[str, ServiceNumber],
    HOURS: dict[str, Hours], TRUNKS: Outside, FOLLOWUPS: Followups, QUALITY: Quality,
}
"""The files beside the trees, each with what it holds."""
OPTIONAL = (SHOAL, HOURS, TRUNKS, FOLLOWUPS, QUALITY)
"""What may be missing: the machine has defaults, nobody need close, call out, send anything after a call, or be judged."""


def load(folder: Path, cache: Path | None = None, render: Render = Render.ALL, progress: Progress | None = None) -> Settings:
    """Read and check the folder, convert own recordings, render texts (it blocks as long as that takes). Raises
    SettingsError with every mistake."""
    settings, mistakes = examine(folder, cache, render, progress)
    if mistakes:
        raise SettingsError(mistakes)
    return settings


def check(folder: Path, cache: Path | None = None, render: Render = Render.ALL, progress: Progress | None = None,
          words: Words = PLAIN) -> int:
    """What ``shoal check`` does: print every mistake, or what is there. Gives the exit status: 0 = all is right."""
    try:
        settings = load(folder, cache, render, progress)
        if hazards := listen_hazards(settings):
            raise SettingsError(hazards)
    except SettingsError as error:
        print(words(str(error)))
        return 1
    things = [(len(settings.trees), "tree"), (len(settings.queues), "queue"), (len(settings.users), "person"),
              (len(settings.numbers), "number")]
    if settings.hours:
        things.append((len(settings.hours), "calendar"))
    if settings.outside.trunks:
        things.append((len(settings.outside.trunks), "trunk"))
    if settings.followups.rules:
        things.append((len(settings.followups.rules), "follow-up"))
    if settings.quality.forms:
        things.append((len(settings.quality.forms), "form"))
    print(words(f"{folder}/ is right: " + ", ".join(_count(*thing) for thing in things)))
    for line in text_lengths(settings):
        print(words(line))
    if late := settings.prompts.speech.pending:
        count = _count(len(late), "text")
        print(words(f"advice: {count} not rendered yet, so the length is guessed: try `shoal check --render`"))
    return 0


def _count(number: int, name: str) -> str:
    plural = "people" if name == "person" else f"{name}s"
    return f"{number} {name if number == 1 else plural}"


def examine(folder: Path, cache: Path | None, render: Render = Render.ALL, progress: Progress | None = None,
            ) -> tuple[Settings, list[Mistake]]:
    """What could be read, and every mistake. Raises SettingsError when there is no folder."""
    if not folder.is_dir():
        raise SettingsError([Mistake(str(folder), 0, "there is no such folder", "name one with agents.yaml")])
    readings = {file: _read(folder, file, hint) for file, hint in FILES.items()}
    trees = {path.stem: _read_tree(folder, path) for path in sorted((folder / TREES).glob("*.yaml"))
             if not path.name.endswith(TESTS)}
    system = _speakable(readings[SHOAL].value or System())
    home = folder.resolve().parent
    prompts, mistakes = sounds.collect(folder, cache or home / CACHE)
    hours, wrong = holidays.collect(folder, readings[HOURS], system.time_zone)
    mistakes += wrong
    mistakes += [Mistake(f"{TREES}/{path.name}", 0, "only `.yaml` is read", f"rename it to `{path.stem}.yaml`")
                 for path in sorted((folder / TREES).glob("*.yml"))]
    settings = Settings(
        folder, system, *(readings[file].value or {} for file in (AGENTS, QUEUES, NUMBERS)),
        trees={name: reading.value for name, reading in trees.items() if reading.value is not None},
        outside=readings[TRUNKS].value or Outside(), hours=hours,
        followups=readings[FOLLOWUPS].value or Followups(), quality=readings[QUALITY].value or Quality(), prompts=prompts,
    )
    renderer = Renderer(system.speech, cache or home / CACHE, home)
    prompts.take(renderer.render(texts.sayings(settings), render, progress))
    readings |= {_file(name): reading for name, reading in trees.items()}
    for reading in readings.values():
        mistakes += reading.mistakes
    known = {"queue": readings[QUEUES].value, "extension": readings[AGENTS].value, "tree": trees.keys(),
             "hours": readings[HOURS].value}
    mistakes += Checks(settings, readings, known).run()
    return settings, mistakes + list(_tree_mistakes(settings, readings))


def _speakable(system: System) -> System:
    """Without the codecs whose library is not on this machine, so that nobody is offered what would be silence."""
    codecs = tuple(name for name in system.media.codecs if not missing(name))
    return replace(system, media=replace(system.media, codecs=codecs))


def _tree_mistakes(settings: Settings, readings: dict[str, Reading]) -> Iterator[Mistake]:
    """What the laws of trees say. A line that could not be read has been told, and is not told again."""
    if readings[QUEUES].value is None or readings[AGENTS].value is None:
        return  # every name would seem not to exist
    for name, tree in settings.trees.items():
        told = {mistake.line for mistake in readings[_file(name)].mistakes}
        found = ivr.check.check(tree, queues=settings.queues, extensions=settings.users, prompts=settings.prompts,
                                hours=settings.hours)
        yield from (Mistake(_file(name), *mistake) for mistake in found if mistake.line not in told)
        if not readings[TRUNKS].mistakes:
            yield from (Mistake(_file(name), *mistake) for mistake in _outside_mistakes(settings.outside, tree)
                        if mistake[0] not in told)


def _outside_mistakes(outside: Outside, tree: Tree) -> Iterator[tuple[int, str, str]]:
    """Ways of a tree to numbers outside that no trunk takes."""
    ways = [tree.person, *(destination for node in nodes(tree).values() for _, destination in onward(node))]
    for way in ways:
        if E164.fullmatch(way.outside) and (why := unreachable(outside, way.outside)):
            yield way.line, why, f"change `trunks`, `routes` or `toll` in {TRUNKS}, or lead it elsewhere"


def _file(tree: str) -> str:
    return f"{TREES}/{tree}.yaml"


def _read_tree(folder: Path, path: Path) -> Reading:
    """A tree; its version is a digest of the file, where it names none."""
    reading = _read(folder, _file(path.stem), Tree, path.stem)
    tree = reading.value
    if tree is None:
        return reading
    version = tree.version or hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    return replace(reading, value=replace(tree, version=version))


def _read(folder: Path, file: str, hint: Any, key: str = "") -> Reading:
    path = folder / file
    if not path.exists() and file in OPTIONAL:
        return Reading(hint(), [], {})
    try:
        return read(path.read_bytes().decode("utf-8-sig"), file, hint, key)
    except FileNotFoundError:
        others = {found.stem: found.name for found in folder.iterdir() if found.name not in FILES}
        near = others.get(nearest(path.stem, others))
        instead = f"rename `{near}`" if near else "write one; an empty file will do for a beginning"
        return Reading(None, [Mistake(file, 0, "the file is missing", instead)], {})
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return Reading(None, [Mistake(file, line, "this is not UTF-8", "save the file as UTF-8")], {})
    except OSError as error:
        return Reading(None, [Mistake(file, 0, f"it cannot be read: {error.strerror}", "look at its permissions")], {})
