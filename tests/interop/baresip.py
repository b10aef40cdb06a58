"""baresip, told what to do through its control socket (JSON in netstrings). What it hears is dumped to a file."""

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.interop.parties import FIRST, PATIENCE, Inbox, until
from tests.interop.ports import BARESIP, free_port
from tests.interop.sound import RATE, write_wav

MODULES = Path("/usr/lib/baresip/modules")
LONGEST = 60
"""Seconds of speech: baresip hangs up when its source file ends."""

CONFIG = """
sip_listen 127.0.0.1:{sip}
net_interface 127.0.0.1
module_path {modules}
module g711.so
module g722.so
module opus.so
module aufile.so
module aubridge.so
module sndfile.so
module srtp.so
module_tmp account.so
module_app ctrl_tcp.so
module_app menu.so
ctrl_tcp_listen 127.0.0.1:{control}
rtp_ports {rtp}
audio_source aufile,{speech}
audio_player aubridge,nowhere
audio_alert aubridge,nowhere
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
snd_path {folder}
"""


class Baresip(Inbox):
    """Used as ``async with``; says ``speech`` again and again in every call. ``password``: as an agent's phone."""

    FULL = {"G722": "G722/16000/1", "opus": "opus/48000/2"}
    """What it must be told of codecs that are not 8 kHz, or it takes all that it has."""

    def __init__(self, program: str, user: str, server: str, folder: Path, speech: np.ndarray, *, password: str = "",
                 codec: str = "pcma", srtp: str = "",
                 transport: str = "udp", info: bool = False) -> None:
        super().__init__(f"baresip {user}")
        self.program, self.user, self.server = program, user, server
        self.folder = folder / f"baresip-{user}"
        self.folder.mkdir()
        self._control = free_port()
        how = f";auth_pass={password};regint=600" if password else ";regint=0"
        how += f";mediaenc={srtp}" if srtp else ""
        how += ";dtmfmode=info" if info else ""
        self._way = f";transport={transport}"
        how += f";audio_codecs={self.FULL.get(codec, codec)}"
        (self.folder / "accounts").write_text(f"<sip:{user}@{server}{self._way}>{how}\n")
        (self.folder / "contacts").touch()
        (self.folder / "config").write_text(CONFIG.format(
            sip=free_port(), control=self._control, rtp=BARESIP, modules=MODULES, folder=self.folder,
            speech=self._speech(speech)))
        self._process: asyncio.subprocess.Process | None = None

    def _speech(self, samples: np.ndarray) -> Path:
        path = self.folder / "speech.wav"
        write_wav(path, np.resize(samples, LONGEST * RATE))
        return path

    async def __aenter__(self) -> "Baresip":
        with (self.folder / "log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *FIRST, self.program, "-f", str(self.folder), "-v", "-s", stdin=asyncio.subprocess.DEVNULL, stdout=log,
                stderr=log)
        await until(lambda: "baresip is ready" in self.messages(), "baresip is ready")
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._control)
        self._task = asyncio.ensure_future(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process.returncode is None:
            await self.quit()
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._writer.close()

    async def _read(self) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length = (await self._reader.readuntil(b":"))[:-1]
                self.put(json.loads((await self._reader.readexactly(int(length) + 1))[:-1]))

    async def do(self, command: str, parameter: str = "") -> dict[str, Any]:
        """Give a command of its menu; fails when baresip says no."""
        since = self.mark()
        body = json.dumps({"command": command, "params": parameter, "token": command}).encode()
        self._writer.write(b"%d:%s," % (len(body), body))
        answer = await self.wait(since=since, response=True, token=command)
        assert answer["ok"], answer
        return answer

    async def call(self, number: str) -> None:
        await self.do("dial", f"sip:{number}@{self.server}{self._way}")
        await self.wait(type="CALL_ESTABLISHED")

    async def quit(self) -> None:
        """Hang up, sign off, end."""
        await self.do("quit")
        try:
            await asyncio.wait_for(self._process.wait(), PATIENCE)
        except TimeoutError:
            self._process.kill()
            raise AssertionError(f"{self.whose} did not end:\n{self.messages()[-3000:]}") from None

    def heard(self) -> Path:
        """What the far end said in the last call."""
        return max(self.folder.glob("dump-*-dec.wav"), key=lambda path: path.stat().st_mtime)

    def messages(self) -> str:
        """Its log, with every SIP message."""
        return (self.folder / "log").read_text(errors="replace")
