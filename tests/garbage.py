"""What only the garbage collector could free, which comes seldom: rings of objects that know each other.

Whoever makes a ring breaks it when it is over. To see who is in one: ``gc.set_debug(gc.DEBUG_SAVEALL)`` before the last
collection, then ``gc.garbage``.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def garbage() -> Iterator[list[int]]:
    """A list that gets, in the end, the number of such objects that were made meanwhile."""
    found: list[int] = []
    gc.disable()
    gc.freeze()
    try:
        yield found
        found.append(gc.collect())
    finally:
        gc.unfreeze()
        gc.enable()
