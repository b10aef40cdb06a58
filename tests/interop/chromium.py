"""A page in a real browser that speaks WebRTC with a media worker: no signalling but the calls of the test."""

from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required",
)  # fmt: skip
PAGE = """<!doctype html><audio id="sound" autoplay></audio><script>
const heard = [], plain = {echoCancellation: false, autoGainControl: false, noiseSuppression: false};
const ear = `registerProcessor("ear", class extends AudioWorkletProcessor {
    process([[sound]]) {  // In the thread of the sound: what is heard is heard, however late the page reads it.
        if (sound) this.port.postMessage(sound.slice());
        return true;
    }
})`;
let line, talk;
async function begin() {
    line = new RTCPeerConnection();
    const microphone = await navigator.mediaDevices.getUserMedia({audio: plain});
    talk = line.addTrack(microphone.getTracks()[0], microphone);
    const context = new AudioContext({sampleRate: 8000});
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([ear], {type: "text/javascript"})));
    const tap = new AudioWorkletNode(context, "ear");
    tap.port.onmessage = ({data}) => heard.push(...data);
    tap.connect(context.destination);
    let source;
    line.ontrack = ({streams}) => {  // Once more after each hold.
        document.getElementById("sound").srcObject = streams[0];
        source?.disconnect();
        source = context.createMediaStreamSource(streams[0]);
        source.connect(tap);
    };
}
async function offer(options) {
    await line.setLocalDescription(await line.createOffer(options));
    return line.localDescription.sdp;
}
async function answer(sdp) {
    await line.setRemoteDescription({type: "offer", sdp});
    await line.setLocalDescription(await line.createAnswer());
    return line.localDescription.sdp;
}
async function take(sdp) { await line.setRemoteDescription({type: "answer", sdp}) }
async function figures() {
    const found = {};
    for (const one of (await line.getStats()).values()) (found[one.type] ??= []).push(one);
    return found;
}
</script>"""


class Page:
    """One page; ``do`` runs a sentence of its script."""

    def __init__(self, page) -> None:
        self.do = page.evaluate

    async def heard(self, since: int = 0) -> np.ndarray:
        """What came out of its loudspeaker so far, from one sample on; 8 kHz, as loud as 16 bit."""
        return np.array(await self.do("(since) => heard.slice(since)", since), float) * 32768

    async def state(self) -> str:
        return await self.do("line.connectionState")


@asynccontextmanager
async def page(executable: str, microphone: Path):
    """A page whose microphone hears this file, again and again."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        arguments = [*ARGUMENTS, f"--use-file-for-fake-audio-capture={microphone}"]
        browser = await playwright.chromium.launch(executable_path=executable, args=arguments)
        made = await browser.new_page()
        await made.route("**/*", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        await made.goto("http://localhost/")
        await made.evaluate("begin()")
        try:
            yield Page(made)
        finally:
            await browser.close()
