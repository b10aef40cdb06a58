"""Keys as tones: found where they are, and nowhere else."""

import numpy as np
import pytest

from media import g711, orders
from media.dialling import tone
from media.rtp import FRAME
from media.shim import built
from media.tones import HIGH, KEYS, LOW, Tones
from tests.media.speech import SOUNDS, read
from tests.media.town import Town


def dtmf(key, ms=40, low=-10.0, high=-10.0, off=0.0):
    """A key at these levels in dBm0, off by so many per cent."""
    row, column = divmod(KEYS.index(key), 4)
    moments = 2 * np.pi * np.arange(8 * ms) / 8000 * (1 + off / 100)
    levels = [32124 * 10 ** ((level - 3.14) / 20) for level in (low, high)]
    return levels[0] * np.sin(LOW[row] * moments) + levels[1] * np.sin(HIGH[column] * moments + 1)


def pause(ms=40):
    return np.zeros(8 * ms)


@pytest.fixture(params=[
    pytest.param(built, id="c", marks=pytest.mark.skipif(built is None, reason="the shim was not built")),
    pytest.param(None, id="numpy"),
], autouse=True)
def way(request, monkeypatch):
    """Every test here is of both."""
    monkeypatch.setattr(Tones.__init__, "__defaults__", (request.param,))


def heard(*parts, shift=0, codec=0, noise=0.0, seed=1):
    """The keys that are found in these samples, one after the other."""
    samples = np.concatenate([np.zeros(shift), *parts, np.zeros(8000)])
    samples = samples + np.random.default_rng(seed).normal(0, noise or 1e-9, len(samples))
    words = g711.ENCODE[codec][np.clip(samples, -32768, 32767).astype(np.int16).view(np.uint16)]
    tones, codecs = Tones(1), np.array([codec], np.uint8)
    tones.listen(0, True)
    frames = words[: len(words) // FRAME * FRAME].reshape(-1, 1, FRAME)
    return "".join(key for frame in frames for _, key in tones.step(frame, codecs))


def heard_by_rows(samples):
    """The same for many rows at once: (row, key)."""
    rows, length = samples.shape[0], samples.shape[1] // FRAME * FRAME
    words = g711.ENCODE[0][np.clip(samples[:, :length], -32768, 32767).astype(np.int16).view(np.uint16)]
    tones, codecs = Tones(rows), np.zeros(rows, np.uint8)
    for row in range(rows):
        tones.listen(row, True)
    frames = (np.ascontiguousarray(words[:, at : at + FRAME]) for at in range(0, length, FRAME))
    return [press for frame in frames for press in tones.step(frame, codecs)]


@pytest.mark.parametrize("codec", [0, 1])
def test_every_key_of_40_ms_after_40_ms_is_heard_once(codec):
    keys = [part for key in KEYS for part in (dtmf(key), pause())]
    assert {heard(*keys, shift=shift, codec=codec) for shift in range(0, 160, 8)} == {KEYS}


@pytest.mark.parametrize("ms", [50, 100, 500, 5000])
def test_a_key_is_one_press_however_long_it_is_held(ms):
    assert heard(dtmf("5", ms), pause(), dtmf("5", ms)) == "55"


def test_what_is_too_short_is_no_key():
    assert {heard(dtmf(key, 22), shift=shift) for key in KEYS for shift in range(0, 160, 16)} == {""}


def test_a_drop_out_of_10_ms_does_not_make_two_of_one():
    for shift in range(0, 160, 16):
        assert heard(dtmf("7", 60), pause(10), dtmf("7", 60), shift=shift) == "7"


def test_a_key_that_follows_another_without_a_pause_is_heard():
    assert heard(dtmf("1", 60), dtmf("2", 60), dtmf("1", 60)) == "121"


@pytest.mark.parametrize("off", [-1.5, -1.0, 1.0, 1.5])
def test_tones_may_be_off_by_what_q24_allows(off):
    keys = [part for key in KEYS for part in (dtmf(key, 50, off=off), pause(50))]
    assert {heard(*keys, shift=shift) for shift in range(0, 160, 40)} == {KEYS}


@pytest.mark.parametrize("off", [-5.0, 5.0])
def test_tones_that_are_others_are_not(off):
    assert heard(*[part for key in KEYS for part in (dtmf(key, 60, off=off), pause())]) == ""


@pytest.mark.parametrize(("low", "high", "accepted"), [
    (-10, -6, True), (-10, -18, True), (-25, -25, True), (-3, -3, True), (-29, -29, True),
    (-15, -7, False), (-6, -18, False), (-10, -60, False), (-60, -10, False), (-45, -45, False),
])  # fmt: skip
def test_twist_and_level(low, high, accepted):
    expected = KEYS if accepted else ""
    assert heard(*[part for key in KEYS for part in (dtmf(key, 50, low, high), pause(50))]) == expected


@pytest.mark.parametrize("seed", range(5))
def test_noise_15_db_below_hides_nothing(seed):
    level = 32124 * 10 ** ((-10 - 3.14) / 20)
    keys = [part for key in KEYS * 4 for part in (dtmf(key, 50), pause(50))]
    assert heard(*keys, noise=level * 10 ** (-15 / 20), seed=seed) == KEYS * 4


def test_one_tone_noise_and_rings_are_no_keys():
    moments = 2 * np.pi * np.arange(16000) / 8000
    for hertz in (350, 425, 440, 480, 697, 941, 1209, 1633, 2100):
        assert heard(9000 * np.sin(hertz * moments)) == ""
    assert heard(6000 * np.sin(440 * moments) + 6000 * np.sin(480 * moments)) == ""
    assert heard(np.zeros(80_000), noise=6000.0) == ""


def test_no_shipped_prompt_and_no_music_sounds_like_a_key():
    files = sorted(SOUNDS.rglob("*.wav"))
    samples = np.concatenate([read(str(file)) for file in files]).astype(float)
    assert len(files) > 100
    assert len(samples) > 8000 * 120
    stretches = [np.resize(samples[at:], 31 * 8000) for at in range(0, len(samples), 30 * 8000)]
    for shift in (0, 40):
        rows = np.stack([*stretches, *(0.3 * each for each in stretches)])
        assert heard_by_rows(np.pad(rows, ((0, 0), (shift, 0)))) == []
    assert heard_by_rows(np.stack([np.concatenate([dtmf("5"), pause()]), np.zeros(640)])) == [(0, "5")]


def test_a_press_is_told_where_no_events_were_agreed_on_and_reaches_the_partner_once():
    town = Town()
    one = town.open("a", event_type=None)
    town.open("b")
    town.obey(orders.Join("a", "b"))
    codes = []
    for frame in np.concatenate([pause(100), tone("8", 800), pause(200)]).astype(np.int16).reshape(-1, 160):
        town.step(one.say(g711.ENCODE[0][frame.view(np.uint16)].tobytes()))
        codes += [packet.payload[0] for packet in town.events["b"]]
    assert town.told == [orders.Pressed("a", "8")]
    assert codes == [8] * 8


def test_tones_are_speech_where_events_were_agreed_on_or_the_settings_say_so():
    for town, event_type in ((Town(), 101), (Town(tones=False), None)):
        one = town.open("a", event_type=event_type)
        for frame in tone("8", 1600).reshape(-1, 160):
            town.step(one.say(g711.ENCODE[0][frame.view(np.uint16)].tobytes()))
        assert town.told == []


def test_digits_go_out_as_tones_where_events_are_not_taken():
    town = Town()
    town.open("a", event_type=None)
    town.open("b", payload_type=8, event_type=None)
    assert town.obey(orders.Press("a", "159#"), orders.Press("b", "D0")) == []
    for leg, codec, digits in (("a", 0, "159#"), ("b", 1, "D0")):
        town.obey(orders.Press(leg, digits))
        words = []
        for _ in range(2 * 9 * len(digits) + 5):
            town.step()
            words.append(np.frombuffer(town.hears(leg), np.uint8))
        samples = g711.DECODE[codec][np.concatenate(words)]
        assert heard(samples) == (2 * digits if leg == "a" else digits)


def test_an_event_is_heard_as_a_tone_by_a_partner_without_events():
    town = Town()
    one = town.open("a")
    town.open("b", event_type=None)
    town.obey(orders.Join("a", "b"))
    for _ in range(5):
        town.step(one.say())
    begun, words = one.timestamp, []
    for length, end in ((160, False), (320, False), (480, True), (480, True), (480, True)):
        town.step(one.key(5, length, end, begun))
        words.append(np.frombuffer(town.hears("b"), np.uint8))
    for _ in range(15):
        town.step()
        words.append(np.frombuffer(town.hears("b"), np.uint8))
    assert heard(g711.DECODE[0][np.concatenate(words)]) == "5"


def test_both_ways_are_the_same():
    """In what is pressed, and in what is remembered of it, with keys that are cut, noisy and one upon the other."""
    if built is None:
        pytest.skip("the shim was not built")
    rng, rows = np.random.default_rng(4), 40
    sides = [Tones(rows, built), Tones(rows, None)]
    codecs = (np.arange(rows) % 2).astype(np.uint8)
    samples = np.zeros((rows, 40 * FRAME))
    for row in range(rows):
        for _ in range(8):
            part = dtmf(KEYS[rng.integers(16)], int(rng.integers(15, 90)), *rng.uniform(-30, -6, 2), rng.uniform(-2, 2))
            at = rng.integers(0, samples.shape[1] - len(part))
            samples[row, at : at + len(part)] += part
    samples += rng.normal(0, 1, samples.shape) * rng.choice([1, 100, 800], (rows, 1))
    words = np.stack([g711.ENCODE[codec][np.clip(line, -32768, 32767).astype(np.int16).view(np.uint16)]
                      for codec, line in zip(codecs, samples, strict=True)])
    for side in sides:
        for row in range(0, rows - 4):
            side.listen(row, True)
    pressed = 0
    for at in range(0, words.shape[1], FRAME):
        said = np.ascontiguousarray(words[:, at : at + FRAME])
        ours, theirs = (sorted(side.step(said, codecs)) for side in sides)
        assert ours == theirs
        pressed += len(ours)
        assert sides[0].down.tolist() == sides[1].down.tolist()
    assert pressed > rows
