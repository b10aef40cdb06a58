"""Real traffic of two endpoints, garbled on its way: bytes are changed, cut and put in, calls are up meanwhile.

Nothing may be raised, and when people have hung up nothing may be left. (What both sides think of the call may differ:
a garbled 200 may be a well-formed refusal.)
"""

import random

import pytest

from switch.sip.effects import Address, Offered, Reoffered, Transmit
from switch.sip.endpoint import Endpoint

PHONE, SWITCH = Address("udp", "192.0.2.10", 5060), Address("udp", "192.0.2.1", 5060)
PIECES = [b"\r\n", b'"', b"<", b">", b",", b";", b":", b"%", b" ", b"\xff", b"sip:", b"tag=", b"0", b"Contact: *\r\n"]


class Line:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.now = 1_000_000.0
        self.ends = {
            place: Endpoint(realm="shoal", passwords={"1": "p"}, rng=self.rng, host=place.host, port=5060)
            for place in (PHONE, SWITCH)
        }
        self.waiting = []

    def do(self, place, verb, *words, **named):
        self.take(place, getattr(self.ends[place], verb)(*words, self.now, **named))

    def take(self, place, effects):
        for effect in effects:
            if isinstance(effect, Transmit):
                self.waiting.append((place, effect))
            elif isinstance(effect, (Offered, Reoffered)):
                self.do(place, "answer", effect.call, b"v=0\r\n")

    def settle(self, seconds):
        end = self.now + seconds
        while self.now < end:
            for source, effect in self.drain():
                if effect.destination in self.ends:
                    garbled = self.garbled(effect.data)
                    self.take(effect.destination, self.ends[effect.destination].receive(garbled, source, self.now))
            self.now += 0.25
            for place, endpoint in self.ends.items():
                self.take(place, endpoint.wake(self.now))

    def drain(self):
        waiting, self.waiting = self.waiting, []
        return waiting

    def garbled(self, data):
        if self.rng.random() < 0.5:
            return data
        data = bytearray(data)
        for _ in range(self.rng.randint(1, 3)):
            place = self.rng.randrange(len(data) + 1)
            data[place : place + self.rng.choice([0, 1, 1, 5])] = self.rng.choice(PIECES)
        return bytes(data)


@pytest.mark.parametrize("seed", range(40))
def test_garbled_traffic_raises_nothing_and_leaves_nothing(seed):
    line = Line(seed)
    line.take(PHONE, line.ends[PHONE].register("1", "p", SWITCH, 120, line.now))
    for number in range(3):
        line.do(PHONE, "invite", f"c{number}", "sip:5000@192.0.2.1", SWITCH, caller="1", sdp=b"v=0\r\n")
        line.settle(3)
        line.do(PHONE, "reinvite", f"c{number}", b"v=1\r\n")
        line.settle(2)
        line.do(PHONE, "hang_up", f"c{number}")
    line.take(PHONE, line.ends[PHONE].register("1", "p", SWITCH, 0, line.now))
    line.settle(5)
    for endpoint in line.ends.values():
        for call in list(endpoint._room.calls):
            endpoint.hang_up(call, line.now)
    for endpoint in line.ends.values():
        while endpoint.deadline is not None:
            endpoint.wake(endpoint.deadline)
        assert not any(endpoint.counts().values())
