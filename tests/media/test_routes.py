"""Orders find their worker, and ports are shared out without rest."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from media.orders import Bridge, Close, Finish, Join, Music, Open, Part, Pause, Play, Record, Resume, Stop
from media.routes import Routes, split


def test_ports_are_shared_out():
    assert split(40000, 49998, 1) == [(40000, 49998)]
    assert split(40000, 49998, 2) == [(40000, 44999), (45000, 49998)]
    assert split(10000, 10005, 2) == [(10000, 10001), (10002, 10005)]
    assert split(10000, 10003, 9) == [(10000, 10001), (10002, 10003)], "no worker without a pair"


@settings(deadline=None)
@given(st.integers(512, 20000), st.integers(1, 30000), st.integers(1, 64))
def test_every_port_is_somebodys_and_pairs_stay_together(half, length, workers):
    first, last = 2 * half, 2 * half + length
    spans = split(first, last, workers)
    assert (spans[0][0], spans[-1][1]) == (first, last)
    assert all(begin % 2 == 0 and begin <= end for begin, end in spans)
    assert all(end + 1 == begin for (_, end), (begin, _) in pairwise(spans))
    sizes = [(end - begin) // 2 + 1 for begin, end in spans]
    assert max(sizes) - min(sizes) <= 1 and len(spans) == min(workers, length // 2 + 1)


def test_orders_go_to_the_worker_of_their_leg():
    routes = Routes(split(40000, 40399, 2))
    assert [routes.of(Open("a", 40000)), routes.of(Open("b", 40200)), routes.of(Open("c", 40398))] == [0, 1, 1]
    assert [routes.of(order) for order in (Play("a", "p", ()), Stop("b"), Music("c", ""), Part("a"))] == [0, 1, 1, 0]
    assert routes.of(Join("b", "c")) == routes.of(Bridge("x", ("b", "c"))) == 1
    assert routes.of(Close("b")) == 1 and routes.of(Part("b")) is None
    assert routes.of(Bridge("x", ("b", "c"))) == 1, "whoever is there tells"
    assert routes.of(Bridge("x", ())) is None


def test_a_recording_stays_where_it_began():
    routes = Routes(split(40000, 40399, 2))
    routes.of(Open("a", 40200))
    assert routes.of(Record("r", "/r.wav", "", "a")) == 1
    assert routes.of(Close("a")) == 1
    assert [routes.of(order) for order in (Pause("r"), Resume("r"), Record("r", "/r.wav", "a", ""), Finish("r"))] == [1] * 4
    assert routes.of(Finish("r")) is None
    assert routes.of(Record("s", "/s.wav", "a")) is None
    assert not routes._legs and not routes._recordings


def test_who_is_gone_is_forgotten():
    routes = Routes(split(40000, 40399, 2))
    for order in (Open("a", 40000), Open("b", 40200), Record("r", "/r.wav", "a"), Record("s", "/s.wav", "b")):
        routes.of(order)
    routes.forget(0)
    assert [routes.of(order) for order in (Part("a"), Pause("r"), Part("b"), Pause("s"))] == [None, None, 1, 1]
