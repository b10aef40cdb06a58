"""What tests of real phones measure with is right itself: their ears, and the ports that they give away."""

import numpy as np
import pytest

from tests.interop.ports import MEDIA, PHONES, part, rounds
from tests.interop.running import sound
from tests.interop.sound import LIKELY, LONG, RATE, SURE, found, likeness, mono, repeated, stretch_of

SAID, OTHER = mono(sound("en/demo-opening-hours")), mono(sound("en/demo-payment-dates"))


def test_a_sound_is_known_again_and_found_where_it_is():
    heard = np.concatenate([OTHER, SAID])
    assert found(SAID, heard) == (pytest.approx(1.0), len(OTHER))
    assert likeness(SAID, OTHER) < LIKELY and likeness(OTHER, SAID) < LIKELY


def dropped(samples, seconds):
    """So much is missing after each second."""
    return np.concatenate([samples[at:at + RATE - int(seconds * RATE)] for at in range(0, len(samples), RATE)])


def test_a_phone_that_stands_still_now_and_then_has_heard_it_but_not_one_that_loses_a_quarter():
    assert likeness(SAID, dropped(SAID, 0.08)) > SURE
    assert likeness(SAID, dropped(SAID, 0.25)) < SURE


@pytest.mark.parametrize("begins", range(0, len(SAID), RATE // 2))
def test_who_repeats_is_heard_wherever_one_begins_to_listen(begins):
    heard = np.tile(SAID, 2)[begins:begins + int(4.5 * RATE)]
    assert repeated(SAID, heard) > SURE > LIKELY > repeated(OTHER, heard)


def test_a_stretch_is_long_enough_or_none():
    def heard(samples):
        return np.concatenate([OTHER[:RATE // 2], samples, OTHER[RATE:2 * RATE]])

    assert stretch_of(np.tile(SAID, 2), heard(SAID[3 * RATE:3 * RATE + LONG + RATE // 4])) > SURE
    assert stretch_of(np.tile(SAID, 2), heard(SAID[3 * RATE:3 * RATE + LONG // 2])) < SURE
    assert stretch_of(SAID, OTHER) < LIKELY and stretch_of(SAID, SAID[:RATE]) == stretch_of(SAID, np.zeros(LONG)) == 0.0


def test_workers_of_pytest_share_the_ports():
    for ports in (PHONES, MEDIA):
        one, other = part(ports, "gw0", 2), part(ports, "gw1", 2)
        assert not set(one) & set(other) and set(one) | set(other) == set(ports) == set(part(ports, "gw0", 1))


def test_a_port_is_given_again_only_when_all_have_been_given():
    given = rounds(range(100, 110, 2))
    assert sorted(next(given) for _ in range(5)) == [100, 102, 104, 106, 108]
