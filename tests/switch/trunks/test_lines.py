"""Which trunks are there, whose calls come from where, and how many may begin."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.trunks.lines import Line, Lines, place_of
from switch.trunks.rules import Outside, Probe, Registration, Trunk


def line(**rules):
    return Line("one", Trunk("192.0.2.1", **rules))


def test_a_trunk_goes_down_after_so_many_silences_and_comes_up_after_so_many_answers():
    one = line(probe=Probe(every=30, down_after=2, up_after=2))
    assert one.state == "unknown" and one.there
    assert one.probed(200, 0.0) and one.state == "up" and one.ask_at == 30.0
    assert not one.probed(408, 30.0) and one.there
    assert one.probed(503, 60.0) and one.state == "down" and one.refusal(0, 60.0) == "down"
    assert not one.probed(200, 90.0) and not one.there
    assert not one.probed(408, 120.0) and not one.probed(200, 150.0)
    assert one.probed(404, 180.0) and one.there, "whoever says 404 is there"
    assert not one.probed(501, 210.0) and one.run > 0


@given(st.lists(st.sampled_from([200, 404, 408, 500, 503]), max_size=40), st.integers(1, 4), st.integers(1, 4))
def test_the_state_follows_from_the_last_answers(statuses, down, up):
    one, changes = line(probe=Probe(down_after=down, up_after=up)), ["unknown"]
    for moment, status in enumerate(statuses):
        before = one.state
        assert one.probed(status, float(moment)) == (one.state != before)
        if one.state != before:
            changes.append(one.state)
            recent = [each < 500 and each != 408 for each in statuses[:moment + 1]]
            wanted = (up if before == "down" else 1) if one.state == "up" else down
            assert recent[-wanted:] == [one.state == "up"] * wanted
    assert all(first != second for first, second in itertools.pairwise(changes))


def test_a_trunk_that_registers_must_be_registered():
    one = line(register=Registration("user", "secret"))
    assert one.there, "nothing is known yet"
    one.registration = "failed"
    assert one.refusal(0, 0.0) == "down"
    one.registration = "registered"
    assert one.there


def test_limits_of_calls_at_once_and_in_a_second():
    one = line(calls=2, calls_per_second=3)
    assert one.refusal(1, 0.0) == "" and one.refusal(2, 0.0) == "full"
    for moment in (0.0, 0.1, 0.2):
        assert one.refusal(0, moment) == ""
        one.began(moment)
    assert one.refusal(0, 0.3) == "too_fast" and one.refusal(0, 1.01) == ""


def test_less_than_a_call_a_second():
    one = line(calls_per_second=0.1)
    one.began(0.0)
    assert one.refusal(0, 9.0) == "too_fast" and one.refusal(0, 10.0) == ""


@given(st.lists(st.floats(0, 20), min_size=1, max_size=60), st.integers(1, 5))
def test_no_second_has_more_calls_than_allowed(moments, rate):
    one, begun = line(calls_per_second=rate), []
    for moment in sorted(moments):
        if not one.refusal(0, moment):
            one.began(moment)
            begun.append(moment)
    assert all(sum(start <= other and other - start < 1.0 for other in begun) <= rate for start in begun)


def test_trunks_are_asked_in_turn_and_never_twice_at_once():
    lines = Lines(Outside(trunks={"a": Trunk("192.0.2.1"), "b": Trunk("192.0.2.2", probe=Probe(every=0))}), 5.0)
    assert lines.deadline == 5.0 and lines.due(5.0) == ["a"] and lines.deadline is None and lines.due(99.0) == []
    lines.lines["a"].probed(200, 6.0)
    assert lines.deadline == 36.0
    assert Lines(Outside()).deadline is None


@pytest.mark.parametrize(("host", "port", "name"), [
    ("192.0.2.1", 5060, "plain"), ("192.0.2.1", 40000, "plain"), ("198.51.100.9", 1, "net"), ("198.51.100.77", 1, ""),
    ("203.0.113.5", 5060, "exact"), ("203.0.113.5", 5061, ""), ("2001:db8::7", 5060, "six"), ("2001:db8:1::7", 5060, ""),
    ("::ffff:198.51.100.9", 5060, "net"), ("fe80::1%eth0", 5060, ""), ("10.0.0.9", 5060, "plain"), ("nowhere", 5060, ""),
])
def test_a_call_is_known_by_where_it_comes_from(host, port, name):
    lines = Lines(Outside(trunks={
        "plain": Trunk("192.0.2.1", register=Registration("u", "p", registrar="10.0.0.9")),
        "net": Trunk("example.net", sources=("198.51.100.0/28",)),
        "exact": Trunk("203.0.113.5", sources=("203.0.113.5:5060",)),
        "six": Trunk("2001:db8::1", sources=("2001:db8::/48",)),
    }))
    assert lines.of(host, port) == name
    assert Lines(Outside()).of(host, port) == ""


def test_a_trunk_with_a_certificate_is_known_by_it_alone():
    lines = Lines(Outside(trunks={"a": Trunk("192.0.2.1", certificate="Sip.Example.net"), "b": Trunk("192.0.2.2")}))
    assert lines.of("192.0.2.1", 5061) == "" and lines.of("198.51.100.9", 1, ("x", "sip.example.net")) == "a"
    assert lines.of("192.0.2.2", 1, ("sip.example.org",)) == "b"


def test_a_trunk_that_is_known_by_name_is_found_where_it_has_answered():
    lines = Lines(Outside(trunks={"a": Trunk("sip.example.net"), "b": Trunk("192.0.2.2")}))
    lines.learn("a", ("udp", "198.51.100.9", 5060))
    lines.learn("a", None)
    lines.learn("b", ("udp", "198.51.100.10", 5060))
    lines.learn("a", ("udp", "192.0.2.2", 5060))
    assert [lines.of(f"198.51.100.{last}", 1) for last in (9, 10)] == ["a", ""] and lines.of("192.0.2.2", 1) == "b"


def test_places_are_addresses_with_a_port():
    assert place_of("[2001:db8::1]:5060") == ("2001:db8::1", 5060)
    assert place_of("2001:db8::1") is None and place_of("host:5060") is None and place_of("192.0.2.1") is None
