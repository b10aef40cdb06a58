"""Every trunk of a route is tried, in the order of priority; weights decide within one."""

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from switch.trunks.choosing import for_emergency, order, shares, usable
from switch.trunks.rules import Outside, Route, Share, Trunk

places = st.dictionaries(st.sampled_from("abcdefgh"), st.builds(Share, st.integers(1, 3), st.integers(0, 5)), max_size=8)


@given(places=places, seed=st.integers(0, 1000))
def test_each_trunk_comes_once_and_no_priority_before_a_better_one(places, seed):
    found = order(places, random.Random(seed))
    assert sorted(found) == sorted(places)
    assert [places[name].priority for name in found] == sorted(share.priority for share in places.values())


@given(places=places, seed=st.integers(0, 1000))
def test_a_trunk_without_weight_waits_for_those_that_have_one(places, seed):
    found = order(places, random.Random(seed))
    for priority in (1, 2, 3):
        weights = [places[name].weight > 0 for name in found if places[name].priority == priority]
        assert weights == sorted(weights, reverse=True)


def test_weights_are_kept_in_the_long_run():
    rng = random.Random(4)
    first = Counter(order({"a": Share(1, 3), "b": Share(1, 1), "c": Share(1, 0), "d": Share(2, 9)}, rng)[0]
                    for _ in range(4000))
    assert first["c"] == first["d"] == 0
    assert 2850 < first["a"] < 3150


def test_the_route_with_the_longest_prefix_is_taken():
    routes = {"all": Route(("+",), {"a": Share()}), "home": Route(("+49", "+43"), {"b": Share()}),
              "mobile": Route(("+4915",), {"c": Share()})}
    outside = Outside(country="49", trunks={name: Trunk("192.0.2.1") for name in "abc"}, routes=routes)
    found = ["".join(shares(outside, number)) for number in ("+1212", "+4930", "+43123", "+491511")]
    assert found == ["a", "b", "b", "c"]
    none = Outside(country="49", trunks=outside.trunks, routes={"home": routes["home"]})
    assert shares(none, "+1212") == {}
    plain = Outside(country="49", trunks=outside.trunks)
    assert order(shares(plain, "+1212"), random.Random(1)) == ["a", "b", "c"], "the order of the file"


def test_who_cannot_take_a_call_is_left_out_and_the_first_reason_told():
    assert usable(["a", "b", "c"], {"a": "down", "b": "", "c": ""}.get) == (["b", "c"], "")
    assert usable(["a", "b"], {"a": "down", "b": "full"}.get) == ([], "down")
    assert usable([], lambda name: "") == ([], "no_route")


def test_an_emergency_leaves_nobody_out():
    outside = Outside(trunks={name: Trunk("192.0.2.1") for name in "abc"}, emergency_trunks=("c",))
    assert for_emergency(outside, lambda name: True) == ["c", "a", "b"]
    assert for_emergency(outside, lambda name: name != "c") == ["a", "b", "c"]


def test_a_route_that_is_closed_leaves_its_calls_to_the_next_shorter_prefix():
    routes = {"all": Route(("+",), {"a": Share()}), "day": Route(("+49",), {"b": Share()}, {"mon-fri": "08:00-20:00"})}
    outside = Outside(country="49", trunks={name: Trunk("192.0.2.1") for name in "ab"}, routes=routes)
    assert list(shares(outside, "+4930123456")) == ["b"]
    assert list(shares(outside, "+4930123456", lambda route: not route.hours)) == ["a"]
    del routes["all"]
    assert not shares(outside, "+4930123456", lambda route: not route.hours)
