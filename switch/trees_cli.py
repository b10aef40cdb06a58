"""``shoal tree``: what operations do with a tree before callers meet it, and what they see of it afterwards."""

import argparse
from collections.abc import Callable
from pathlib import Path

from ivr.drawing import svg, terminal
from ivr.drawing.plan import plan
from ivr.tree import Tree
from switch.loading import load
from switch.mistakes import Mistake, SettingsError, suggest
from switch.settings import Settings

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
    settings = load(options.config)
    drawn = plan(_tree(settings, options.name), settings.prompts)
    if options.svg:
        options.svg.write_text(svg.svg(drawn), encoding="utf-8")
        print(f"{options.svg} is written")
    else:
        print(terminal.lines(drawn), end="")
    return 0
