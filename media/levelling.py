"""Speech as prompts want it: no silence around it, no click at its ends, as loud as all the others.

Engines leave half a second of silence here and none there, and speak at any level; a caller who hears a number put
together from such pieces hears gaps and jumps. So each piece is cut at its first and last audible moment, faded in and
out there, and brought to one loudness. The figures are those of the shipped sounds.
"""

import numpy as np

RATE = 8000
LOUDNESS = 10 ** (-20 / 20)
"""Root mean square of the speech, full scale = 1."""
PEAK = 10 ** (-1 / 20)
AUDIBLE = 10 ** (-38 / 20)
"""What is softer than this, against the loudest moment, is cut off at both ends."""
NOTHING = 1e-4
"""The loudest sample of a sound in which nothing is said."""
FRAME, SPARE = RATE // 100, 3 * RATE // 100
"""10 ms are judged at once; 30 ms are left before and behind what is audible, and faded."""
BREATH = 0.25
"""Seconds of silence behind a sentence."""
TOUCH = 0.04
"""Seconds of silence behind a word that others follow."""


def level(sound: np.ndarray, pause: float) -> np.ndarray:
    """Samples of -1.0 to 1.0 at 8 kHz, trimmed and levelled, with ``pause`` seconds of silence at the end. Empty where
    nothing is said."""
    sound = sound - sound.mean() if len(sound) else sound
    if _is_nothing(sound) or _is_nothing(sound := trim(sound)):
        return np.zeros(0)
    loud = np.abs(sound) > np.abs(sound).max() * 0.05
    sound = sound * LOUDNESS / np.sqrt(np.mean(sound[loud] ** 2))
    if np.abs(sound).max() > PEAK:
        sound = np.tanh(sound * 1.2) / 1.2
    sound = sound * min(1.0, PEAK / np.abs(sound).max())
    return np.concatenate([sound, np.zeros(int(pause * RATE))])


def _is_nothing(sound: np.ndarray) -> bool:
    return not len(sound) or bool(np.abs(sound).max() < NOTHING)


def trim(sound: np.ndarray) -> np.ndarray:
    """Cut at the first and last audible 10 ms, with 30 ms to spare, and fade these."""
    frames = np.pad(sound, (0, -len(sound) % FRAME)).reshape(-1, FRAME)
    loud = np.sqrt(np.mean(frames**2, axis=1))
    audible = np.flatnonzero(loud > loud.max() * AUDIBLE)
    start, end = max(0, audible[0] * FRAME - SPARE), min(len(sound), (audible[-1] + 1) * FRAME + SPARE)
    sound = sound[start:end].copy()
    ramp = np.linspace(0, 1, min(SPARE, len(sound) // 2))
    sound[: len(ramp)] *= ramp
    sound[len(sound) - len(ramp) :] *= ramp[::-1]
    return sound
