"""What each command takes on the command line."""

import argparse
from pathlib import Path

from cti.operating import LONGEST_DRAIN
from cti.stopping import TO_THE_END
from switch.scalars import Unfit, number
from switch.schema import Limit
from switch.trees import cli as trees_cli


def folder(command: argparse.ArgumentParser) -> None:
    """For whoever reads the files."""
    command.add_argument("--config", type=Path, default=Path("config"), metavar="DIR",
                         help="the folder with shoal.yaml (default: config)")


def run(command: argparse.ArgumentParser) -> None:
    command.add_argument("--listen", metavar="ADDR",
                         help="address to listen on, or several with commas (default: shoal.yaml, else 127.0.0.1)")
    command.add_argument("--sip-port", type=int, metavar="N", help="SIP port, UDP and TCP (default: 5060)")
    command.add_argument("--sip-tls-port", type=int, metavar="N",
                         help="SIP port of TLS, 0 = no TLS (default: the SIP port and 1)")
    command.add_argument("--http-port", type=int, metavar="N", help="HTTP and websocket port (default: 8080)")
    command.add_argument("--rtp-port", type=int, metavar="N", help="first RTP port (default: 40000)")
    command.add_argument("--log", choices=("debug", "info", "warning"), default="info", help="how much to log")


def check(command: argparse.ArgumentParser) -> None:
    command.add_argument("--render", action="store_true",
                         help="render every text, also by engines that cost time or money, to measure and hear it")


def demo(command: argparse.ArgumentParser) -> None:
    run(command)
    command.add_argument("--calls", type=int, default=0, metavar="N", help="stop after N calls (default: never)")


def watch(command: argparse.ArgumentParser) -> None:
    command.add_argument("--url", default="http://127.0.0.1:8080", help="the switch (default: %(default)s)")
    command.add_argument("--user", default="2001", help="who watches (default: the demo supervisor)")
    command.add_argument("--password", default="demo-2001")


def bans(command: argparse.ArgumentParser) -> None:
    watch(command)
    command.add_argument("--lift", metavar="ADDRESS", help="hear this address again")


def hours(command: argparse.ArgumentParser) -> None:
    verbs = command.add_subparsers(required=True, metavar="VERB", dest="verb")
    show = verbs.add_parser("show", help="draw the week, and say how it stands")
    show.add_argument("name", nargs="?", default="", help="one calendar of hours.yaml (default: all)")
    show.add_argument("--at", default="", metavar="MOMENT", help="'Sunday 18:05', '2026-12-24' (default: now)")
    show.add_argument("--config", type=Path, default=Path("config"), metavar="DIR",
                      help="the folder that is read when the switch does not run (default: config)")
    watch(show)
    for verb, told in (("close", "close now"), ("open", "take a closing back; with `force_open`, open against the calendar"),
                       ("follow", "let the calendar rule again")):
        change = verbs.add_parser(verb, help=told, description=told)
        change.add_argument("name", help="a calendar of hours.yaml")
        if verb != "follow":
            change.add_argument("--until", default="", metavar="MOMENT", help="'18:00', 'Monday 08:00' (default: no end)")
            change.add_argument("--why", default="", help="for journal and screens")
        watch(change)


def reload(command: argparse.ArgumentParser) -> None:
    watch(command)
    command.add_argument("--preview", action="store_true", help="only say what would change")


def rollback(command: argparse.ArgumentParser) -> None:
    watch(command)
    command.add_argument("version", type=int, help="its number in `shoal versions`")


def stop(command: argparse.ArgumentParser) -> None:
    watch(command)
    how = command.add_mutually_exclusive_group()
    how.add_argument("--drain", nargs="?", type=_duration, const=TO_THE_END, metavar="TIME",
                     help="let calls go on to their end, or so long: '90 s', '10 min' (default: `drain` of shoal.yaml)")
    how.add_argument("--now", action="store_true", help="hang up on everybody at once")


def _duration(text: str) -> float:
    try:
        return number(text, Limit(0, LONGEST_DRAIN, "s"))
    except Unfit as wrong:
        raise argparse.ArgumentTypeError(f"`{text}` is no time: {wrong}") from None


def report(command: argparse.ArgumentParser) -> None:
    command.add_argument("about", nargs="?", choices=("all", "tree"), default="all", help="everything, or trees only")
    command.add_argument("name", nargs="?", default="", help="one tree (default: all)")
    command.add_argument("--days", type=int, default=1, metavar="N", help="so many days, of which --day is the last")
    command.add_argument("--day", type=trees_cli.day, default=None, metavar="YYYY-MM-DD",
                         help="the day, in the configured time zone (default: today)")


def followups(command: argparse.ArgumentParser) -> None:
    command.add_argument("--days", type=float, default=2.0, metavar="N", help="so many days back (default: 2)")


def simulate(command: argparse.ArgumentParser) -> None:
    command.add_argument("--day", type=Path, required=True, metavar="FILE", help="calls and agents of a day (YAML)")


def contact(command: argparse.ArgumentParser) -> None:
    command.add_argument("show", choices=("show",))
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("contact", nargs="?", default="", metavar="ID", help="the contact, or how its name begins")
    which.add_argument("--last", dest="contact", action="store_const", const="", help="the one that began last")
    command.add_argument("--json", action="store_true", help="for programs")


def backup(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, help="a .tar or .tar.gz that is not there yet")
    command.add_argument("--recordings", action="store_true", help="with all recordings, which may be large")


def restore(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path)
    command.add_argument("--force", action="store_true", help="overwrite what is there")


def customers(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, help="a .csv or .yaml file")
