"""The front door: the command ``shoal``. Here, in :mod:`switch.building` and :mod:`switch.running` everybody is known."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from cti.asking import AskRefused
from switch.backup import BackupError
from switch.command_line import arguments, doing
from switch.language.arguments import parser_of
from switch.language.choosing import of_terminal, written_in
from switch.language.words import PLAIN, Words
from switch.mistakes import SettingsError
from switch.sip.tls import TlsError
from switch.speech import cli as prompts_cli
from switch.store_batch import StoreError
from switch.trees import cli as trees_cli


class Command(NamedTuple):
    """One of them."""

    name: str
    told: str
    do: Callable[[argparse.Namespace], int]
    takes: tuple[Callable[[argparse.ArgumentParser], None], ...]


_COMMANDS = (
    Command("run", "run the switch until it is told to stop (Ctrl-C)", doing.run, (arguments.folder, arguments.run)),
    Command("check", "name every mistake in a configuration, without starting", doing.check,
            (arguments.folder, arguments.check)),
    Command("schema", "write JSON Schemas to config/.schema/, with which editors help while you type", doing.schema,
            (arguments.folder,)),
    Command("demo", "run the switch with simulated callers and agents, the journal scrolling by", doing.demo,
            (arguments.folder, arguments.demo)),
    Command("watch", "print what happens in a running switch, as a person would read it", doing.watch, (arguments.watch,)),
    Command("reload", "publish the saved configuration to a running switch, without touching a call", doing.reload,
            (arguments.reload,)),
    Command("versions", "list what was published: who, when, and what changed", doing.versions, (arguments.watch,)),
    Command("rollback", "publish an earlier version again", doing.rollback, (arguments.rollback,)),
    Command("bans", "list the addresses that a running switch does not hear, or lift a ban", doing.bans,
            (arguments.bans,)),
    Command("hours", "show opening hours, close at once, open again", doing.hours, (arguments.hours,)),
    Command("stop", "stop a running switch: no new calls, and those that are up may end", doing.stop, (arguments.stop,)),
    Command("report", "the figures of a day: per queue, agent, tree and quarter of an hour", doing.report,
            (arguments.folder, arguments.report)),
    Command("followups", "what is still to be sent after calls, what could not be, and why", doing.followups,
            (arguments.folder, arguments.followups)),
    Command("simulate", "what service level these agents would reach with these calls", doing.simulate,
            (arguments.folder, arguments.simulate)),
    Command("route", "say who would get a call, and why", trees_cli.route, (arguments.folder, trees_cli.route_arguments)),
    Command("tree", "draw a tree, walk it, test it", trees_cli.do, (trees_cli.arguments,)),
    Command("contact", "everything that happened to one contact, in time order, with its SIP ladder", doing.contact,
            (arguments.folder, arguments.contact)),
    Command("prompts", "list the texts that are spoken, speak one, delete what is used no more", prompts_cli.do,
            (prompts_cli.arguments,)),
    Command("customers", "import customers (CSV or YAML) into the contact store", doing.customers,
            (arguments.folder, arguments.customers)),
    Command("backup", "save the store, the configuration, its versions and keys into one file, while calls run",
            doing.backup, (arguments.folder, arguments.backup)),
    Command("restore", "bring such a file back, for a switch that does not run", doing.restore,
            (arguments.folder, arguments.restore)),
    Command("migrate", "bring the tables of an older store up to date", doing.migrate, (arguments.folder,)),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status."""
    words = _reader(argv)
    options = _parser(words).parse_args(argv)
    options.words = words
    try:
        return options.do(options)
    except (SettingsError, StoreError, TlsError, BackupError) as error:
        print(words(str(error)), file=sys.stderr)
        return 2
    except AskRefused as refusal:
        print(f"shoal: {words(str(refusal))}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"shoal: {words(str(error) or repr(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _reader(argv: Sequence[str] | None) -> Words:
    """The language of whoever sits here, known before anything is parsed, so that help comes in it, too."""
    where = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    where.add_argument("--config", type=Path, default=Path("config"))
    try:
        folder = where.parse_known_args(argv)[0].config
    except argparse.ArgumentError:  # it is told by the parser that knows everything
        folder = Path("config")
    return of_terminal(os.environ, written_in(folder))


def _parser(words: Words = PLAIN) -> argparse.ArgumentParser:
    parser = parser_of(words)(prog="shoal", description="A SIP softswitch with CTI for contact centres.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for each in _COMMANDS:
        command = commands.add_parser(each.name, help=each.told, description=each.told)
        command.set_defaults(do=each.do)
        for take in each.takes:
            take(command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
