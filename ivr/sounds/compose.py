"""The sounds that are not speech: music for those who wait, and tones. Development only; needs NumPy.

    python ivr/sounds/compose.py

The music is twelve bars of four beats at eighty beats a minute, 36 seconds, composed here note by note. A telephone
carries 300 to 3,400 Hz, so there is no deep bass, the melody sits around 600 Hz, and nothing is percussive: what is
sudden or dense comes out of a codec as noise. Notes at the end ring on into the beginning, so the loop has no seam.
"""

from pathlib import Path

import numpy as np
from mulaw import RATE, write

HERE = Path(__file__).parent
BEAT = 0.75
"""Seconds."""
BEATS = 48
PARTIALS = ((1, 1.0), (2, 0.35), (3, 0.12), (4, 0.06))
"""(multiple of the note's pitch, strength): something between a harp and an electric piano."""

CHORDS = (
    "C4 E4 G4 B4", "E4 G4 B4 D5", "F4 A4 C5 E5", "G4 B4 D5 E5", "A3 C4 E4 G4", "E4 G4 B4 D5",
    "D4 F4 A4 C5", "G3 D4 F4 B4", "F4 A4 C5 E5", "E4 G4 B4 D5", "D4 F4 A4 E5", "G3 C4 D4 F4",
)  # fmt: skip
"""One chord a bar; its notes are broken upwards and down again in quavers."""

MELODY = (
    (0, "E5", 3), (3, "D5", 1), (4, "B4", 2), (6, "D5", 2), (8, "C5", 3), (11, "A4", 1), (12, "B4", 4),
    (17, "E5", 2), (19, "G5", 1), (20, "G5", 3), (23, "E5", 1), (24, "F5", 2), (26, "E5", 2), (28, "D5", 4),
    (32, "A5", 2), (34, "G5", 1), (35, "E5", 1), (36, "G5", 2), (38, "E5", 2), (40, "D5", 2),
    (42, "C5", 1), (43, "A4", 1), (44, "C5", 2), (46, "D5", 2),
)  # fmt: skip
"""(beat, note, beats)."""

SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def pitch(note: str) -> float:
    """Hertz of a note such as ``A4`` (440) in equal temperament."""
    return 440.0 * 2 ** ((SEMITONES[note[0]] - 9) / 12 + int(note[1]) - 4)


def pluck(note: str, seconds: float) -> np.ndarray:
    """One note that swells for 12 ms and dies away over twice its length; higher partials die sooner."""
    moments = np.arange(int(2 * seconds * RATE)) / RATE
    sound = np.zeros(len(moments))
    for multiple, strength in PARTIALS:
        if pitch(note) * multiple < 3400:
            fading = np.exp(-moments * (1 + multiple) / seconds)
            sound += strength * fading * np.sin(2 * np.pi * pitch(note) * multiple * moments)
    return sound * np.minimum(1, moments / 0.012) * np.minimum(1, (moments[-1] - moments) / 0.05)


def music() -> np.ndarray:
    """The whole loop, at -24 dB of full scale."""
    loop = np.zeros(int(BEATS * BEAT * RATE))

    def place(beat: float, sound: np.ndarray) -> None:
        where = (int(beat * BEAT * RATE) + np.arange(len(sound))) % len(loop)
        np.add.at(loop, where, sound)

    for bar, chord in enumerate(CHORDS):
        low, *rest = notes = chord.split()
        place(bar * 4, 0.5 * pluck(low, 3.0))
        for step, note in enumerate([*notes, *rest[::-1], low]):
            place(bar * 4 + step / 2, 0.3 * pluck(note, 0.9))
    for beat, note, beats in MELODY:
        place(beat, 0.6 * pluck(note, max(0.8, beats * BEAT)))
    return loop * 10 ** (-24 / 20) / np.sqrt(np.mean(loop**2))


def tone(hertz: float, seconds: float, decibels: float) -> np.ndarray:
    """A sine with soft edges, its peak at ``decibels`` of full scale."""
    moments = np.arange(int(seconds * RATE)) / RATE
    edges = np.clip(np.minimum(moments, moments[-1] - moments) / 0.01, 0, 1)
    return 10 ** (decibels / 20) * edges * np.sin(2 * np.pi * hertz * moments)


def ringback() -> np.ndarray:
    """What a caller hears while a phone rings: a second of 425 Hz in five (ITU-T E.180)."""
    return np.concatenate((tone(425, 1.0, -18), np.zeros(4 * RATE)))


if __name__ == "__main__":
    write(HERE / "music.wav", music())
    write(HERE / "beep.wav", tone(1000, 0.5, -12))
    write(HERE / "recording-beep.wav", tone(1400, 0.2, -20))
    write(HERE / "ringback.wav", ringback())
    write(HERE / "silence-1s.wav", np.zeros(RATE))
    write(HERE / "pause.wav", np.zeros(RATE // 4))
