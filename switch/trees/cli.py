"""``shoal tree``: what operations do with a tree before callers meet it, and what they see of it afterwards."""

import argparse
import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import quote

import msgspec

from cti.asking import ask
from ivr.tree import Tree
from switch.loading import load
from switch.mistakes import Mistake, SettingsError, suggest
from switch.reporting import report_of
from switch.settings import Settings
from switch.trees.pictures import picture

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
        drawn = asyncio.run(ask(options.url, options.user, options.password, "GET", path))
    else:
        settings = load(options.config)
        tree, figures = _tree(settings, options.name), None
        if options.day:
            figures = msgspec.to_builtins(asyncio.run(report_of(settings, options.day)).trees)
        drawn = picture(tree, settings.prompts, shape, figures, str(options.day or ""))
    if options.svg:
        options.svg.write_text(drawn, encoding="utf-8")
        print(f"{options.svg} is written")
    else:
        print(drawn, end="")
    return 0
