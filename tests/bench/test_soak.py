"""How a soak is judged. The soak itself is in tests/interop."""

import copy

from bench.soak import HELD as NAMES
from bench.soak import MEMORY_BESIDES, RING, Look, flat, left

HELD = {"alive": dict.fromkeys(NAMES, 2.0), "processes": {"7": {"handles": 30, "sockets": 10, "threads": 4, "memory": 1}}}


def held(alive=None, **process):
    changed = copy.deepcopy(HELD)
    changed["alive"] |= alive or {}
    changed["processes"]["7"] |= process
    return changed


def test_what_is_held_more_than_before_is_left_over():
    assert left(HELD, held()) == left(HELD, held({"legs": 0.0})) == {}
    assert left(HELD, held({"legs": 3.0, "timers": 9.0})) == {"legs": (2.0, 3.0), "timers": (2.0, 9.0)}


def test_sockets_of_media_are_kept_and_files_are_not():
    assert left(HELD, held(handles=500, sockets=480)) == {}
    assert "file handles of 7" in left(HELD, held(handles=500, sockets=400))
    assert "threads of 7" in left(HELD, held(threads=40))


def test_a_process_that_is_gone_is_trouble():
    assert left(HELD, {"alive": HELD["alive"], "processes": {}}) == {"process 7": (1, 0)}


def test_memory_is_flat_but_for_the_ring_of_the_journal():
    steady = [Look(at, 300_000_000, RING + at, 100) for at in range(100)]
    assert flat(steady) == ""
    rising = [look._replace(memory=look.memory + look.at * 2_000_000, by={"switch 7": look.at * 2_000_000})
              for look in steady]
    assert "grew" in flat(rising) and "switch 7 100 to 198" in flat(rising)
    early = [look._replace(memory=look.memory * 2) if look.at < 40 else look for look in rising[:40] + steady[40:]]
    assert flat(early) == "", "what was in the first half is over"
    filling = [Look(at, 300_000_000 + at * 900_000, at * 900, 100) for at in range(100)]
    assert flat(filling) == "" and flat([look._replace(entries=0) for look in filling]) != ""
    assert MEMORY_BESIDES < 100 << 20
