"""The world outside the house: two trunks, and what agents do to reach it."""

from zoneinfo import ZoneInfo

import switch.sip.effects as sip
from switch.hours.calendar import Calendar
from switch.hours.rules import Hours
from switch.orders import MakeCall
from switch.trunks.rules import Outside, Probe, Reading, Trunk, Writing
from tests.switch.contact.stage import Telephone

NUMBER = "+4930123456"
QUIET = Probe(every=0)


def trunk(place, **more):
    more = {"probe": QUIET, "caller": "+49891000", "outgoing": Writing(form="national")} | more
    return Trunk(f"10.9.0.{place}", **more)


def outside(**more):
    more = {"country": "49", "dialling": Reading(strip=("9",)), "trunks": {"first": trunk(1), "second": trunk(2)}} | more
    return Outside(**more)


def never(name):
    """Opening hours in which it is never open."""
    return {name: Calendar(Hours(name, open={"mon-sun": ("closed",)}), ZoneInfo("UTC"))}


def carrier(stage, place=1):
    return Telephone(stage, f"10.9.0.{place}")


def invite_of(stage, host):
    """The last INVITE that was sent there, as text."""
    sent = [effect.data.decode() for _, effect in stage.said
            if type(effect) is sip.Transmit and effect.destination.host == host and effect.data.startswith(b"INVITE")]
    return sent[-1] if sent else ""


def clicked(stage, to="9030123456", agent="1001"):
    """An agent has clicked a number, and picked up."""
    phone = stage.agent(agent, ready=False)
    stage.obey(MakeCall(to=to), agent)
    stage.run_for(0.1)
    phone.answer()
    return phone


def dialled(stage, to="9030123456", agent="1001"):
    """An agent has dialled a number on the phone."""
    phone = stage.agent(agent, ready=False)
    phone.dial(to, user=agent)
    return phone
