"""Legs in G.722 and Opus through the matrix, with a transcoder that needs no process."""

import struct
from itertools import pairwise

import numpy as np
import opuslib_next
import pytest
from G722 import G722

from media import g711, orders
from media.rtp import build, parse
from media.transcoder import Transcoder
from tests.media.speech import likeness, speech
from tests.media.town import Town


class WideTown(Town):
    """A town with a transcoder beside it, one step away."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.transcoder = Transcoder()
        self.got: dict[str, list] = {}

    def meet(self, leg: str, codec: str, payload_type: int, **stream: object) -> "WidePhone":
        phone = self.phones[leg] = WidePhone(len(self.phones), codec, payload_type)
        agreed = orders.Stream(*phone.address, codec=codec, payload_type=payload_type, **stream)
        self.obey(orders.Open(leg, 40000 + 2 * phone.row, agreed))
        return phone

    def step(self, *packets: tuple) -> list:
        reports = super().step(*packets)
        transcoding = self.matrix.parts.transcoding
        outbox, transcoding.outbox = transcoding.outbox, []
        names = {row: name for name, row in self.matrix.legs.rows.items()}
        for row, octets in self.matrix.transcoded(self.transcoder.work(outbox)):
            self.got.setdefault(names[row], []).append(parse(octets))
        return reports


class WidePhone:
    """A phone that speaks G.722 (16 kHz) or Opus (48 kHz, two channels) as phones and browsers do."""

    def __init__(self, row: int, codec: str, payload_type: int) -> None:
        self.row, self.codec, self.payload_type = row, codec, payload_type
        self.address = ("192.0.2.1", 4000 + 2 * row)
        self.sequence, self.timestamp, self.ssrc = 65_530, 2**32 - 5000, 1000 + row
        if codec == "opus":
            self.coder = opuslib_next.Encoder(48000, 2, opuslib_next.APPLICATION_VOIP)
            self.coder.inband_fec, self.coder.packet_loss_perc = 1, 20
            self.decoder = opuslib_next.Decoder(48000, 2)
        else:
            self.coder, self.decoder = G722(16000, 64000), G722(16000, 64000)

    def say(self, samples: np.ndarray, ms: int = 20) -> tuple[int, bytes, tuple]:
        """A packet of speech at 8 kHz."""
        if self.codec == "opus":
            stereo = np.repeat(np.repeat(samples, 6), 2).astype(np.int16)
            payload = self.coder.encode(stereo.tobytes(), 48 * ms)
        else:
            payload = self.coder.encode(np.repeat(samples, 2).astype(np.int16))
        return self.packet(self.payload_type, payload, (48 if self.codec == "opus" else 8) * ms)

    def packet(self, payload_type: int, payload: bytes, move: int, timestamp: int | None = None) -> tuple:
        timestamp = self.timestamp if timestamp is None else timestamp
        octets = build(payload_type, self.sequence, timestamp, self.ssrc, payload)
        self.sequence += 1
        self.timestamp += move
        return (self.row, octets, self.address)

    def listen(self, packets: list) -> np.ndarray:
        """What the phone plays, at 8 kHz."""
        if self.codec == "opus":
            heard = [np.frombuffer(self.decoder.decode(packet.payload, 5760), np.int16)[::12] for packet in packets]
        else:
            heard = [np.array(self.decoder.decode(packet.payload), np.int16)[::2] for packet in packets]
        return np.concatenate(heard)


KINDS = pytest.mark.parametrize(("codec", "payload_type"), [("G722", 9), ("opus", 98)])
GOOD = {"G722": 0.95, "opus": 0.9}
"""Opus is no wave-form coder: what it leaves out is not heard, but is seen by a correlation."""


def frames(samples: np.ndarray, ms: int = 20) -> list[np.ndarray]:
    return list(samples[: len(samples) // (8 * ms) * 8 * ms].reshape(-1, 8 * ms))


def words(samples: np.ndarray) -> bytes:
    return g711.ENCODE[0][samples.view(np.uint16)].tobytes()


@KINDS
def test_speech_passes_both_ways_between_a_transcoded_leg_and_a_plain_one(codec, payload_type):
    town = WideTown()
    wide, plain = town.meet("wide", codec, payload_type), town.open("plain")
    town.obey(orders.Join("wide", "plain"))
    one, other, heard = speech(), speech(seed=20), []
    for mine, theirs in zip(frames(one), frames(other), strict=True):
        town.step(wide.say(mine), plain.say(words(theirs)))
        heard.append(town.samples("plain"))
    assert likeness(one[:-3200], np.concatenate(heard))[0] > GOOD[codec]
    assert likeness(other[:-3200], wide.listen(town.got["wide"]))[0] > GOOD[codec]


@KINDS
def test_prompts_are_heard_and_what_is_said_is_recorded(codec, payload_type):
    town = WideTown()
    wide = town.meet("wide", codec, payload_type)
    prompt, said = speech(2.0, 5), speech(2.0, 30)
    town.add_sound("prompt", prompt)
    town.obey(orders.Play("wide", "p", ("prompt",)), orders.Record("r", "/r.wav", "wide", "wide"))
    for frame in frames(np.concatenate([said, np.zeros(3200, np.int16)])):
        town.step(wide.say(frame))
    town.obey(orders.Finish("r"))
    town.step()
    assert town.told == [orders.Played("wide", "p")]
    assert likeness(prompt[:-1600], wide.listen(town.got["wide"]))[0] > GOOD[codec]
    left, right = town.channels("r")[:, 0], town.channels("r")[:, 1]
    assert likeness(said[:-1600], left)[0] > GOOD[codec]
    assert likeness(prompt, right)[0] > 0.99


@pytest.mark.parametrize(
    ("codec", "clock", "ptime"), [("G722", 8, 20), ("G722", 8, 30), ("opus", 48, 20), ("opus", 48, 60), ("opus", 48, 10)]
)
def test_the_stream_has_the_clock_and_the_packets_of_its_codec(codec, clock, ptime):
    town = WideTown()
    town.meet("wide", codec, 96, ptime=ptime)
    for _ in range(30):
        town.step()
    got = town.got["wide"]
    assert len(got) == pytest.approx(600 / ptime, abs=1)
    assert [packet.marker for packet in got] == [True] + [False] * (len(got) - 1)
    for before, after in pairwise(got):
        assert (after.sequence - before.sequence) % 2**16 == 1
        assert (after.timestamp - before.timestamp) % 2**32 == clock * ptime
        assert (after.payload_type, after.ssrc) == (96, got[0].ssrc)


@pytest.mark.parametrize(
    ("codec", "ms"), [("opus", 10), ("opus", 40), ("opus", 60), ("G722", 10), ("G722", 30), ("G722", 60)]
)
def test_packets_of_another_length_are_heard_without_a_gap(codec, ms):
    town = WideTown()
    wide = town.meet("wide", codec, 97)
    town.obey(orders.Record("r", "/r.wav", "wide"))
    said = speech(3.0)
    packets = [wide.say(frame, ms) for frame in frames(said, ms)]
    for step in range(150):
        town.step(*packets[step * 20 // ms : (step + 1) * 20 // ms])
    town.obey(orders.Finish("r"))
    town.step()
    assert likeness(said[:-3200], town.channels("r")[:, 0])[0] > GOOD[codec]


def test_what_is_lost_comes_out_of_the_copy_that_follows_and_is_counted():
    heard, quality = {}, {}
    for lossy in (False, True):
        town = WideTown(seed=3)
        wide = town.meet("wide", "opus", 98)
        town.obey(orders.Record("r", "/r.wav", "wide"))
        for number, frame in enumerate(frames(speech())):
            packet = wide.say(frame)
            town.step(*([] if lossy and number % 10 == 7 else [packet]))
        town.step()
        town.step()
        town.step()
        town.obey(orders.Finish("r"))
        town.step()
        heard[lossy] = town.channels("r")[:, 0]
        (quality[lossy],) = town.obey(orders.Close("wide"))
    settled = speech()[8000:-3200]  # The first loss makes the delay grow: a copy comes later than what it is of.
    assert likeness(settled, heard[True], 12000)[0] > likeness(settled, heard[False], 12000)[0] - 0.03
    assert (quality[False].lost, quality[True].lost) == (0, 20)


@KINDS
def test_packets_that_change_places_are_put_right(codec, payload_type):
    town = WideTown()
    wide = town.meet("wide", codec, payload_type)
    town.obey(orders.Record("r", "/r.wav", "wide"))
    kept = None
    for number, frame in enumerate(frames(speech())):
        packet = wide.say(frame)
        if number % 9 == 4:
            kept = packet
            town.step()
        elif kept:
            town.step(packet, kept)
            kept = None
        else:
            town.step(packet, packet)
    town.obey(orders.Finish("r"))
    town.step()
    assert likeness(speech()[:-3200], town.channels("r")[:, 0])[0] > GOOD[codec] - 0.02
    (quality,) = town.obey(orders.Close("wide"))
    assert quality.lost == 0


@pytest.mark.parametrize(("event_clock", "codec"), [(48000, "opus"), (8000, "opus"), (8000, "G722")])
def test_digits_pass_on_either_clock(event_clock, codec):
    town, ratio = WideTown(), event_clock // 8000
    wide = town.meet("wide", codec, 98, event_type=110, event_clock=event_clock)
    town.open("plain")
    town.obey(orders.Join("wide", "plain"), orders.Press("wide", "5"))
    for frame in frames(speech(0.4)):
        town.step(wide.say(frame))
    begun = wide.timestamp
    for length, end in ((160, 0), (320, 0), (480, 0x80), (480, 0x80), (480, 0x80)):
        town.step(wide.packet(110, struct.pack("!BBH", 7, end | 10, length * ratio), 0, begun))
    for _ in range(10):
        town.step()
    assert town.told == [orders.Pressed("wide", "7")]
    events = [packet for packet in town.got["wide"] if packet.payload_type == 110]
    assert [packet.payload[0] for packet in events] == [5] * 8
    assert [int.from_bytes(packet.payload[2:], "big") for packet in events][-1] == 800 * ratio
    assert len({packet.timestamp for packet in events}) == 1


def test_a_stranger_is_not_fed_to_the_decoder():
    town = WideTown()
    wide, stranger = town.meet("wide", "opus", 98), WidePhone(0, "opus", 98)
    stranger.address, stranger.ssrc = ("203.0.113.9", 9), 99
    town.obey(orders.Record("r", "/r.wav", "wide"))
    for frame, noise in zip(frames(speech()), frames(speech(seed=40)), strict=True):
        town.step(wide.say(frame), stranger.say(noise))
    town.obey(orders.Finish("r"))
    town.step()
    assert likeness(speech()[:-3200], town.channels("r")[:, 0])[0] > GOOD["opus"]


def test_a_leg_may_change_its_codec_and_its_numbers_in_the_call():
    town = WideTown()
    wide = town.meet("wide", "opus", 98)
    town.obey(orders.Record("r", "/r.wav", "wide"))
    said = frames(speech())
    for frame in said[:60]:
        town.step(wide.say(frame))
    town.obey(orders.Change("wide", orders.Stream(*wide.address, codec="opus", payload_type=120)))
    wide.payload_type = 120
    for frame in said[60:120]:
        town.step(wide.say(frame))
    assert town.got["wide"][-1].payload_type == 120
    town.obey(orders.Change("wide", orders.Stream(*wide.address)))
    for number, frame in enumerate(said[120:]):
        town.step(wide.packet(0, words(frame), 160, 7 + 160 * number))
        assert town.heard["wide"].payload_type == 0
    town.obey(orders.Finish("r"))
    town.step()
    assert likeness(speech()[: 118 * 160], town.channels("r")[:, 0])[0] > GOOD["opus"]
    assert likeness(speech()[122 * 160 : -3200], town.channels("r")[122 * 160 :, 0])[0] > 0.95


def test_nonsense_from_a_phone_is_silence_and_not_an_error():
    town = WideTown()
    wide = town.meet("wide", "opus", 98)
    random = np.random.default_rng(5)
    for number in range(200):
        payload = random.bytes(int(random.integers(0, 300)))
        town.step(
            wide.packet(98, payload, 960),
            (0, random.bytes(20), wide.address),
            (0, build(98, number, 0, 1, payload), wide.address),
        )
    assert town.matrix.legs.rows == {"wide": 0}


def test_who_was_closed_hears_and_says_nothing_more():
    town = WideTown()
    wide = town.meet("wide", "G722", 9)
    town.step(wide.say(np.zeros(160, np.int16)))
    town.obey(orders.Close("wide"))
    town.got.clear()
    town.step()
    town.step()
    assert town.got == {}
    assert not town.matrix.parts.transcoding
