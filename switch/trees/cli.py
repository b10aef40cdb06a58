"""``shoal tree``: what operations do with a tree before callers meet it, and what they see of it afterwards."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from cti.asking import ask
from ivr.rehearsal import Rehearsal
from ivr.tree import Tree
from switch.clock import Clock
from switch.hours.doors import Doors
from switch.hours.known import variables
from switch.hours.moments import moment
from switch.language.words import PLAIN, Words
from switch.loading import load
from switch.mistakes import Mistake, SettingsError, suggest
from switch.reporting import report_of
from switch.settings import Settings
from switch.speech.rendering import Render
from switch.trees.cases import Answer
from switch.trees.dial import Dialling, NoPlayer, Speaker, answer_of
from switch.trees.explaining import explain
from switch.trees.hands import hands
from switch.trees.pictures import picture
from switch.trees.trial import advice, summary, try_tree

Options = argparse.Namespace


def do(options: Options) -> int:
    """Run one of the verbs; gives the exit status. Raises :class:`SettingsError`."""
    return options.verb(options)


def arguments(command: argparse.ArgumentParser) -> None:
    """The verbs and what each may be told."""
    verbs = command.add_subparsers(required=True, metavar="VERB")
    draw = _verb(verbs, "draw", _draw, "print the tree as a picture, or write it as SVG")
    draw.add_argument("name", help="the tree: config/ivr/NAME.yaml")
    draw.add_argument("--svg", type=Path, metavar="FILE", help="write the picture to this file")
    when = draw.add_mutually_exclusive_group()
    when.add_argument("--day", type=day, metavar="YYYY-MM-DD", help="with what callers did on this day, from the store")
    when.add_argument("--live", action="store_true", help="as the running switch has it, with what callers did today so far")
    add_switch(draw)
    dial = _verb(verbs, "dial", _dial, "walk the tree in the terminal: type digits, wait, hang up")
    dial.add_argument("name", help="the tree: config/ivr/NAME.yaml")
    dial.add_argument("--from", dest="caller", default="", metavar="NUMBER", help="who calls")
    dial.add_argument("--at", default="", metavar="MOMENT",
                      help="when: 'Sunday 18:05', '2026-12-24 18:05', for opening hours (default: now)")
    dial.add_argument("--sound", action="store_true", help="play the prompts through the speaker")
    dial.add_argument("--lookup", action="append", default=[], type=_lookup, metavar="NAME=ANSWER",
                      help="what a look-up comes to: balance=not_found, or 'balance=found tier=gold' (else you are asked)")
    test = _verb(verbs, "test", _test, "run the tests beside the trees (config/ivr/NAME.test.yaml)")
    test.add_argument("name", nargs="?", default="", help="one tree (default: all)")


def route_arguments(command: argparse.ArgumentParser) -> None:
    """``shoal route``."""
    command.add_argument("number", help="the number that is dialled")
    command.add_argument("--at", default="", metavar="MOMENT", help="'Sunday 18:05', '2026-12-24 18:05' (default: now)")
    command.add_argument("--from", dest="caller", default="", metavar="NUMBER", help="who calls")


def route(options: Options) -> int:
    """Say who would get this call, and why."""
    settings = load(options.config, render=Render.NONE)
    words, at = options.words, _moment(options, settings)
    if at is None:
        return 2
    doors, shut, why = asyncio.run(hands(settings))
    if why:
        print(words(f"what was closed by hand is not known: {why}"), file=sys.stderr)
    print(words("\n".join(explain(settings, options.number, at, options.caller, doors, shut))))
    return 0


def _moment(options: Options, settings: Settings) -> float | None:
    """``--at``, POSIX seconds; None = it is no moment, which was told."""
    zone, now = ZoneInfo(settings.system.time_zone), Clock().now()
    try:
        return moment(options.at, zone, datetime.fromtimestamp(now, zone).date()) if options.at else now
    except ValueError as wrong:
        print(f"shoal: --at `{options.at}`: {options.words(str(wrong))}", file=sys.stderr)
        return None


def _lookup(text: str) -> tuple[str, Answer]:
    name, _, answer = text.partition("=")
    try:
        return name, answer_of(answer)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None


def _dial(options: Options) -> int:
    settings = load(options.config, render=Render.LOCAL)
    tree, speaker, at = _tree(settings, options.name), None, _moment(options, settings)
    if at is None:
        return 2
    if options.sound:
        try:
            speaker = Speaker()
        except NoPlayer as none:
            print(options.words(f"{none}; the prompts are text only"), file=sys.stderr)
    known = {**variables(Doors(settings.hours), at), "caller": options.caller, "called": "", "caller_name": ""}
    rehearsal, show = Rehearsal(tree, settings.prompts, known), lambda told: print(options.words(told))
    Dialling(rehearsal, settings.prompts, partial(_line, options.words), show, dict(options.lookup), speaker).run()
    return 0


def _line(words: Words, prompt: str) -> str | None:
    try:
        return input(words(prompt))
    except EOFError:
        return None


def _test(options: Options) -> int:
    """Run them all; 1 when one fails."""
    settings, words = load(options.config, render=Render.NONE), options.words
    names = [_tree(settings, options.name).name] if options.name else list(settings.trees)
    right = True
    for name in names:
        tried = try_tree(settings, name)
        for each in (*tried.mistakes, *tried.failures):
            print(words(str(each)))
        print(words(summary(tried, name)))
        right &= not (tried.mistakes or tried.failures)
    return 0 if right else 1


def add_switch(command: argparse.ArgumentParser) -> None:
    """Where the running switch is, and who asks it."""
    command.add_argument("--url", default="http://127.0.0.1:8080", help="the switch (default: %(default)s)")
    command.add_argument("--user", default="2001", help="who asks (default: the demo supervisor)")
    command.add_argument("--password", default="demo-2001")


def day(text: str) -> date:
    """A day of the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-11-22") from None


def _verb(verbs: "argparse._SubParsersAction", name: str, do: Callable[[Options], int], told: str,
          ) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=told, description=told)
    verb.set_defaults(verb=do)
    verb.add_argument("--config", type=Path, default=Path("config"), metavar="DIR",
                      help="the folder with shoal.yaml (default: config)")
    return verb


def _tree(settings: Settings, name: str) -> Tree:
    if name not in settings.trees:
        raise SettingsError([Mistake("ivr", 0, f"there is no tree `{name}`", suggest(name, settings.trees))])
    return settings.trees[name]


def _draw(options: Options) -> int:
    shape = "svg" if options.svg else "txt"
    if options.live:
        path = f"/trees/{quote(options.name, safe='')}.{shape}"
        drawn = asyncio.run(ask(options.url, options.user, options.password, "GET", path,
                                params={"language": options.words.language}))
    else:
        settings = load(options.config, render=Render.NONE)
        tree, figures = _tree(settings, options.name), None
        if options.day:
            figures = msgspec.to_builtins(asyncio.run(report_of(settings, options.day)).trees)
        drawn = picture(tree, settings.prompts, shape, figures, str(options.day or ""),
                        options.words)
    if options.svg:
        options.svg.write_text(drawn, encoding="utf-8")
        print(options.words(f"{options.svg} is written"))
    else:
        print(drawn, end="")
    return 0


def advise(settings: Settings, words: Words = PLAIN) -> int:
    """What ``shoal check`` says of the tests beside the trees: mistakes in their files are mistakes, what they do not
    reach is advice. Gives the exit status."""
    mistakes, unreached = advice(settings)
    for each in mistakes:
        print(words(str(each)))
    for each in unreached:
        print(words(f"advice: {each}"))
    return 1 if mistakes else 0
