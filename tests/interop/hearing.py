"""What a phone on real sockets hears, packet by packet with its moment, so that it can be said of any moment what was
heard at it, and proved by correlation whose voice that was."""

import asyncio
from collections import Counter
from pathlib import Path

import numpy as np
from world.live import FRAME, Voice

from ivr.prompts import SHIPPED
from media import g711
from media.sounds import read
from tests.interop.sound import A_LAW, MU_LAW, QUIET, SHIFT, STRETCH, find, rms

LAWS = {0: MU_LAW, 8: A_LAW}
"""By payload type."""


class Ear(Voice):
    """A voice that speaks without a pause, from somewhere in its sound on, and keeps all that it hears."""

    def __init__(self, sound, rng):
        super().__init__(sound, rng)
        spoken = read(SHIPPED / sound)
        self._frames = g711.encode(spoken, np.zeros(len(spoken), np.uint8)).tobytes()
        self._place = rng.randrange(len(spoken) // FRAME - 1) * FRAME
        self.heard = Counter()
        """Packets by stream."""
        self.packets = []
        """Moments (of the loop's clock) and packets."""

    def datagram_received(self, data, _):
        if len(data) > 12 and not 64 <= data[1] & 0x7F < 96:
            self.heard[data[8:12]] += 1
            self.packets.append((asyncio.get_running_loop().time(), data))

    def between(self, begin, end):
        """The samples that came in between, in their order."""
        came = sorted((int.from_bytes(data[2:4], "big"), data) for at, data in self.packets
                      if begin <= at < end and data[1] & 0x7F in LAWS)
        if came and came[-1][0] - came[0][0] > 0x8000:  # the numbers have begun anew
            came.sort(key=lambda each: (each[0] + 0x8000) & 0xFFFF)
        samples = [LAWS[data[1] & 0x7F][np.frombuffer(data[12:], np.uint8)] for _, data in came]
        return np.concatenate([np.zeros(0), *samples])


def said(*names):
    """The samples of shipped sounds, one after the other."""
    return np.concatenate([read(Path(SHIPPED / f"{name}.wav")).astype(float) for name in names])


def alike(heard, loop):
    """How surely what was heard is a piece of this sound, which is said over and over: as `likeness` says it,
    wherever in it the piece begins. 0 for silence."""
    parts = [at for at in range(0, len(heard) - STRETCH + 1, STRETCH) if rms(heard[at:at + STRETCH]) >= QUIET]
    if not parts:
        return 0.0
    anchor = max(parts, key=lambda at: rms(heard[at:at + STRETCH]))
    again = np.tile(loop, 2 + len(heard) // len(loop))
    begins = (find(heard[anchor:anchor + STRETCH], again[:len(loop) + STRETCH])[1] - anchor) % len(loop)
    around = np.tile(loop, 3 + len(heard) // len(loop))[len(loop) + begins - SHIFT:]
    values = [find(heard[at:at + STRETCH], around[at:at + STRETCH + 2 * SHIFT])[0] for at in parts]
    return float(np.median(values))
