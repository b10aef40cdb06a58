"""Two switches that lead the same number to each other: each pass costs a hop, and the last one says 483 (RFC 7332)."""

import random
from dataclasses import replace

import pytest
from world.town import SWITCH, Phone

import switch.events as told
import switch.sip.effects as sip
from media.orders import Seats
from switch.effects import AfterCommit
from switch.exchange import Exchange
from switch.settings import ServiceNumber
from switch.sip.effects import Address
from switch.trunks.rules import Outside, Probe, Trunk
from tests.laws import check_laws
from tests.switch.contact.stage import START, Stage, arrange

OTHER = Address("udp", "10.9.0.1", 5060)
EAST, WEST = "+49301000", "+49891000"


def joined(settings, far, number, leads_to):
    """A switch that is called ``number`` by its only trunk, and leads it to ``leads_to`` behind the same trunk."""
    rules = Trunk(far, caller=number, numbers={number: "7900"}, probe=Probe(every=0))
    numbers = settings.numbers | {"7900": ServiceNumber("7900", f"outside:{leads_to}")}
    return replace(settings, numbers=numbers, outside=Outside(country="49", trunks={"far": rules}))


class Circle(Stage):
    """The switch of the stage in the east, another one in the west."""

    def __init__(self, settings):
        super().__init__(joined(arrange(settings), OTHER.host, EAST, WEST))
        settings = joined(arrange(settings), SWITCH.host, WEST, EAST)
        self.west = Exchange(settings, settings.prompts, random.Random(5), recordings="")
        self.west.media(Seats(list(range(30000, 30400, 2))), START)
        self._phones[OTHER] = Phone(OTHER, self.west, self._west_says)

    def _west_says(self, effect):
        if type(effect) is AfterCommit:
            self.act(self._phones[OTHER], [effect.effect])


@pytest.fixture
def circle(settings):
    return Circle(settings)


@pytest.mark.parametrize("hops", [70, 9, 1])
def test_a_call_that_goes_in_circles_stops(circle, hops):
    caller = circle.telephone()
    caller.dial("7900", hops=hops)
    circle.run_for(5)
    assert caller.last(sip.Refused).status == 483
    legs = [event for switch in (circle.exchange, circle.west) for entry in switch.journal.since(0)
            if isinstance(event := entry.event, told.Originated)]
    assert len(legs) == hops
    assert all(contact.ended for switch in (circle.exchange, circle.west) for contact in switch.house.contacts.values())


def test_the_last_hop_may_be_answered_here_but_not_passed_on(circle):
    phone = circle.agent("1001")
    caller = circle.telephone()
    caller.dial("7002", hops=0)
    assert caller.last(sip.Refused).status == 483
    assert phone.last(sip.Offered) is None
    caller.dial("7002", hops=1)
    assert phone.last(sip.Offered).hops == 0
    caller.hang_up()
    caller.dial("7001", hops=0)
    assert caller.last(sip.Answered)
    caller.hang_up()
    circle.over()
    check_laws([entry for entry in circle.west.journal.since(0)], finished=True)
