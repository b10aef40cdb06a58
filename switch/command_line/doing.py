"""What each command does with what was said on the command line; gives the exit status.

What is only wanted by one command is imported there, so that ``shoal check`` is quick.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from cti import stopping
from cti.asking import Unreachable
from switch import building, loading, logs, running
from switch.checks import listen_hazards
from switch.mistakes import SettingsError
from switch.settings import Settings
from switch.speech import cli as prompts_cli
from switch.speech.rendering import Render
from switch.trees import cli as trees_cli

Options = argparse.Namespace


def settings_of(options: Options) -> Settings:
    """The configuration with what the command line says instead. Raises :class:`SettingsError`."""
    settings = loading.load(options.config, render=Render.ALL, progress=prompts_cli.progress())
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


def run(options: Options) -> int:
    settings = settings_of(options)
    logs.start(options.log)
    with asyncio.Runner(loop_factory=_loop()) as runner:
        runner.run(running.run(settings, partial(settings_of, options)))
    return 0


def _loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it is installed, asyncio's own loop elsewhere."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def check(options: Options) -> int:
    render = Render.ALL if options.render else Render.LOCAL
    status = loading.check(options.config, render=render, progress=prompts_cli.progress(), words=options.words)
    return status or trees_cli.advise(loading.load(options.config, render=Render.NONE), options.words)


def schema(options: Options) -> int:
    from world.schemas import schemas

    from switch.json_schema import write
    for file in write(options.config, schemas()):
        print(file)
    return 0


def demo(options: Options) -> int:
    from world.demo import demo
    settings = settings_of(options)
    logs.start("warning")
    arguments = [f"--config={options.config}"]
    arguments += [f"--{name.replace('_', '-')}={value}"
                  for name in ("listen", "sip_port", "sip_tls_port", "http_port", "rtp_port")
                  if (value := getattr(options, name)) not in (None, "")]
    with asyncio.Runner(loop_factory=_loop()) as runner:
        return runner.run(demo(settings, options.calls, arguments))


def watch(options: Options) -> int:
    from cti.watch import WatchRefused, watch
    try:
        asyncio.run(watch(options.url, options.user, options.password, words=options.words))
    except WatchRefused as refusal:
        print(f"shoal: {options.words(str(refusal))}", file=sys.stderr)
        return 2
    return 0


def bans(options: Options) -> int:
    from cti.bans import bans
    return _asked(options, bans, options.lift or "")


def hours(options: Options) -> int:
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
    doors, now = Doors(loading.load(options.config, render=Render.NONE).hours), Clock().now()
    try:
        weeks = [week(doors, name, options.at, now) for name in ([options.name] if options.name else doors.names)]
    except ValueError as wrong:
        print(f"shoal: --at `{options.at}`: {options.words(str(wrong))}", file=sys.stderr)
        return 2
    print(options.words(f"the switch cannot be reached; as {options.config}/ has it:"))
    print("\n\n".join(drawn or options.words(f"there are no hours {options.name}") for drawn in weeks))
    return 0


def reload(options: Options) -> int:
    from cti.publishing import reload
    return _asked(options, reload, options.preview)


def versions(options: Options) -> int:
    from cti.publishing import versions
    return _asked(options, versions)


def rollback(options: Options) -> int:
    from cti.publishing import rollback
    return _asked(options, rollback, options.version)


def stop(options: Options) -> int:
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


def report(options: Options) -> int:
    from switch.reporting import print_report
    settings = loading.load(options.config, render=Render.NONE)
    return asyncio.run(print_report(settings, options.day, options.days, options.about, options.name, options.words))


def followups(options: Options) -> int:
    from switch.followups.listing import print_followups
    return asyncio.run(print_followups(loading.load(options.config), options.days))


def simulate(options: Options) -> int:
    from world.day import simulate
    return simulate(loading.load(options.config, render=Render.LOCAL), options.day, options.words)


def backup(options: Options) -> int:
    from switch import keeping
    return keeping.backup(loading.load(options.config, render=Render.NONE), options.file, recordings=options.recordings)


def restore(options: Options) -> int:
    from switch import keeping
    return keeping.restore(options.file, options.config, force=options.force)


def migrate(options: Options) -> int:
    from switch.migrations import by_hand
    print(asyncio.run(by_hand(building.store_url(loading.load(options.config, render=Render.NONE)))))
    return 0


def contact(options: Options) -> int:
    from switch.reporting import print_contact
    return asyncio.run(print_contact(loading.load(options.config, render=Render.NONE), options.contact, json=options.json))


def customers(options: Options) -> int:
    from switch.customers import import_file
    settings = loading.load(options.config, render=Render.NONE)
    return asyncio.run(import_file(building.store_url(settings), options.file, options.words))
