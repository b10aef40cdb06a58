"""``python -m tests.pictures [--into FOLDER] [--language LANGUAGE ...] [--dark] [--width PIXELS]``: take the pictures of the
documentation (``make screenshots``). Needs Chromium, Playwright and Pillow.
"""

import argparse
import asyncio
import io
import sys
import tempfile
import time
from pathlib import Path

from tests.pages.browsing import Chromium
from tests.pictures.album import PICTURES, WIDTH, Album, Look
from tests.pictures.cast import CASTS, Cast
from tests.pictures.scene import STEPS, Scene

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
COLOURS = 128
"""Of a picture's palette: pages have few, and the edges of their letters some more."""
BAR = 40


def main() -> int:
    options = _parser().parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    casts = [cast for cast in CASTS if cast.language in (options.language or [cast.language])]
    bar = Bar(len(casts) * (STEPS + sum(map(len, PICTURES.values()))))
    look = Look("dark" if options.dark else "light", options.width)
    for cast in casts:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_take(Path(folder) / "switch", cast, options.into, look, bar))
    bar.end()
    return 0


async def _take(folder: Path, cast: Cast, into: Path, look: Look, bar: "Bar") -> None:
    def keep(name: str, png: bytes) -> None:
        path = into / f"{name}-{cast.language}.png"
        path.write_bytes(small(png))
        bar.step(path.name)

    folder.mkdir()
    async with Scene(folder, cast, lambda what: bar.step(f"{cast.language}: {what}")) as scene:
        await scene.play()
        async with Chromium(scene.switch.url) as chromium:
            await Album(scene, chromium, keep, look).take()


def small(png: bytes) -> bytes:
    """The same picture with a palette of its own, packed as well as PNG can."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    packed = io.BytesIO()
    picture.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
    return packed.getvalue()


class Bar:
    """How far it is, on the terminal."""

    def __init__(self, steps: int) -> None:
        self.steps, self.done, self.began = steps, 0, time.monotonic()

    def step(self, what: str) -> None:
        """One more is done, and this is it."""
        self.done += 1
        full = BAR * self.done // self.steps
        line = f"[{'#' * full}{'.' * (BAR - full)}] {self.done}/{self.steps} {time.monotonic() - self.began:4.0f} s  {what}"
        print(f"\r\033[K{line}" if sys.stderr.isatty() else line, end="" if sys.stderr.isatty() else "\n", file=sys.stderr,
              flush=True)

    def end(self) -> None:
        """It is over."""
        print(file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("--into", type=Path, default=FOLDER, help="where the pictures go (default: docs/pictures)")
    parser.add_argument("--language", action="append", choices=[cast.language for cast in CASTS], help="only this one")
    parser.add_argument("--dark", action="store_true", help="as who likes dark screens sees them")
    parser.add_argument("--width", type=int, default=WIDTH, help="of the window, in pixels")
    return parser


sys.exit(main())
