"""A tree walked at the terminal: keys are typed, prompts are read, or heard where there is a speaker.

The clock is the walk's own: it moves by what is said and by waiting, not by how long somebody thinks at the keyboard.
"""

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence

from ivr.effects import Hush, LookUp, Say
from ivr.prompts import Prompts
from ivr.rehearsal import OUTCOMES, Rehearsal
from switch.trees.cases import KEYS, Answer, seconds
from switch.trees.words import told

HELP = "keys and Enter press them; Enter alone lets time pass; `wait 3`; `hang up`"
PLAYERS = {"aplay": ("aplay", "-q"), "play": ("play", "-q")}
"""Programs that play WAV files in a row, with what they are told before the files."""


class NoPlayer(Exception):
    """There is nothing to play sounds with; the message says what to install."""


class Speaker:
    """Plays sounds in the background. Raises :class:`NoPlayer`."""

    def __init__(self, find: Callable[[str], str | None] = shutil.which) -> None:
        name = next((name for name in PLAYERS if find(name)), None)
        if name is None:
            raise NoPlayer(f"there is no player for sounds ({' or '.join(PLAYERS)}): install `alsa-utils` or `sox`")
        self._command, self._playing = PLAYERS[name], None

    def play(self, paths: Sequence[str]) -> None:
        self.stop()
        if paths:
            self._playing = subprocess.Popen((*self._command, *paths), stdin=subprocess.DEVNULL,
                                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def finish(self) -> str:
        """Wait until it was all played; what the player complained of."""
        if self._playing is not None:
            self._playing.wait()
        return self.stop()

    def stop(self) -> str:
        """Be quiet; what the player complained of, if it could not play."""
        playing, self._playing = self._playing, None
        if playing is None:
            return ""
        playing.terminate() if playing.poll() is None else None
        _, complaint = playing.communicate()
        return complaint.strip().partition("\n")[0] if (playing.returncode or 0) > 0 else ""


class Dialling:
    """``ask`` gives a line from the person, None at the end; ``show`` prints one. ``answers``: what look-ups come to; who
    is not named is asked for."""

    def __init__(self, rehearsal: Rehearsal, prompts: Prompts, ask: Callable[[str], str | None], show: Callable[[str], None],
                 answers: Mapping[str, Answer], speaker: Speaker | None = None) -> None:
        self.rehearsal, self.prompts, self.ask, self.show = rehearsal, prompts, ask, show
        self.answers, self.speaker, self._shown = answers, speaker, 0

    def run(self) -> None:
        """Until the walk has ended or the person hangs up."""
        self.show(HELP)
        self._settle()
        while self.rehearsal.left is None:
            line = self.ask("> ")
            if line is None or line.strip() in ("hang up", "h"):
                self.show(f"{self._clock()}  hung up in {self.rehearsal.walk.tree.first.kind} {self.rehearsal.walk.menu}")
                break
            self._do(line.strip())
        if self.speaker:
            self.speaker.stop()

    def _do(self, line: str) -> None:
        length = seconds(line)
        if not line:
            self.rehearsal.do_nothing()
        elif length is not None:
            self.rehearsal.wait(length)
        elif set(line) <= KEYS:
            for digit in line:
                self.rehearsal.press(digit)
                self._settle()
        else:
            self.show(HELP)
        self._settle()

    def _settle(self) -> None:
        """Show what is new, and have look-ups answered."""
        self._show()
        while (asked := self.rehearsal.asked) is not None:
            answer = self.answers.get(asked.node) or self._answer(asked)
            self.rehearsal.answer(answer.outcome, dict(answer.values))
            if answer.outcome == "timeout":
                self.rehearsal.wait(asked.deadline)
            self._show()

    def _answer(self, asked: LookUp) -> Answer:
        while True:
            line = self.ask(f"answer of {asked.node} (found NAME=VALUE ..., {', '.join(OUTCOMES[1:])}): ")
            if line is None:
                return Answer("failed")
            try:
                return answer_of(line)
            except ValueError as wrong:
                self.show(str(wrong))

    def _show(self) -> None:
        for at, effect in self.rehearsal.told[self._shown:]:
            self.show(f"{self._clock(at)}  {told(effect, self.prompts, self.rehearsal.walk.language)}")
            if self.speaker and isinstance(effect, Say):
                self.speaker.play(self.prompts.paths(effect.prompts, effect.variables, self.rehearsal.walk.language))
            elif self.speaker and isinstance(effect, Hush) and (complaint := self.speaker.stop()):
                self.show(f"the player cannot play: {complaint}")
        self._shown = len(self.rehearsal.told)

    def _clock(self, at: float | None = None) -> str:
        minutes, rest = divmod(int(self.rehearsal.now if at is None else at), 60)
        return f"{minutes}:{rest:02}"


def answer_of(text: str) -> Answer:
    """``found tier=gold balance=7``, ``not_found``: what a look-up comes to. Raises ValueError, which says what to write."""
    outcome, *pairs = text.replace(",", " ").split() or [""]
    if outcome not in OUTCOMES or not all("=" in pair for pair in pairs):
        raise ValueError(f"`{text}` is no answer; write `found NAME=VALUE ...` or one of {', '.join(OUTCOMES[1:])}")
    return Answer(outcome, dict(pair.split("=", 1) for pair in pairs))
