"""What a leg costs in each codec: CPU microseconds for one leg and one step of 20 ms.

    python -m bench.codecs [--legs 50] [--steps 250]

The matrix and the transcoder are stepped by hand, without sockets, every leg speaking and hearing a shipped prompt; so
the figures are those of the arithmetic alone, and of both processes apart. ``python -m bench.rtp_load`` measures a
whole worker.
"""

import argparse
import time
from random import Random

import numpy as np

from ivr.prompts import SHIPPED
from media import g711
from media.codecs import TRANSCODED
from media.matrix import Matrix
from media.orders import Open, Play, Stream
from media.pool import Pool
from media.rtp import Packets, build
from media.sounds import read
from media.transcoder import Transcoder

KINDS = {"PCMU": {}, "PCMU, 60 ms out": {"ptime": 60}, "PCMU, keys as tones": {"event_type": None},
         "G722": {"codec": "G722", "payload_type": 9}, "opus": {"codec": "opus", "payload_type": 98},
         "opus, with redundancy": {"codec": "opus", "payload_type": 98, "fmtp": "useinbandfec=1"}}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--legs", type=int, default=50)
    parser.add_argument("--steps", type=int, default=250)
    options = parser.parse_args()
    print(f"{options.legs} legs, {options.steps} steps; CPU us a leg and step   matrix  transcoder")
    for kind, stream in KINDS.items():
        matrix, transcoder = measure(options.legs, options.steps, stream)
        print(f"{kind:50}{matrix:8.1f}{transcoder:12.1f}")


def measure(legs: int, steps: int, stream: dict) -> tuple[float, float]:
    """CPU microseconds a leg and step: of the matrix, of the transcoder."""
    pool = Pool()
    files = sorted((SHIPPED / "en").glob("*.wav"))
    speech = np.concatenate([read(str(file)) for file in files])[: 160 * (steps + 50)]
    sound = pool.add(speech)
    matrix, transcoder = Matrix(legs, pool, lambda path: sound, Random(1)), Transcoder()
    for leg in range(legs):
        agreed = Stream("192.0.2.1", 4000 + 2 * leg, **stream)
        matrix.obey(Open(str(leg), leg, agreed))
        matrix.obey(Play(str(leg), "p", ("speech",)))
    said = _spoken(speech, agreed, steps)
    spent = [0.0, 0.0]
    for step in range(steps):
        packets = [(leg, said[step], ("192.0.2.1", 4000 + 2 * leg)) for leg in range(legs)]
        columns = Packets.of(packets, spare=2 * legs)
        begun = time.process_time()
        matrix.step(columns, step * 0.02)
        between = time.process_time()
        outbox, matrix.parts.transcoding.outbox = matrix.parts.transcoding.outbox, []
        made = transcoder.work(outbox)
        ended = time.process_time()
        matrix.transcoded(made)
        spent[0] += between - begun + time.process_time() - ended
        spent[1] += ended - between
    return spent[0] / steps / legs * 1e6, spent[1] / steps / legs * 1e6


def _spoken(speech: np.ndarray, stream: Stream, steps: int) -> list[bytes]:
    """The packets of a phone."""
    words = g711.ENCODE[g711.PCMU][speech.view(np.uint16)].tobytes()
    codec = TRANSCODED[stream.codec](stream.fmtp) if stream.codec in TRANSCODED else None
    packets = []
    for step in range(steps):
        frame = words[step * 160 : step * 160 + 160]
        payload = codec.encode(frame) if codec else frame
        packets.append(build(stream.payload_type, step, step * 160 * (codec.ratio if codec else 1), 7, payload))
    return packets


if __name__ == "__main__":
    main()
