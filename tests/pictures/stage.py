"""The configuration that the pictures are taken on: the shipped one, with more people, and in the words of the cast.

It is afternoon there whenever the pictures are taken: the time zone is chosen so.
"""

import time
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.interop.running import Switch
from tests.pictures.cast import Cast

HOUR = 14
"""The hour of the day that it is on the pictures."""
SALES = "5003"
FIRST = 1001
OUTCOMES = ("solved", "call_back", "complaint", "wrong_number")


@cache
def zone() -> str:
    """A time zone in which it is afternoon now. (The names of these zones have the sign of POSIX.)"""
    ahead = (HOUR - time.gmtime().tm_hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def build(folder: Path, cast: Cast) -> Switch:
    """A switch that is configured, and not started yet."""
    switch = Switch(folder)
    _rename(switch.config, cast)
    support, billing, sales = map(cast.named, ("support", "billing", "sales"))
    switch.configure("shoal.yaml", {"language": cast.language, "time_zone": zone()})
    switch.configure("numbers.yaml", {
        int(SALES): {"to": f"queue:{sales}"}, 5004: {"to": f"queue:{support}"}, 5005: {"to": f"queue:{billing}"}})
    outcomes = yaml.safe_load((switch.config / "queues.yaml").read_text("utf-8"))[support]["outcomes"]
    limits = {"waiting_amber": 2, "waiting_red": 5, "wait_amber": "20 s", "wait_red": "2 min"}
    switch.configure("queues.yaml", {
        support: {"ring_time": "5 min", "wrap_up": "2 min", "thresholds": limits},
        billing: {"overflow": None, "wrap_up": "2 min", "thresholds": limits, "outcomes": outcomes},
        sales: {"strategy": "longest_idle", "wrap_up": "30 s", "outcomes": outcomes}})
    (switch.config / "agents.yaml").write_text(yaml.safe_dump(people(cast), allow_unicode=True), "utf-8")
    return switch


def people(cast: Cast) -> dict[int, dict[str, Any]]:
    """Twelve agents, a supervisor, somebody who judges."""
    support, billing, sales = map(cast.named, ("support", "billing", "sales"))
    crews = ({support: 1}, {support: 1}, {support: 2, sales: 1}, {billing: 1}, {sales: 1}, {support: 1}, {support: 1},
             {billing: 1}, {support: 1}, {support: 1}, {sales: 1}, {billing: 1})
    agents = {FIRST + place: {"name": name, "password": f"demo-{FIRST + place}", "team": "day",
                              "queues": crews[place]} for place, name in enumerate(cast.agents)}
    others = {2001: (cast.supervisor, "supervisor"), 3001: (cast.judge, "quality")}
    return agents | {number: {"name": name, "password": f"demo-{number}", "role": role}
                     for number, (name, role) in others.items()}


def _rename(config: Path, cast: Cast) -> None:
    """Call queues, trees and menus what the cast calls them, in every file. (Mailboxes have names that phones can dial.)"""
    for path in sorted(config.rglob("*.yaml")) if cast.names else ():
        text = yaml.safe_load(path.read_text("utf-8"))
        stem = cast.named(path.name.partition(".")[0]) if path.parent.name == "ivr" else path.name.partition(".")[0]
        path.unlink()
        path.with_name(stem + path.name[len(path.name.partition(".")[0]):]).write_text(
            yaml.safe_dump(_renamed(text, cast), allow_unicode=True, sort_keys=False), "utf-8")


def _renamed(value: Any, cast: Cast) -> Any:
    if isinstance(value, dict):
        return {_renamed(key, cast): each if key == "voicemail" else _renamed(each, cast) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, cast) for each in value]
    if not isinstance(value, str):
        return value
    kind, colon, name = value.rpartition(":")
    return value if kind == "voicemail" else kind + colon + cast.named(name)
