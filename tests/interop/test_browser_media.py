"""A real browser and a media worker: keys, sound both ways, keys that are pressed, holds and restarts."""

import asyncio
import random
import time
from contextlib import asynccontextmanager

import numpy as np
import pytest

from media import sdp
from media.orders import Certified, Change, Close, Finish, Open, Play, Pressed, Quality, Record, Recorded, Seats, Trouble
from media.port import MediaPort
from tests.interop.chromium import page
from tests.interop.parties import PATIENCE
from tests.interop.ports import media_port
from tests.interop.sound import SURE, likeness, mono, repeated, write_wav
from tests.media.speech import speech

pytest.importorskip("playwright")
SAID, TOLD = speech(4.0).astype(float), speech(4.0, seed=30).astype(float)


class Line:
    """A worker and a browser's leg of it; ``told`` is what the worker reported."""

    def __init__(self, tmp_path):
        self.told, self.folder, self.stream, self.said = [], tmp_path, None, b""
        self.port = MediaPort(self.told.extend, lambda: None)

    def of(self, kind):
        return [report for report in self.told if isinstance(report, kind)]

    async def until(self, condition):
        async with asyncio.timeout(PATIENCE):
            while not (await condition() if asyncio.iscoroutinefunction(condition) else condition()):
                await asyncio.sleep(0.05)

    def ours(self, *, offers=False):
        agreed = self.stream.web if self.stream else None
        names = (agreed.ufrag, agreed.password) if agreed else ("", "")
        ours = sdp.Browser(self.of(Certified)[0].fingerprint, random.SystemRandom().randbytes, *names, agreed, offers)
        port = self.of(Seats)[0].ports[0]
        return {"host": "127.0.0.1", "port": port, "session": 1, "previous": self.said, "browser": ours}

    def answer(self, offer):
        """Take the browser's offer; gives our answer."""
        agreed = sdp.answer(offer.encode(), **self.ours())
        self.said, first, self.stream = agreed.sdp, self.stream is None, agreed.stream
        self.port.send([Open("a", self.ours()["port"], self.stream) if first else Change("a", self.stream)])
        return agreed.sdp.decode()

    async def connected(self, browser):
        async def is_so():
            return await browser.do("line.connectionState") == "connected"
        await self.until(is_so)


@asynccontextmanager
async def both(tool, tmp_path):
    write_wav(tmp_path / "said.wav", SAID)
    write_wav(tmp_path / "told.wav", TOLD)
    line = Line(tmp_path)
    first = media_port()
    await line.port.start(first_port=first, last_port=first + 1998)
    try:
        await line.until(lambda: line.of(Seats) and line.of(Certified))
        async with page(tool("chromium"), tmp_path / "said.wav") as browser:
            yield line, browser
    finally:
        await line.port.close()


async def talk(line, browser, name="talk"):
    """Prove the sound both ways."""
    before = len(await browser.heard())
    path = line.folder / f"{name}.wav"
    line.port.send([Record(name, str(path), "a", mono=True), Play("a", name, (str(line.folder / "told.wav"),))])
    await asyncio.sleep(6.0)
    ends = time.monotonic() + PATIENCE
    while (sure := likeness(TOLD, await browser.heard(before))) < SURE and time.monotonic() < ends:
        await asyncio.sleep(1.0)
    line.port.send([Finish(name)])
    await line.until(lambda: any(report.recording == name for report in line.of(Recorded)))
    assert sure >= SURE, "the browser hears us"
    assert repeated(SAID, mono(path)) >= SURE, "we hear the browser"


async def test_a_browser_calls_talks_presses_a_key_holds_and_changes_its_way(tool, tmp_path):
    async with both(tool, tmp_path) as (line, browser):
        await browser.do("(sdp) => take(sdp)", line.answer(await browser.do("offer()")))
        await line.connected(browser)
        await talk(line, browser)
        await browser.do("talk.dtmf.insertDTMF('57#', 120, 80)")
        await line.until(lambda: len(line.of(Pressed)) >= 3)
        await asyncio.sleep(0.5)
        assert line.of(Pressed) == [Pressed("a", digit) for digit in "57#"]

        await browser.do("line.getTransceivers()[0].direction = 'sendonly'")
        await browser.do("(sdp) => take(sdp)", line.answer(await browser.do("offer()")))
        assert line.stream.direction == "recvonly"
        await browser.do("line.getTransceivers()[0].direction = 'sendrecv'")
        await browser.do("(sdp) => take(sdp)", line.answer(await browser.do("offer()")))
        before = line.stream.web
        await browser.do("(sdp) => take(sdp)", line.answer(await browser.do("offer({iceRestart: true})")))
        assert line.stream.web.theirs != before.theirs
        assert line.stream.web.ufrag != before.ufrag
        await talk(line, browser, "again")
        figures = await browser.do("figures()")
        assert [one["srtpCipher"] for one in figures["transport"]] == ["SRTP_AEAD_AES_128_GCM"]
        assert {one["mimeType"] for one in figures["codec"]} >= {"audio/PCMU"}
        assert figures["remote-inbound-rtp"], "our reports are read"

        line.port.send([Close("a")])
        await line.until(lambda: line.of(Quality))
        quality = line.of(Quality)[0]
        assert (quality.unopened, quality.replayed) == (0, 0)
        assert quality.received > 500
        assert quality.far is not None, "its reports are read"
        assert line.of(Trouble) == []


async def test_a_browser_is_called(tool, tmp_path):
    async with both(tool, tmp_path) as (line, browser):
        line.said = sdp.offer(**line.ours(offers=True))
        line.port.send([Open("a", line.ours()["port"])])
        answer = await browser.do("(sdp) => answer(sdp)", line.said.decode())
        line.stream = sdp.agree(line.said, answer.encode())
        assert not line.stream.web.active
        line.port.send([Change("a", line.stream)])
        await line.connected(browser)
        await talk(line, browser)
        assert line.of(Trouble) == []


async def test_a_browser_that_waits_for_us_is_begun_with(tool, tmp_path):
    async with both(tool, tmp_path) as (line, browser):
        line.said = sdp.offer(**line.ours(offers=True))
        line.port.send([Open("a", line.ours()["port"])])
        theirs = line.said.decode().replace("a=setup:actpass", "a=setup:active")
        answer = await browser.do("(sdp) => answer(sdp)", theirs)
        line.stream = sdp.agree(line.said, answer.encode())
        assert line.stream.web.active
        line.port.send([Change("a", line.stream)])
        await line.connected(browser)
        await talk(line, browser)


async def test_a_page_that_is_told_another_certificate_than_ours_hears_nothing(tool, tmp_path):
    async with both(tool, tmp_path) as (line, browser):
        said = line.answer(await browser.do("offer()"))
        shown = line.of(Certified)[0].fingerprint
        await browser.do("(sdp) => take(sdp)", said.replace(shown, ":".join(["00"] * 32)))

        async def failed():
            return await browser.state() == "failed"
        await line.until(failed)
        assert not np.any(await browser.heard())
        line.port.send([Close("a")])
        await line.until(lambda: line.of(Quality))
        assert line.of(Quality)[0].received == 0
