"""The door when there is too much to do: who is kept out, and that it is said when it shuts and opens.

Only what would begin a call is ever kept out. What belongs to a call that is up (its agents' legs, consultations, transfers,
re-INVITEs, a call in the place of another) and calls to an emergency number come in whatever happens.

Nearly all are refused at the door of the SIP room already, by what their INVITE says alone (:func:`_at_the_door`). What only
may be one of those who come in whatever happens goes on, and is judged when it is known who it is.
"""

from functools import partial

from switch.events import HouseOverloaded, HouseRelieved
from switch.house import House
from switch.routing import Destination, route
from switch.trunks import numbers


def mind(house: House) -> None:
    """Say it, when the door has shut or opened."""
    house.seats.strained = house.admission.strained
    why = house.admission.why
    if why and house.shut_since is None:
        house.shut_since = house.now
        house.refused_before = house.admission.refused
        house.tell(HouseOverloaded(why=why, contacts=len(house.contacts)))
        house.endpoint.shut(partial(_at_the_door, house))
    elif not why and house.shut_since is not None:
        refused, seconds = house.admission.refused - house.refused_before, house.now - house.shut_since
        house.shut_since = None
        house.endpoint.shut(None)
        house.tell(HouseRelieved(refused=refused, seconds=round(seconds, 3)))


def keeps_out(house: House, destination: Destination | None = None) -> bool:
    """Whether a new call to there is refused now."""
    if house.shut_since is None:
        return False
    return destination is None or destination.kind != "outside" or not numbers.is_emergency(destination.target)


def _at_the_door(house: House, called: str, claimed: set[str]) -> int:
    """After how many seconds they may try again; 0 = this may be an emergency, or a consultation of somebody who talks."""
    if not keeps_out(house, route(house.settings, called, house.now, house.doors)):
        return 0
    if any(user in house.desk.rules and house.desk.state(user).state == "busy" for user in claimed):
        return 0
    return refuse(house)


def refuse(house: House) -> int:
    """One more is turned away: after how many seconds they may try again, not all of them at once."""
    house.admission.refused += 1
    least = house.settings.system.overload.retry_after
    return house.rng.randint(least, 2 * least)
