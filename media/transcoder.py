"""I/O: the transcoder, a process beside the media worker that has the legs in G.722 and Opus.

Opus costs a hundred times what G.711 does, and the matrix must not wait for it. So the worker hands the packets of such
legs over and takes what has become of them in the step after; what it says to them goes the same way out. A worker
without such a leg never starts this process. It ends with the worker, when their line is closed; if it falls behind,
only its own legs lose sound (:mod:`media.transcoder_port` brings no packets while the line is full).
"""

import argparse
import gc
import select
import signal
import socket
from collections.abc import Iterable

from media.codecs import TRANSCODED
from media.control import Line
from media.decoding import Decoding
from media.orders import Stream
from media.packing import Packing
from media.scheduling import ordinary
from media.transcoding import AnyPart, Begin, End, Hears, Said, Step


class _Leg:
    """Both ways of one leg."""

    def __init__(self, stream: Stream, sequence: int | None) -> None:
        self.codec_name = stream.codec
        codec = TRANSCODED[stream.codec](stream.fmtp)
        self.source = 0
        self.decoding = Decoding(codec, 0, None)
        self.packing = Packing(20, 0, encode=codec.encode, ratio=codec.ratio)
        self.packing.sequence = sequence
        self.agree(stream)

    def agree(self, stream: Stream) -> None:
        """As agreed on anew: payload types and packet times may be others, the streams go on."""
        decoding, ratio = self.decoding, stream.event_clock // 8000
        heard, event = stream.heard_type, stream.heard_event_type
        decoding.payload_type = stream.payload_type if heard is None else heard
        decoding.event_type = stream.event_type if event is None else event
        decoding.event_ratio = ratio
        self.packing.agree(stream.ptime, stream.payload_type, ratio)


class Transcoder:
    """All transcoded legs. No I/O in here."""

    def __init__(self) -> None:
        self._legs: dict[int, _Leg] = {}

    def work(self, parts: Iterable[AnyPart]) -> list[AnyPart]:
        """Do a batch of the worker's. Gives what is to go back; of a leg that is not there, nothing."""
        made: list[AnyPart] = []
        for part in parts:
            if isinstance(part, Step):
                for number, leg in self._legs.items():
                    made += [Said(number, octets, leg.source) for octets in leg.decoding.step()]
            elif isinstance(part, Begin):
                self._begin(part)
            elif isinstance(part, End):
                self._legs.pop(part.leg, None)
            elif leg := self._legs.get(part.leg):
                made += _pass(leg, part)
        return made

    def _begin(self, part: Begin) -> None:
        known = self._legs.get(part.leg)
        if known is not None and known.codec_name == part.stream.codec:
            known.agree(part.stream)
        else:
            self._legs[part.leg] = _Leg(part.stream, known.packing.sequence if known else None)


def _pass(leg: _Leg, part: Said | Hears) -> list[AnyPart]:
    if isinstance(part, Hears):
        return [Hears(part.leg, octets) for octets in leg.packing.put(part.octets, part.event)]
    leg.source = part.source
    return [Said(part.leg, octets, part.source) for octets in leg.decoding.put(part.octets)]


def serve(line: Line) -> None:
    """Until the worker hangs up."""
    transcoder = Transcoder()
    while not line.closed:
        select.select([line], [line] if line.waiting else [], [])
        line.flush()
        line.send(transcoder.work(line.receive()))
    line.close()


def main() -> None:
    """Serve the worker at the other end of the line that was handed over."""
    parser = argparse.ArgumentParser(prog="python -m media.transcoder")
    parser.add_argument("--line", type=int, required=True, help="file descriptor of the line to the media worker")
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ordinary()
    gc.freeze()
    serve(Line(socket.socket(fileno=options.line), AnyPart))


if __name__ == "__main__":
    main()
