"""A call that is over is gone: nothing of it waits for the garbage collector."""

import pytest
from world.centre import Centre
from world.day_file import Crew, Day
from world.net import Weather
from world.people import CallerHabits

from bench.core import PEER, SDP, World, request
from bench.switch import CONFIG
from switch.loading import load
from switch.sip.effects import Transmit
from tests.garbage import garbage


def test_a_call_leaves_nothing():
    world = World()
    for number in range(50):
        world.call(number)
    with garbage() as objects:
        for number in range(50, 450):
            world.call(number)
    assert objects == [0]


def test_a_call_that_has_no_codec_with_us_leaves_nothing():
    world = World()
    with garbage() as objects:
        for number in range(20):
            offer = SDP.replace("AVP 0", "AVP 97").replace("rtpmap:0 PCMU", "rtpmap:97 EVS")
            said = world.exchange.receive(request("INVITE", number, body=offer), PEER, world.now)
            assert any(type(each) is Transmit and each.data.startswith(b"SIP/2.0 488") for each in said)
        del said
        world.exchange.wake(world.now + 60)
    assert objects == [0]


@pytest.mark.parametrize("seed", [1, 2])
def test_queues_agents_and_a_bad_network_leave_nothing(seed):
    """An hour of callers and agents, whose phones are our own endpoint, too."""
    day = Day(calls=(60,), agents={"day": Crew(count=4, queues={"support": 1, "billing": 2})}, seed=seed,
              callers=CallerHabits(keys={"1": 7, "51": 2, "0": 1}, talk=60),
              weather=Weather(loss=2, delay=0.01, jitter=0.04, repeat=2))
    centre = Centre(load(CONFIG), day)
    with garbage() as objects:
        assert sum(len(entries) for entries in centre.live()) > 1000
    assert objects == [0]
