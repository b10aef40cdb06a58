"""Who may stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.admission import Admission, Limits, source_of


@pytest.mark.parametrize(("one", "other", "same"), [
    ("192.0.2.1", "192.0.2.2", False),
    ("2001:db8::1", "2001:db8::ffff:1", True),
    ("2001:db8::1", "2001:db8:0:1::1", False),
    ("fe80::1%eth0", "fe80::2%eth1", True),
])  # fmt: skip
def test_a_household_of_ipv6_is_one_source(one, other, same):
    assert (source_of(one) == source_of(other)) is same


def test_a_source_that_has_its_share_leaves_room_for_others():
    admission = Admission(Limits(of_one_source=2, guests_of_one_source=2))
    tickets = [admission.enter("192.0.2.1")[0] for _ in range(3)]
    assert tickets[2] is None and admission.enter("192.0.2.2")[0] is not None
    admission.leave(tickets[0])
    admission.leave(tickets[0])
    assert admission.enter("192.0.2.1")[0] is not None


def test_guests_push_out_guests_only():
    admission = Admission(Limits(guests=1))
    host, _ = admission.enter("192.0.2.1")
    admission.spoke(host)
    silent, _ = admission.enter("192.0.2.2")
    assert admission.enter("192.0.2.3")[1] == silent and len(admission) == 2


ACTS = st.tuples(st.sampled_from(["enter", "spoke", "leave"]), st.integers(0, 30))


@given(st.lists(ACTS, max_size=60))
def test_the_counts_are_those_of_who_is_there(acts):
    admission, there = Admission(Limits(connections=8, of_one_source=3, guests=4, guests_of_one_source=2)), {}
    for act, number in acts:
        if act == "enter":
            host = f"192.0.2.{number % 5}"
            ticket, leaving = admission.enter(host)
            there.pop(leaving, None)
            if ticket is not None:
                there[ticket] = [host, True]
        elif there:
            ticket = sorted(there)[number % len(there)]
            getattr(admission, act)(ticket)
            there[ticket][1] = False
            if act == "leave":
                del there[ticket]
        guests = [host for host, guest in there.values() if guest]
        hosts = [host for host, _ in there.values()]
        assert len(admission) == len(there) <= 8 and len(guests) <= 4
        assert all(hosts.count(host) <= 3 and guests.count(host) <= 2 for host in hosts)
    for ticket in there:
        admission.leave(ticket)
    assert not (len(admission) or admission._count or admission._guest_count)
