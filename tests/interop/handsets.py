"""Three phones with the same keys, so that one day can be lived with each of them.

Each is registered as an agent's when its block begins, and speaks whenever a call is up. ``heard()`` gives at 8 kHz what
the calls so far brought to its ear (baresip: the last call).
"""

from pathlib import Path

import numpy as np

from tests.interop.baresip import Baresip
from tests.interop.linphone import Linphone
from tests.interop.parties import Softphone
from tests.interop.sound import RATE, mono


def _so_far(ear: Path, rate: int = RATE) -> np.ndarray:
    """A file that a phone has perhaps not begun. linphone writes its head last: until then only the length is known."""
    if not ear.exists() or ear.stat().st_size < 100:
        return np.zeros(0)
    if ear.read_bytes()[:4] != b"RIFF":
        return np.zeros(ear.stat().st_size // 2 * RATE // rate)
    return mono(ear)


class Pjsua2Keys:
    def __init__(self, phone: Softphone, speech: Path, info: bool) -> None:
        self.phone, self.speech, self.info = phone, speech, info
        self._ears = 0

    async def _listen(self) -> None:
        self._ears += 1
        self._ear = await self.phone.record(f"heard-{self._ears}-by-{self.phone.user}")

    async def _speak(self, since: int) -> None:
        await self.phone.wait(event="media", active=True, since=since)
        await self.phone.do("say", path=str(self.speech), loop=True)

    async def dial(self, number: str) -> None:
        since = self.phone.mark()
        await self._listen()
        await self.phone.call(number)
        await self._speak(since)

    async def press(self, digit: str) -> None:
        await self.phone.do("press", digits=digit, info=self.info)

    async def pick_up(self) -> None:
        since = self.phone.mark()
        await self.phone.wait(event="incoming")
        await self._listen()
        await self.phone.answer()
        await self._speak(since)
        self.phone.items.clear()

    async def hold(self) -> None:
        await self.phone.do("hold")

    async def resume(self) -> None:
        await self.phone.do("resume")

    async def blind(self, number: str) -> None:
        await self.phone.do("refer", uri=f"sip:{number}@{self.phone.server};transport={self.phone.transport}")

    async def attended(self) -> None:
        await self.phone.do("refer_both")

    async def hang_up(self) -> None:
        await self.phone.hang_up()

    def heard(self) -> np.ndarray:
        return _so_far(self._ear)


class BaresipKeys:
    def __init__(self, phone: Baresip) -> None:
        self.phone = phone

    async def dial(self, number: str) -> None:
        await self.phone.call(number)

    async def press(self, digit: str) -> None:
        await self.phone.do("sndcode", digit)

    async def pick_up(self) -> None:
        await self.phone.wait(type="CALL_INCOMING")
        await self.phone.do("accept")
        self.phone.items.clear()

    async def hold(self) -> None:
        await self.phone.do("hold")

    async def resume(self) -> None:
        await self.phone.do("resume")

    async def blind(self, number: str) -> None:
        await self.phone.do("transfer", f"sip:{number}@{self.phone.server}")

    async def hang_up(self) -> None:
        await self.phone.do("hangup")

    def heard(self) -> np.ndarray:
        return _so_far(self.phone.heard())


class LinphoneKeys:
    def __init__(self, phone: Linphone) -> None:
        self.phone, self._calls = phone, 0

    async def dial(self, number: str) -> None:
        self._calls += 1
        await self.phone.call(number)

    async def press(self, digit: str) -> None:
        await self.phone.do(digit)

    async def pick_up(self) -> None:
        self._calls += 1
        await self.phone.knows(self._calls)  # its log tells of the call before its console can be told to answer it
        since = self.phone.mark()
        await self.phone.do(f"answer {self._calls}")
        await self.phone.streams(since)

    async def hold(self) -> None:
        since = self.phone.mark()
        await self.phone.do("pause")
        await self.phone.wait(r"to \[?LinphoneCallPaused\b", since=since)

    async def resume(self) -> None:
        since = self.phone.mark()
        await self.phone.do(f"resume {self._calls}")
        await self.phone.streams(since)

    async def blind(self, number: str) -> None:
        await self.phone.do(f"transfer sip:{number}@{self.phone.server}")

    async def attended(self) -> None:
        await self.phone.knows(self._calls)
        await self.phone.do(f"transfer {self._calls - 1} --to-call {self._calls}")

    async def hang_up(self) -> None:
        await self.phone.do("terminate")

    def heard(self) -> np.ndarray:
        return _so_far(self.phone.heard, self.phone.rate)


