"""Whatever has ever broken something, and whatever reaches every corner, is tried each time; so is a little that is new."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.corpus import inputs, stored
from tests.fuzz.mutation import mutated
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_the_corpus_breaks_nothing(target):
    for data in inputs(target):
        TARGETS[target](data)


@pytest.mark.parametrize("target", TARGETS)
def test_seeded_changes_of_it_break_nothing(target):
    rng, known = random.Random(f"fuzz {target}"), inputs(target)
    for _ in range(40):
        TARGETS[target](mutated(rng, rng.choice(known), known))


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=25)
@given(data=st.binary(max_size=300))
def test_octets_of_any_kind_break_nothing(target, data):
    TARGETS[target](data)


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_has_a_corpus_that_is_small(target):
    files = stored(target)
    assert files
    assert all(path.stat().st_size <= 16_384 for path in files)


def test_a_target_says_when_something_broke(monkeypatch):
    """A harness that cannot fail would prove nothing: a parser that raises what it must not is noticed."""
    monkeypatch.setattr("tests.fuzz.targets.messages.parse", lambda data: {}["gone"])
    with pytest.raises(KeyError):
        TARGETS["sip"](b"OPTIONS sip:a SIP/2.0\r\n\r\n")
