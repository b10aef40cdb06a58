// A caller to try the switch with, in the page itself: a guest's phone over a websocket, as any stranger's, that says the
// same sentence again and again and needs no microphone. It is there while the demo passwords stand.

const VOICE = "/demo/voice.wav";

export class Caller extends EventTarget {
  constructor({ origin, agent, voice = speak, sound = () => new Audio() }) {
    super();
    Object.assign(this, { origin, agent, voice, sound });
    this.state = "free";
  }

  /** free ──> calling ──> talking ──> free; ends by either side. */
  async call(number) {
    if (this.state !== "free") return;
    this._turn("calling");
    this.said = await this.voice(`${this.origin}${VOICE}`);
    const host = new URL(this.origin).hostname;
    const ua = (this.ua = this.agent({ origin: this.origin, pass: { uri: `sip:visitor@${host}` } }));
    ua.on("connected", () => ua === this.ua && !this.session && this._invite(`sip:${number}@${host}`));
    ua.start();
  }

  _invite(target) {
    const { said } = this;
    const session = (this.session = this.ua.call(target, { mediaStream: said.stream, pcConfig: { iceServers: [] } }));
    session.on("icecandidate", ({ ready }) => ready());
    session.on("confirmed", () => this._turn("talking"));
    for (const over of ["ended", "failed"]) session.on(over, () => this.hangUp());
    session.connection.addEventListener("track", ({ track, streams }) => this._play(streams[0] ?? new MediaStream([track])));
  }

  press(key) {
    this.session?.connection.getSenders().find(({ dtmf }) => dtmf?.canInsertDTMF)?.dtmf.insertDTMF(key, 120, 60);
  }

  /** Whoever talks with this caller in the same room need not hear their own voice come back. */
  hush(hushed) {
    if (this.speaker) this.speaker.muted = hushed;
  }

  hangUp() {
    const { session, ua, said } = this;
    this.session = this.ua = this.said = null; // hanging up is heard as an end again
    if (session && !session.isEnded()) session.terminate();
    ua?.stop();
    said?.stop();
    if (this.speaker) this.speaker.srcObject = null;
    this._turn("free");
  }

  _play(stream) {
    this.speaker ??= Object.assign(this.sound(), { autoplay: true });
    this.speaker.srcObject = this.remote = stream;
    this.speaker.play?.()?.catch?.(() => {});
  }

  _turn(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}

/** What is said, as a stream of its own. */
async function speak(url) {
  const context = new AudioContext(), target = context.createMediaStreamDestination();
  const source = Object.assign(context.createBufferSource(), { loop: true });
  source.buffer = await context.decodeAudioData(await (await fetch(url)).arrayBuffer());
  source.connect(target);
  source.start();
  return { stream: target.stream, stop: () => context.close() };
}
