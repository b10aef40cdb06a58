"""Who sits where, whatever comes and goes: no seat is lost or given twice, and nobody is seated apart."""

from hypothesis import given, settings
from hypothesis import strategies as st

from switch.seating import Seating


def test_with_one_worker_seats_are_given_in_turn():
    seats = Seating()
    seats.extend([10, 12, 14])
    assert [seats.take(), seats.take(0), seats.take(), seats.take()] == [10, 12, 14, None]
    seats.append(12)
    assert list(seats) == [12] and seats.taken(0) == 2 and seats.span(0) == (10, 14)


def test_nobody_is_seated_where_there_is_nobody():
    assert Seating().take() is None
    assert Seating().take(3) is None and Seating().span(3) is None


steps = st.lists(st.tuples(st.sampled_from(["take", "beside", "leave", "put back", "lose"]), st.integers(0, 9)), max_size=80)


@settings(deadline=None)
@given(steps, st.integers(1, 3))
def test_seats_are_conserved_and_the_emptiest_is_first(steps, workers):
    seats = Seating()
    of = {100 * worker + 2 * number: worker for worker in range(workers) for number in range(5)}
    for worker in range(workers):
        seats.extend([port for port, whose in of.items() if whose == worker], worker)
    taken = []
    for what, which in steps:
        worker = which % workers
        if what == "take":
            free = {each: 5 - sum(of[port] == each for port in taken) for each in range(workers)}
            free = {each: many for each, many in free.items() if seats.taken(each) + many == 5 and many}
            port = seats.take()
            assert (port is None) == (not free) and (port is None or free[of[port]] == max(free.values()))
        elif what == "beside":
            port = seats.take(worker)
            assert port is None or seats.worker_of(port) == of[port] == worker
        elif what == "lose":
            seats.lose(worker)
            taken = [port for port in taken if of[port] != worker]
            assert seats.take(worker) is None
            seats.extend([port for port, whose in of.items() if whose == worker], worker)
            continue
        elif taken:
            port = taken.pop(which % len(taken))
            seats.append(port) if what == "put back" else seats.extend([port], of[port])
            continue
        else:
            continue
        if port is not None:
            assert port not in taken
            taken.append(port)
        assert len(seats) == 5 * workers - len(taken)
        assert set(seats).isdisjoint(taken)
