"""The help of a command line in the reader's language: what argparse has put together is turned as it is written out."""

import argparse
import re
from typing import Any, NoReturn

from switch.language.words import PLAIN, Words

HEADING = re.compile(r"(?m)^([^\x00-\x7f]+):$")
"""A heading that was turned."""
COLUMNS = 24
"""Where the explanations begin."""


def parser_of(words: Words) -> type[argparse.ArgumentParser]:
    """A kind of parser; those of its commands are of the same kind."""
    class Formatter(argparse.HelpFormatter):
        def __init__(self, *given: Any, **more: Any) -> None:
            wide = {} if words is PLAIN else {"width": 1000, "max_help_position": COLUMNS}  # it counts letters, not columns
            super().__init__(*given, **more | wide)

        def format_help(self) -> str:
            return HEADING.sub(r"\1：", super().format_help())

        def _expand_help(self, action: argparse.Action) -> str:
            return words(super()._expand_help(action))

        def _format_text(self, text: str) -> str:
            return super()._format_text(words(text))

        def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
            super().add_usage(usage, actions, groups, words("usage: ") if prefix is None else prefix)

        def start_section(self, heading: str | None) -> None:
            super().start_section(heading and words(heading))

    class Parser(argparse.ArgumentParser):
        def __init__(self, *given: Any, **more: Any) -> None:
            super().__init__(*given, **{"formatter_class": Formatter} | more)

        def error(self, message: str) -> NoReturn:
            self.print_usage()
            self.exit(2, f"{self.prog}: {words('error: ' + message)}\n")

    return Parser
