"""Which trunk takes a call, and which after it. Pure; chance is handed in.

Priorities are kept strictly, weights within a priority decide by lot (as RFC 2782 does it for SRV records), and whoever
is down or full is left out, so that a list that is worked off from its beginning is the whole failover. An emergency call
leaves nobody out: who cannot be reached stands last.
"""

from collections.abc import Callable, Mapping
from random import Random

from switch.trunks import numbers
from switch.trunks.rules import Outside, Route, Share

PASSED_ON = frozenset({401, 407, 408, 500, 502, 503, 504})
"""Failures of a trunk, not of whom we call: the next trunk is asked. 486 or 404 is an answer, whoever is asked."""


def shares(outside: Outside, number: str, is_open: Callable[[Route], bool] = lambda _: True) -> Mapping[str, Share]:
    """The trunks of the route with the longest prefix that fits, each with its place; empty = no route leads there.
    ``is_open``: whether a route's hours are."""
    if not outside.routes:
        return {name: Share(priority) for priority, name in enumerate(outside.trunks, 1)}
    fitting = [route for route in outside.routes.values() if numbers.longest(route.prefixes, number) >= 0 and is_open(route)]
    return max(fitting, key=lambda route: numbers.longest(route.prefixes, number)).trunks if fitting else {}


def order(places: Mapping[str, Share], rng: Random) -> list[str]:
    """Every trunk once, in the order in which they are tried."""
    found: list[str] = []
    for priority in sorted({share.priority for share in places.values()}):
        left = {name: share.weight for name, share in places.items() if share.priority == priority}
        while left:
            total = sum(left.values())
            names = [name for name, weight in left.items() if weight or not total]
            chosen = rng.choices(names, [left[name] or 1 for name in names])[0]
            found.append(chosen)
            del left[chosen]
    return found


def usable(names: list[str], why_not: Callable[[str], str]) -> tuple[list[str], str]:
    """Those who can take a call now; and, when nobody can, the reason of the first of them that was not."""
    reasons = {name: why_not(name) for name in names}
    left = [name for name in names if not reasons[name]]
    return left, "" if left else next(iter(reasons.values()), "no_route")


def for_emergency(outside: Outside, there: Callable[[str], bool]) -> list[str]:
    """Every trunk: those named for it first, and who seems not to be there last of all."""
    names = list(dict.fromkeys((*outside.emergency_trunks, *outside.trunks)))
    names = [name for name in names if name in outside.trunks]
    return [name for name in names if there(name)] + [name for name in names if not there(name)]
