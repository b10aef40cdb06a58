"""linphonec, told what to do by its console. It speaks from a file and writes what it hears to another.

Its settings are a file in the form that the phone itself keeps: which transport, which encryption, which codec, and who
it is. What happens is read from its log, which has every SIP message.
"""

import asyncio
import os
import re
from pathlib import Path

import numpy as np

from tests.interop.parties import FIRST, PATIENCE, until
from tests.interop.ports import free_port
from tests.interop.sound import RATE, mono, write_wav

CODECS = {"PCMU": 8000, "PCMA": 8000, "G722": 8000, "opus": 48000}
"""Names with their RTP clocks."""
ALL = (*CODECS.items(), ("speex", 32000), ("speex", 16000), ("speex", 8000), ("GSM", 8000), ("iLBC", 8000))

LONGEST = 60
"""Seconds of speech."""

SETTINGS = """
[sip]
{ports}
bind_address=127.0.0.1
media_encryption={encryption}
media_encryption_mandatory={mandatory}
verify_server_certs=0
verify_server_cn=0
use_ipv6=0
use_rfc2833={events}
use_info={info}
guess_hostname=0
contact="{user}" <sip:{user}@127.0.0.1>
default_proxy=0
register_only_when_network_is_up=0
[net]
mtu=1300
dns_srv_enabled=0
[rtp]
audio_rtp_port={rtp}
[sound]
echocancellation=0
agc=0
ec_filter=none
[auth_info_0]
username={user}
passwd={password}
[proxy_0]
reg_proxy=<sip:{server};transport={transport}>
reg_route=<sip:{server};transport={transport}>
reg_identity=sip:{user}@{server}
reg_expires=600
reg_sendregister={registers}
publish=0
avpf=0
"""


class Linphone:
    """Used as ``async with``. ``transport``: udp, tcp or tls; ``press``: keys go as events or by info."""

    def __init__(self, program: str, user: str, server: str, folder: Path, speech: Path, *, password: str = "",
                 codec: str = "PCMU", transport: str = "udp", srtp: bool = False, press: str = "events") -> None:
        self.program, self.user, self.server = program, user, server
        self.folder = folder / f"linphone-{user}"
        (self.folder / ".local/share/linphone").mkdir(parents=True)
        self.heard, self.speech = self.folder / "heard.wav", self.folder / "speech.wav"
        write_wav(self.speech, np.resize(mono(speech), LONGEST * RATE))
        self.rate = {"G722": 16000}.get(codec, CODECS[codec])
        self._transport, self._registers = transport, bool(password)
        ports = {"udp": "sip_port", "tcp": "sip_tcp_port", "tls": "sip_tls_port"}
        text = SETTINGS.format(
            ports="\n".join(f"{name}={free_port() if kind == transport else 0}" for kind, name in ports.items()),
            encryption="srtp" if srtp else "none", mandatory=0, user=user, password=password, server=server,
            events=int(press == "events"), info=int(press == "info"), rtp=free_port(),
            transport=transport, registers=int(self._registers))
        for number, (name, rate) in enumerate(ALL):
            text += f"[audio_codec_{number}]\nmime={name}\nrate={rate}\nchannels={2 if name == 'opus' else 1}\n" \
                    f"enabled={int(name == codec)}\n"
        (self.folder / "settings").write_text(text)
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "Linphone":
        with (self.folder / "console").open("wb") as console:
            self._process = await asyncio.create_subprocess_exec(
                *FIRST, self.program, "-c", str(self.folder / "settings"), "-d", "6", "-l", str(self.folder / "log"),
                stdin=asyncio.subprocess.PIPE, stdout=console, stderr=console, cwd=self.folder,
                env={**os.environ, "HOME": str(self.folder)})
        await self.wait("linphonec> ", self.said)
        await self.do("soundcard use files")
        await self.do(f"play {self.speech}")
        await self.do(f"record {self.heard}")
        if self._registers:
            await self.wait(r"to \[LinphoneRegistrationOk\]")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process.returncode is None:
            await self.do("quit")
        try:
            await asyncio.wait_for(self._process.wait(), PATIENCE)
        except TimeoutError:
            self._process.kill()
            raise AssertionError(f"linphone {self.user} did not end:\n{self.messages()[-3000:]}") from None

    async def do(self, command: str) -> None:
        """Type a line."""
        self._process.stdin.write(command.encode() + b"\n")
        await self._process.stdin.drain()

    async def call(self, number: str) -> None:
        """Dial, and wait until somebody answers."""
        since = self.mark()
        await self.do(f"call sip:{number}@{self.server};transport={self._transport}")
        await self.streams(since)

    async def knows(self, number: int) -> None:
        """Wait until its console knows the call of this number, made or got."""
        await self.wait(rf"assigned id {number}\b", self.said)

    async def streams(self, since: int) -> None:
        """Wait until a call is up, as it is after an answer, a resume."""
        await self.wait(r"to \[?LinphoneCallStreamsRunning", since=since)

    async def wait(self, pattern: str, said: object = None, since: int = 0) -> None:
        """Until its log (or what ``said`` gives) has this pattern after ``since``."""
        read = said or self.messages
        try:
            await until(lambda: re.search(pattern, read()[since:]), f"linphone {self.user} says {pattern}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.said()[-1500:]}\n{self.messages()[-3000:]}") from None

    def mark(self) -> int:
        """Where its log ends now."""
        return len(self.messages())

    def messages(self) -> str:
        """Its log, with every SIP message."""
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def said(self) -> str:
        """What it wrote on its console."""
        return (self.folder / "console").read_text(errors="replace")
