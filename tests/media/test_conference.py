"""Bridges of many in the matrix: proved by correlation of what is said with what is heard."""

import numpy as np
import pytest

from media.g711 import DECODE, ENCODE
from media.orders import Bridge, Change, Close, Join, Part, Play, Record, Stream
from tests.media.town import Town, silence

FRAMES = 50


class Speakers:
    """Everybody speaks noise of their own, seeded; what was said and heard, as samples."""

    def __init__(self, town, level=2000, seed=7):
        self.town, self.level = town, level
        self.rng = np.random.default_rng(seed)
        self.said = {name: [] for name in town.phones}
        self.heard = {name: [] for name in town.phones}

    def talk(self, frames=FRAMES):
        """So many steps; what is said in one is heard in the next."""
        for _ in range(frames):
            packets = []
            for name, phone in self.town.phones.items():
                codec = 1 if phone.payload_type == 8 else 0
                noise = self.rng.normal(0, self.level, 160).clip(-32768, 32767).astype(np.int16)
                words = ENCODE[codec][noise.view(np.uint16)]
                self.said[name].append(DECODE[codec][words].astype(float))
                packets.append(phone.say(words.tobytes()))
            self.town.step(*packets)
            for name in self.town.phones:
                self.heard[name].append(self.town.samples(name).astype(float))
        return self

    def likeness(self, ear, *mouths):
        """Correlation of what ``ear`` heard with the sum of what these said."""
        heard = np.concatenate(self.heard[ear][5:])
        said = np.concatenate([sum(frames) for frames in zip(*(self.said[mouth] for mouth in mouths), strict=True)][4:-1])
        return float(np.corrcoef(heard, said)[0, 1])


def conference(size, codecs=(0,), **more):
    town = Town()
    names = "abcdefgh"[:size]
    for place, name in enumerate(names):
        town.open(name, codecs[place % len(codecs)])
    town.obey(Bridge("bridge", tuple(names), **more))
    return town, names


@pytest.mark.parametrize("codecs", [(0,), (8,), (0, 8)], ids=["mu-law", "a-law", "both"])
@pytest.mark.parametrize("size", [3, 4, 8])
def test_each_hears_the_sum_of_the_others_and_not_itself(size, codecs):
    town, names = conference(size, codecs)
    speakers = Speakers(town).talk()
    for ear in names:
        others = [name for name in names if name != ear]
        assert speakers.likeness(ear, *others) > 0.99
        assert abs(speakers.likeness(ear, ear)) < 0.05


def test_two_conferences_do_not_hear_each_other():
    town = Town()
    for name in "abcdef":
        town.open(name)
    town.obey(Bridge("one", ("a", "b", "c")), Bridge("other", ("d", "e", "f")))
    speakers = Speakers(town).talk()
    assert speakers.likeness("a", "b", "c") > 0.99 and speakers.likeness("f", "d", "e") > 0.99
    assert abs(speakers.likeness("a", "d", "e", "f")) < 0.05


def test_who_is_muted_is_not_in_the_sum():
    town, _ = conference(3, muted=("c",))
    speakers = Speakers(town).talk()
    assert speakers.likeness("a", "b") > 0.99 and abs(speakers.likeness("a", "c")) < 0.05
    assert speakers.likeness("c", "a", "b") > 0.99


def test_a_whisper_is_in_the_sum_of_one():
    """The caller hears the agent and nothing else; the agent hears both; the supervisor too."""
    town = Town()
    for name in ("agent", "caller", "boss", "x", "y", "z"):
        town.open(name)
    town.obey(Bridge("other", ("x", "y", "z")),
              Bridge("talk", ("agent", "caller", "boss"), muted=("boss",), whispers=(("boss", "agent"),)))
    speakers = Speakers(town).talk()
    assert speakers.likeness("agent", "caller", "boss") > 0.99
    assert speakers.likeness("caller", "agent") > 0.99 and abs(speakers.likeness("caller", "boss")) < 0.05
    assert speakers.likeness("boss", "agent", "caller") > 0.99
    assert speakers.likeness("x", "y", "z") > 0.99


def test_loud_voices_are_clipped_not_wrapped():
    town, _ = conference(4)
    loud = ENCODE[0][np.full(160, 30000, np.int16).view(np.uint16)].tobytes()
    for _ in range(3):
        town.step(*(phone.say(loud) for phone in town.phones.values()))
    assert (town.samples("a") > 31000).all()


def test_two_who_are_left_are_bit_exact_again():
    town, _ = conference(3)
    town.talk(5)
    town.obey(Part("b"))
    town.talk(5)
    assert town.hears("c") == town.phones["a"].said[-2] and town.hears("a") == town.phones["c"].said[-2]
    assert town.hears("b") == silence()


def test_a_pair_elsewhere_stays_bit_exact_beside_a_conference():
    town = Town()
    for name in "abcde":
        town.open(name)
    town.obey(Bridge("bridge", ("a", "b", "c")), Join("d", "e"))
    heard = town.talk(20)
    assert heard[1:] == town.phones["d"].said[:19]


def test_a_held_party_is_silence_in_the_sum():
    town, _ = conference(3)
    town.talk(5)
    town.obey(Change("b", Stream(*town.phones["b"].address, direction="inactive")))
    speakers = Speakers(town)
    for _ in range(15):
        town.step(*(town.phones[name].say(bytes([0x55] * 160)) for name in "ac"))
    assert "b" not in town.heard
    assert (town.samples("a") == DECODE[0][0x55]).all()
    assert speakers.heard["b"] == []


def test_a_whisper_over_a_conference():
    town, _ = conference(3)
    town.add_sound("beep", np.full(160, 1000))
    words = ENCODE[0][np.full(160, 2000, np.int16).view(np.uint16)].tobytes()
    for _ in range(3):
        town.step(*(phone.say(words) for phone in town.phones.values()))
    town.obey(Play("a", "beep", ("beep",)))
    town.step(*(phone.say(words) for phone in town.phones.values()))
    assert (np.abs(town.samples("a") - 5000) < 200).all() and (np.abs(town.samples("b") - 4000) < 200).all()


def test_a_recording_of_what_a_party_of_a_conference_hears():
    town, _ = conference(3)
    town.talk(3)
    town.obey(Record("tape", "/tape.wav", "a", "a"))
    heard = []
    for _ in range(25):
        town.talk(1)
        heard.append(town.samples("a"))
    assert (town.channels("tape")[:, 1] == np.concatenate(heard)).all()


def test_a_row_that_leaves_by_closing_is_clean():
    town, _ = conference(3)
    town.talk(3)
    town.obey(Close("b"))
    del town.phones["b"]
    town.talk(3)
    assert town.hears("c") == town.phones["a"].said[-2]
