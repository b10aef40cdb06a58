"""The front door: the command ``shoal``. Here, in :mod:`switch.building` and :mod:`switch.running` everybody is known."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from cti import stopping
from cti.asking import AskRefused, Unreachable
from cti.operating import LONGEST_DRAIN
from switch import building, logs, running
from switch.backup import BackupError
from switch.checks import listen_hazards
from switch.language.arguments import parser_of
from switch.language.choosing import of_terminal, written_in
from switch.language.words import PLAIN, Words
from switch.loading import check, load
from switch.mistakes import SettingsError
from switch.scalars import Unfit, number
from switch.schema import Limit
from switch.settings import Settings
from switch.sip.tls import TlsError
from switch.speech import cli as prompts_cli
from switch.speech.rendering import Render
from switch.store_batch import StoreError
from switch.trees import cli as trees_cli

Options = argparse.Namespace


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status."""
    words = _reader(arguments)
    options = _parser(words).parse_args(arguments)
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


def _reader(arguments: Sequence[str] | None) -> Words:
    """The language of whoever sits here, known before anything is parsed, so that help comes in it, too."""
    where = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    where.add_argument("--config", type=Path, default=Path("config"))
    try:
        folder = where.parse_known_args(arguments)[0].config
    except argparse.ArgumentError:  # it is told by the parser that knows everything
        folder = Path("config")
    return of_terminal(os.environ, written_in(folder))


def _settings(options: Options) -> Settings:
    """The configuration with what the command line says instead. Raises :class:`SettingsError`."""
    settings = load(options.config, render=Render.ALL, progress=prompts_cli.progress())
    system = settings.system
    if options.listen:
        system = replace(system, listen=tuple(options.listen.replace(",", " ").split()))
    if options.sip_port:
        system = replace(system, sip=replace(system.sip, port=options.sip_port, tls_port=options.sip_port + 1))
    if options.sip_tls_port is not None:
        system = replace(system, sip=replace(system.sip, tls_port=options.sip_tls_port))
    if options.http_port:
        system = replace(system, http=replace(system.http, port=options.http_port))
    if options.rtp_port:
        system = replace(system, media=replace(system.media, first_port=options.rtp_port,
                                               last_port=options.rtp_port + 9998))
    settings = replace(settings, system=system)
    if hazards := listen_hazards(settings):
        raise SettingsError(hazards)
    return settings


def _run(options: Options) -> int:
    settings = _settings(options)
    logs.start(options.log)
    load = partial(_settings, options)
    with asyncio.Runner(loop_factory=_loop()) as runner:
        runner.run(running.run(settings, load))
    return 0


def _loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it is installed, asyncio's own loop elsewhere."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def _check(options: Options) -> int:
    render = Render.ALL if options.render else Render.LOCAL
    status = check(options.config, render=render, progress=prompts_cli.progress(), words=options.words)
    return status or trees_cli.advise(load(options.config, render=Render.NONE), options.words)


def _schema(options: Options) -> int:
    from world.schemas import schemas

    from switch.json_schema import write
    for file in write(options.config, schemas()):
        print(file)
    return 0


def _demo(options: Options) -> int:
    from world.demo import demo
    settings = _settings(options)
    logs.start("warning")
    arguments = [f"--config={options.config}"]
    arguments += [f"--{name.replace('_', '-')}={value}"
                  for name in ("listen", "sip_port", "sip_tls_port", "http_port", "rtp_port")
                  if (value := getattr(options, name)) not in (None, "")]
    with asyncio.Runner(loop_factory=_loop()) as runner:
        return runner.run(demo(settings, options.calls, arguments))


def _watch(options: Options) -> int:
    from cti.watch import WatchRefused, watch
    try:
        asyncio.run(watch(options.url, options.user, options.password, words=options.words))
    except WatchRefused as refusal:
        print(f"shoal: {options.words(str(refusal))}", file=sys.stderr)
        return 2
    return 0


def _bans(options: Options) -> int:
    from cti.bans import bans
    return _asked(options, bans, options.lift or "")


def _hours(options: Options) -> int:
    from cti import hours
    if options.verb == "show":
        return _hours_shown(options)
    return _asked(options, hours.change, options.verb, options.name, getattr(options, "until", ""),
                  getattr(options, "why", ""))


def _hours_shown(options: Options) -> int:
    """As the running switch has it; where it does not answer, as the files have it."""
    from cti import hours
    from switch.clock import Clock
    from switch.hours.doors import Doors
    from switch.opening import week
    try:
        return _asked(options, hours.show, options.name, options.at)
    except Unreachable:
        pass
    doors, now = Doors(load(options.config, render=Render.NONE).hours), Clock().now()
    try:
        weeks = [week(doors, name, options.at, now) for name in ([options.name] if options.name else doors.names)]
    except ValueError as wrong:
        print(f"shoal: --at `{options.at}`: {options.words(str(wrong))}", file=sys.stderr)
        return 2
    print(options.words(f"the switch cannot be reached; as {options.config}/ has it:"))
    print("\n\n".join(drawn or options.words(f"there are no hours {options.name}") for drawn in weeks))
    return 0


def _reload(options: Options) -> int:
    from cti.publishing import reload
    return _asked(options, reload, options.preview)


def _versions(options: Options) -> int:
    from cti.publishing import versions
    return _asked(options, versions)


def _rollback(options: Options) -> int:
    from cti.publishing import rollback
    return _asked(options, rollback, options.version)


def _stop(options: Options) -> int:
    seconds = 0.0 if options.now else options.drain
    try:
        asyncio.run(stopping.stop(options.url, options.user, options.password, seconds, sys.stdout, options.words))
    except KeyboardInterrupt:
        print(options.words("\nthe switch goes on to stop; `shoal stop --now` ends it at once"))
        return 130
    return 0


def _asked(options: Options, ask: Callable[..., Awaitable[str]], *arguments: object) -> int:
    """Ask a running switch, and print what it says."""
    print(options.words(asyncio.run(ask(options.url, options.user, options.password, *arguments))))
    return 0


def _report(options: Options) -> int:
    from switch.reporting import print_report
    settings = load(options.config, render=Render.NONE)
    return asyncio.run(print_report(settings, options.day, options.days, options.about, options.name, options.words))


def _followups(options: Options) -> int:
    from switch.followups.listing import print_followups
    return asyncio.run(print_followups(load(options.config), options.days))


def _simulate(options: Options) -> int:
    from world.day import simulate
    return simulate(load(options.config, render=Render.LOCAL), options.day, options.words)


def _backup(options: Options) -> int:
    from switch import keeping
    return keeping.backup(load(options.config, render=Render.NONE), options.file, recordings=options.recordings)


def _restore(options: Options) -> int:
    from switch import keeping
    return keeping.restore(options.file, options.config, force=options.force)


def _migrate(options: Options) -> int:
    from switch.migrations import by_hand
    print(asyncio.run(by_hand(building.store_url(load(options.config, render=Render.NONE)))))
    return 0


def _contact(options: Options) -> int:
    from switch.reporting import print_contact
    return asyncio.run(print_contact(load(options.config, render=Render.NONE), options.contact, json=options.json))


def _customers(options: Options) -> int:
    from switch.customers import import_file
    settings = load(options.config, render=Render.NONE)
    return asyncio.run(import_file(building.store_url(settings), options.file, options.words))


_COMMANDS: tuple[tuple[str, Callable[[Options], int], str], ...] = (
    ("run", _run, "run the switch until it is told to stop (Ctrl-C)"),
    ("check", _check, "name every mistake in a configuration, without starting"),
    ("schema", _schema, "write JSON Schemas to config/.schema/, with which editors help while you type"),
    ("demo", _demo, "run the switch with simulated callers and agents, the journal scrolling by"),
    ("watch", _watch, "print what happens in a running switch, as a person would read it"),
    ("reload", _reload, "publish the saved configuration to a running switch, without touching a call"),
    ("versions", _versions, "list what was published: who, when, and what changed"),
    ("rollback", _rollback, "publish an earlier version again"),
    ("bans", _bans, "list the addresses that a running switch does not hear, or lift a ban"),
    ("hours", _hours, "show opening hours, close at once, open again"),
    ("stop", _stop, "stop a running switch: no new calls, and those that are up may end"),
    ("report", _report, "the figures of a day: per queue, agent, tree and quarter of an hour"),
    ("followups", _followups, "what is still to be sent after calls, what could not be, and why"),
    ("simulate", _simulate, "what service level these agents would reach with these calls"),
    ("route", trees_cli.route, "say who would get a call, and why"),
    ("tree", trees_cli.do, "draw a tree, walk it, test it"),
    ("contact", _contact, "everything that happened to one contact, in time order, with its SIP ladder"),
    ("prompts", prompts_cli.do, "list the texts that are spoken, speak one, delete what is used no more"),
    ("customers", _customers, "import customers (CSV or YAML) into the contact store"),
    ("backup", _backup, "save the store, the configuration, its versions and keys into one file, while calls run"),
    ("restore", _restore, "bring such a file back, for a switch that does not run"),
    ("migrate", _migrate, "bring the tables of an older store up to date"),
)


def _parser(words: Words = PLAIN) -> argparse.ArgumentParser:
    parser = parser_of(words)(prog="shoal", description="A SIP softswitch with CTI for contact centres.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, do, told in _COMMANDS:
        command = commands.add_parser(name, help=told, description=told)
        command.set_defaults(do=do)
        if name not in ("hours", "watch", "bans", "tree", "prompts", "reload", "versions", "rollback", "stop"):
            command.add_argument("--config", type=Path, default=Path("config"), metavar="DIR",
                                 help="the folder with shoal.yaml (default: config)")
        _ARGUMENTS.get(name, lambda _: None)(command)
    return parser


def _run_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--listen", metavar="ADDR",
                         help="address to listen on, or several with commas (default: shoal.yaml, else 127.0.0.1)")
    command.add_argument("--sip-port", type=int, metavar="N", help="SIP port, UDP and TCP (default: 5060)")
    command.add_argument("--sip-tls-port", type=int, metavar="N",
                         help="SIP port of TLS, 0 = no TLS (default: the SIP port and 1)")
    command.add_argument("--http-port", type=int, metavar="N", help="HTTP and websocket port (default: 8080)")
    command.add_argument("--rtp-port", type=int, metavar="N", help="first RTP port (default: 40000)")
    command.add_argument("--log", choices=("debug", "info", "warning"), default="info", help="how much to log")


def _check_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--render", action="store_true",
                         help="render every text, also by engines that cost time or money, to measure and hear it")


def _demo_arguments(command: argparse.ArgumentParser) -> None:
    _run_arguments(command)
    command.add_argument("--calls", type=int, default=0, metavar="N", help="stop after N calls (default: never)")


def _watch_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--url", default="http://127.0.0.1:8080", help="the switch (default: %(default)s)")
    command.add_argument("--user", default="2001", help="who watches (default: the demo supervisor)")
    command.add_argument("--password", default="demo-2001")


def _bans_arguments(command: argparse.ArgumentParser) -> None:
    _watch_arguments(command)
    command.add_argument("--lift", metavar="ADDRESS", help="hear this address again")


def _hours_arguments(command: argparse.ArgumentParser) -> None:
    verbs = command.add_subparsers(required=True, metavar="VERB", dest="verb")
    show = verbs.add_parser("show", help="draw the week, and say how it stands")
    show.add_argument("name", nargs="?", default="", help="one calendar of hours.yaml (default: all)")
    show.add_argument("--at", default="", metavar="MOMENT", help="'Sunday 18:05', '2026-12-24' (default: now)")
    show.add_argument("--config", type=Path, default=Path("config"), metavar="DIR",
                      help="the folder that is read when the switch does not run (default: config)")
    _watch_arguments(show)
    for verb, told in (("close", "close now"), ("open", "take a closing back; with `force_open`, open against the calendar"),
                       ("follow", "let the calendar rule again")):
        change = verbs.add_parser(verb, help=told, description=told)
        change.add_argument("name", help="a calendar of hours.yaml")
        if verb != "follow":
            change.add_argument("--until", default="", metavar="MOMENT", help="'18:00', 'Monday 08:00' (default: no end)")
            change.add_argument("--why", default="", help="for journal and screens")
        _watch_arguments(change)


def _reload_arguments(command: argparse.ArgumentParser) -> None:
    _watch_arguments(command)
    command.add_argument("--preview", action="store_true", help="only say what would change")


def _rollback_arguments(command: argparse.ArgumentParser) -> None:
    _watch_arguments(command)
    command.add_argument("version", type=int, help="its number in `shoal versions`")


def _stop_arguments(command: argparse.ArgumentParser) -> None:
    _watch_arguments(command)
    how = command.add_mutually_exclusive_group()
    how.add_argument("--drain", nargs="?", type=_duration, const=stopping.TO_THE_END, metavar="TIME",
                     help="let calls go on to their end, or so long: '90 s', '10 min' (default: `drain` of shoal.yaml)")
    how.add_argument("--now", action="store_true", help="hang up on everybody at once")


def _duration(text: str) -> float:
    try:
        return number(text, Limit(0, LONGEST_DRAIN, "s"))
    except Unfit as wrong:
        raise argparse.ArgumentTypeError(f"`{text}` is no time: {wrong}") from None


def _report_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("about", nargs="?", choices=("all", "tree"), default="all", help="everything, or trees only")
    command.add_argument("name", nargs="?", default="", help="one tree (default: all)")
    command.add_argument("--days", type=int, default=1, metavar="N", help="so many days, of which --day is the last")
    command.add_argument("--day", type=trees_cli.day, default=None, metavar="YYYY-MM-DD",
                         help="the day, in the configured time zone (default: today)")


def _followups_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--days", type=float, default=2.0, metavar="N", help="so many days back (default: 2)")


def _simulate_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--day", type=Path, required=True, metavar="FILE", help="calls and agents of a day (YAML)")


def _contact_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("show", choices=("show",))
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("contact", nargs="?", default="", metavar="ID", help="the contact, or how its name begins")
    which.add_argument("--last", dest="contact", action="store_const", const="", help="the one that began last")
    command.add_argument("--json", action="store_true", help="for programs")


def _backup_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, help="a .tar or .tar.gz that is not there yet")
    command.add_argument("--recordings", action="store_true", help="with all recordings, which may be large")


def _restore_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path)
    command.add_argument("--force", action="store_true", help="overwrite what is there")


def _customers_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, help="a .csv or .yaml file")


_ARGUMENTS = {"hours": _hours_arguments, "reload": _reload_arguments, "versions": _watch_arguments,
              "rollback": _rollback_arguments, "stop": _stop_arguments,
              "run": _run_arguments, "demo": _demo_arguments, "watch": _watch_arguments, "bans": _bans_arguments,
              "report": _report_arguments, "followups": _followups_arguments, "simulate": _simulate_arguments,
              "customers": _customers_arguments,
              "contact": _contact_arguments, "backup": _backup_arguments, "restore": _restore_arguments,
              "tree": trees_cli.arguments, "prompts": prompts_cli.arguments, "check": _check_arguments,
              "route": trees_cli.route_arguments}

if __name__ == "__main__":
    sys.exit(main())
