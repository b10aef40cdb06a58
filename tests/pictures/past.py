"""What has been before the pictures are taken: some earlier days and the morning of this one, lived in simulated time and
written into the store, as if the switch had run all along.

Callers keep one of a few hundred numbers, so that some have called before; agents write down what came of their talks.
"""

import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import exp
from zoneinfo import ZoneInfo

from world.centre import Centre
from world.day_file import Crew, Day
from world.people import CallerHabits

from switch.building import store_url
from switch.events import Customer
from switch.journal import Entry, decode, encode
from switch.loading import load
from switch.orders import NoteContact, OrderRefused
from switch.settings import Settings
from switch.store import Store
from tests.interop.running import Switch
from tests.pictures.cast import Cast
from tests.pictures.stage import FIRST, OUTCOMES, SALES

BEGINS = 8
"""The first hour of a day."""
STEP = 300.0
"""Seconds of an interval in which calls come evenly."""
BREATH = 600.0
"""Seconds between the last simulated call and now: the talks end."""
BEFORE = (23, 9, 2, 1)
"""How many days ago the earlier days were; only some calls of them are kept."""
KEYS = {"1": 50, "51": 24, "31": 7, "25551234#1": 6, "521": 5, "53": 2, "0": 4, "2": 2, "": 5}
"""What callers press in the tree, each with its share."""
NUMBERS = 240
"""Customers who call."""
RESTING = {"1009": ("lunch", 1380.0), "1010": ("training", 3010.0), "1011": ("break", 340.0)}
"""Who is not ready when the pictures are taken: why, and for how many seconds."""
_STRANGER = re.compile(rb"\+49\d{8,}")


async def live(switch: Switch, cast: Cast, now: float) -> None:
    """Fill the store of a switch that has not run yet, up to ``now`` (POSIX seconds)."""
    settings = load(switch.config)
    store = await Store.open(store_url(settings), now)
    last, at = 0, 0.0
    for seed, day in enumerate(_days(settings, cast, now)):
        for entry in _lived(Centre(settings, day), cast, now, seed):
            last, at = last + 1, max(at, entry.at)
            store.write([Entry(last, at, entry.event)])
    store.write([], [(f"agent/{agent}", {"state": "not_ready", "reason": reason, "since": now - ago})
                     for agent, (reason, ago) in RESTING.items()])
    await store.committed(last)
    await store.close()


def number(cast: Cast, place: int) -> str:
    """The number of a customer."""
    return f"{cast.area}{place:04d}"


def _days(settings: Settings, cast: Cast, now: float) -> Iterator[Day]:
    today = datetime.fromtimestamp(now, ZoneInfo(settings.system.time_zone))
    hours = today.hour + today.minute / 60 - BEGINS - BREATH / 3600
    for ago in (*BEFORE, 0):
        count = int((hours if not ago else 1) * 3600 / STEP)
        busy = 1.0 if not ago else 0.25
        calls = tuple(busy * _rate(BEGINS + place * STEP / 3600) for place in range(count))
        yield Day(calls=calls, interval=STEP, start=f"{BEGINS:02d}:00", date=str(today.date() - timedelta(days=ago)),
                  seed=7 + ago, numbers={cast.number: 8, SALES: 2},
                  callers=CallerHabits(keys=KEYS, talk=185.0, patience=150.0, thinks=3.0),
                  agents={"day": Crew(numbers=tuple(str(FIRST + place) for place in range(len(cast.agents))))})


def _rate(hour: float) -> float:
    """Calls in five minutes: two waves, before noon and after lunch."""
    return 4.0 + 7.0 * exp(-((hour - 10.6) / 1.3) ** 2) + 5.5 * exp(-((hour - 14.2) / 1.1) ** 2)


def _lived(centre: Centre, cast: Cast, now: float, seed: int) -> Iterator[Entry]:
    """The entries of a day before ``now``, with numbers of this cast and what its agents wrote down."""
    rng, seen, town = random.Random(seed), 0, centre.town
    town.customers = Regulars(cast)
    town.webhook = lambda asked: ("found", {"balance": "1205.50", "tier": "blue"})
    end = min(now, centre.end + 4 * 3600)
    leave = centre.end + BREATH
    while town.now < end:
        town.run(min(end, town.now + 5.0))
        if leave and town.now > leave and leave < now:
            leave = 0.0
            for agent in centre.agents.values():
                agent.go_home()
        entries = town.exchange.journal.since(seen)
        seen += len(entries)
        for entry in entries:
            if getattr(entry.event, "state", "") == "after_call_work":
                _note(centre, entry.event.agent, cast, rng)
            yield Entry(entry.number, entry.at, decode(entry.event.__struct_config__.tag, _STRANGER.sub(
                lambda found: number(cast, place(found[0].decode())).encode(), encode(entry.event))))


class Regulars(dict[str, Customer]):
    """Who called on those days."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def get(self, stranger: str, default: None = None) -> Customer | None:
        known = self.cast.customer(place(stranger))
        return known and Customer(number=stranger, name=known.name, language=self.cast.language)


def place(stranger: str) -> int:
    """Which of the numbers a made-up one stands for."""
    return int(stranger[-6:]) % NUMBERS


def _note(centre: Centre, agent: str, cast: Cast, rng: random.Random) -> None:
    outcome = rng.choices(OUTCOMES, (70, 18, 5, 7))[0]
    try:
        centre.town.obey(NoteContact(agent=agent, outcome=outcome, note=rng.choice(cast.notes)), agent)
    except OrderRefused:
        return
