"""Rows with keys among rows without: the sound is the same, and every packet of theirs is sealed."""

from random import Random

import msgspec
import pytest

from media.dtmf import DIGITS
from media.orders import Change, Join, Keys, Press, Pressed
from media.rtp import parse
from media.srtp import SUITES, Sealed
from tests.media.town import Phone, Town


class SealedTown(Town):
    """A town in which ``far`` seals and opens for the phones that have keys."""

    def __init__(self, **more) -> None:
        super().__init__(**more)
        self.far = Sealed(16)

    def keyed(self, leg: str, suite: str = "AES_CM_128_HMAC_SHA1_80", seed: int = 1, **stream) -> Phone:
        return self.open(leg, keys=self.keys(len(self.phones), suite, seed), **stream)

    def keys(self, row: int, suite: str, seed: int) -> Keys:
        random = Random(seed)
        one, other = (random.randbytes(SUITES[suite][1]) for _ in range(2))
        self.far.agree(row, Keys(suite, other, one), self.now)
        return Keys(suite, one, other)

    def seal(self, packet: tuple) -> tuple:
        return (packet[0], self.far.seal(packet[0], packet[1]), packet[2])

    def step(self, *packets):
        return super().step(*(self.seal(packet) for packet in packets))

    def opened(self, leg: str) -> list:
        """What the phone of a leg got in the last step."""
        row = self.matrix.legs.rows[leg]
        return [parse(self.far.open(row, octets, self.now)) for at, octets in self.last.events if at == row]


@pytest.mark.parametrize("suite", SUITES)
def test_joined_with_a_plain_leg_the_sound_is_bit_exact_both_ways(suite):
    town = SealedTown()
    sealed, plain = town.keyed("a", suite), town.open("b")
    town.obey(Join("a", "b"))
    heard = {"a": [], "b": []}
    for _ in range(20):
        town.step(sealed.say(), plain.say())
        (packet,) = town.opened("a")
        heard["a"].append(packet.payload)
        heard["b"].append(town.hears("b"))
    assert heard["b"][1:] == sealed.said[:19]
    assert heard["a"][1:] == plain.said[:19]
    assert "a" not in town.heard


def test_in_the_clear_nothing_is_heard_from_a_leg_with_keys():
    town = SealedTown()
    phone = town.keyed("a")
    other = town.open("b")
    town.obey(Join("a", "b"))
    Town.step(town, phone.say(), other.say())
    assert town.matrix.parts.intake.received[0] == 0
    assert town.matrix.parts.sealed.unopened[0] == 1


def test_keys_pass_both_ways():
    town = SealedTown()
    phone = town.keyed("a")
    town.talk(2)
    phone.timestamp += 160
    assert town.step(phone.key(5, 160)) == [Pressed("a", "5")]
    town.obey(Press("a", "7"))
    town.step()
    (event,) = town.opened("a")
    assert (event.payload_type, DIGITS[event.payload[0]]) == (101, "7")


def test_a_new_key_in_a_reinvite_brings_a_new_source_and_the_same_key_none():
    town = SealedTown()
    phone = town.keyed("a")
    town.talk(3)
    (before,) = town.opened("a")
    stream = town.matrix.legs.find("a").stream
    town.obey(Change("a", msgspec.structs.replace(stream, direction="sendonly")), Change("a", stream))
    town.talk(1)
    (same,) = town.opened("a")
    assert (same.ssrc, same.sequence) == (before.ssrc, before.sequence + 1)
    old = town.seal(phone.say())
    town.obey(Change("a", msgspec.structs.replace(stream, keys=town.keys(0, "AEAD_AES_128_GCM", 9))))
    town.talk(1)
    (after,) = town.opened("a")
    assert after.ssrc != before.ssrc
    Town.step(town, old)
    assert town.matrix.parts.sealed.unopened[0] == 0
    assert town.matrix.parts.intake.received[0] == 6


def test_what_is_agreed_on_in_the_clear_later_is_sent_in_the_clear():
    town = SealedTown()
    town.keyed("a")
    town.talk(2)
    town.obey(Change("a", msgspec.structs.replace(town.matrix.legs.find("a").stream, keys=None)))
    town.far.reset(0)
    town.talk(2)
    assert town.hears("a")
    assert town.last.events == []


def test_the_sound_goes_on_over_the_wrap_of_the_sequence():
    town = SealedTown()
    sealed, plain = town.keyed("a"), town.open("b")
    town.obey(Join("a", "b"))
    sealed.sequence = 65_500
    for _ in range(100):
        town.step(sealed.say(), plain.say())
    assert town.matrix.parts.intake.received[0] == 100
    assert town.matrix.parts.intake.lost(0) == 0
    assert town.hears("b") == sealed.said[-2]
