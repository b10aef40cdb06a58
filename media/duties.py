"""The orders of :mod:`media.orders`, carried out on the parts of the matrix.

An order to a leg that is not there is answered with ``Trouble``, except to stop, part or close it: it is as they want
it already. That happens in every house: an order and the end of a call cross on the way.
"""

from collections import deque
from collections.abc import Callable

from media import dtmf, orders
from media.legs import Leg, Legs, Parts
from media.orders import AnyOrder, AnyReport, Played, Trouble
from media.pool import Sound
from media.sounds import SoundError

_ENDING = (orders.Stop, orders.Part, orders.Close)


class Duties:
    """What the matrix can be ordered to do. ``find`` gives the sound of a path, or raises ``SoundError``."""

    def __init__(self, legs: Legs, parts: Parts, find: Callable[[str], Sound]) -> None:
        self._legs = legs
        self._mixer = parts.mixer
        self._outgoing = parts.outgoing
        self._dialling = parts.dialling
        self._recorder = parts.recorder
        self._find = find
        self._of_a_leg: dict[type, Callable[..., list[AnyReport]]] = {
            orders.Change: legs.change,
            orders.Play: self._play,
            orders.Stop: self._stop,
            orders.Music: self._music,
            orders.Part: self._part,
            orders.Press: self._press,
            orders.Close: legs.close,
        }
        self._of_the_house: dict[type, Callable[..., list[AnyReport]]] = {
            orders.Open: legs.open,
            orders.Join: self._join,
            orders.Bridge: self._bridge,
            orders.Record: self._record,
            orders.Pause: self._pause,
            orders.Resume: self._pause,
            orders.Finish: self._finish,
        }

    def obey(self, order: AnyOrder) -> list[AnyReport]:
        """Carry out one order."""
        if duty := self._of_the_house.get(type(order)):
            return duty(order)
        leg = self._legs.find(order.leg)
        if leg is None:
            return [] if isinstance(order, _ENDING) else [_no_leg(order.leg)]
        return self._of_a_leg[type(order)](leg, order)

    def play_on(self, row: int) -> list[AnyReport]:
        """A sound of the foreground was heard to its end: the next one, or tell that it was the last."""
        return self._next_sound(self._legs.at(row))

    # -- sounds ----------------------------------------------------------------------------------------------------

    def _play(self, leg: Leg, order: orders.Play) -> list[AnyReport]:
        sounds, troubles = self._find_all(leg.name, order.sounds)
        leg.play, leg.sounds = order.play, deque(sounds)
        return troubles + self._next_sound(leg)

    def _next_sound(self, leg: Leg) -> list[AnyReport]:
        if leg.sounds:
            self._mixer.play(leg.row, leg.sounds.popleft())
            return []
        play = leg.play or ""
        self._silence(leg)
        return [Played(leg.name, play)]

    def _stop(self, leg: Leg, order: orders.Stop) -> list[AnyReport]:
        if order.play in ("", leg.play):
            self._silence(leg)
        return []

    def _music(self, leg: Leg, order: orders.Music) -> list[AnyReport]:
        sounds, troubles = self._find_all(leg.name, (order.sound,) if order.sound else ())
        self._mixer.music(leg.row, sounds[0] if sounds else None)
        return troubles

    def _find_all(self, leg: str, paths: tuple[str, ...]) -> tuple[list[Sound], list[AnyReport]]:
        """The sounds that there are, and trouble for each of the others; a sound without a frame is none."""
        sounds: list[Sound] = []
        troubles: list[AnyReport] = []
        for path in paths:
            try:
                sounds.append(self._find(path))
            except SoundError as error:
                troubles.append(Trouble(leg, str(error)))
        return [sound for sound in sounds if sound.end > sound.first], troubles

    def _silence(self, leg: Leg) -> None:
        """Nothing in the foreground, and nobody to be told."""
        leg.play = None
        leg.sounds.clear()
        self._mixer.play(leg.row, None)

    # -- who hears whom --------------------------------------------------------------------------------------------

    def _join(self, order: orders.Join) -> list[AnyReport]:
        one, other = self._legs.find(order.one), self._legs.find(order.other)
        if one is None or other is None:
            return [_no_leg(order.one if one is None else order.other)]
        if one is other:
            return [Trouble(order.one, "a leg cannot be joined with itself")]
        self._silence(one)
        self._silence(other)
        self._mixer.join(one.row, other.row)
        return []

    def _bridge(self, order: orders.Bridge) -> list[AnyReport]:
        legs = [(name, self._legs.find(name)) for name in order.legs]
        rows = {leg.row: name in order.muted for name, leg in legs if leg is not None}
        named = {name: leg.row for name, leg in legs if leg is not None}
        whispers = {named[one]: named[other] for one, other in order.whispers if one in named and other in named}
        for row in self._mixer.bridge(order.bridge, rows, whispers):
            self._silence(self._legs.at(row))
        return [_no_leg(name) for name, leg in legs if leg is None]

    def _part(self, leg: Leg, order: orders.Part) -> list[AnyReport]:
        self._mixer.part(leg.row)
        return []

    def _press(self, leg: Leg, order: orders.Press) -> list[AnyReport]:
        digits = order.digits.upper()
        if not all(digit in dtmf.DIGITS for digit in digits):
            return [Trouble(leg.name, f"{order.digits!r} is not all digits")]
        if not self._outgoing.type(leg.row, digits):
            self._dialling.type(leg.row, digits)
        return []

    # -- recordings ------------------------------------------------------------------------------------------------

    def _record(self, order: orders.Record) -> list[AnyReport]:
        self._recorder.record(order.recording, order.path, order.left, order.right, order.mono)
        return []

    def _pause(self, order: orders.Pause | orders.Resume) -> list[AnyReport]:
        known = self._recorder.pause(order.recording, isinstance(order, orders.Pause))
        return [] if known else [_no_recording(order.recording)]

    def _finish(self, order: orders.Finish) -> list[AnyReport]:
        return [] if self._recorder.finish(order.recording) else [_no_recording(order.recording)]


def _no_leg(leg: str) -> Trouble:
    return Trouble(leg, "there is no such leg")


def _no_recording(recording: str) -> Trouble:
    return Trouble("", f"there is no recording {recording}")
