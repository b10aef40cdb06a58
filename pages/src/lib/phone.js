// The agent's phone in this browser: registered over a websocket with a pass of its own, rung by the switch, answered here.
//
//          turnOn                registered                 rings              answered
//   off ───────────> connecting ───────────> reachable   (none) ──> ringing ───────────> talking
//    ^                   ^  │ another tab       │           ^          │                    │
//    └────── turnOff ────┴──│─── line lost ─────┘           └──────────┴────── over ────────┘
//                           └─> elsewhere
//
// A page that is loaded anew says nothing: the switch notices, plays music to the caller, and rings this phone again with
// the wish that it picks up by itself (Call-Info: answer-after=0). Only one tab of a browser is the phone. Holding and
// transferring are the switch's (the desk does that by commands); muting and keys are done here.

const ON = "shoal.phone";
const INSTANCE = "shoal.phone.instance";
const MICROPHONE = "shoal.phone.microphone";
const EARLY = 60;
/** Seconds before the end of a pass at which another is asked for. */
const PROOF = 3000;
/** Milliseconds in which a registration is answered on a connection that stands. */

const NO_WAY = "RTP Timeout";
/** Why JsSIP ends a call whose sound finds no way (ICE has failed). */

const trouble = (error) => ({ NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "missing", OverconstrainedError: "missing", NotReadableError: "taken" })[error?.name] ?? "missing";

export class Phone extends EventTarget {
  constructor({ session, agent, storage = localStorage, media = navigator.mediaDevices, locks = navigator.locks,
                later = (call, pause) => setTimeout(call, pause), stop = (timer) => clearTimeout(timer), now = () => Date.now() / 1000,
                sound = () => new Audio() }) {
    super();
    Object.assign(this, { session, agent, storage, media, locks, later, cancel: stop, now, sound });
    this.state = "off";
    this.trouble = "";
    this.call = null;
    this.tries = 0;
    session.addEventListener("state", () => this._follow());
    this._follow();
  }

  get wanted() {
    return this.storage.getItem(ON) === this.session.user && Boolean(this.session.user);
  }

  get microphone() {
    return this.storage.getItem(MICROPHONE) ?? "";
  }

  // -- on and off -----------------------------------------------------------------------------------------------------

  /** Be the phone of whoever is logged in; the browser asks for the microphone now, and not while it rings. */
  async turnOn() {
    this.storage.setItem(ON, this.session.user);
    const stream = await this.listen();
    for (const track of stream?.getTracks() ?? []) track.stop();
    if (stream) this._begin();
    else this.storage.removeItem(ON);
  }

  turnOff() {
    this.storage.removeItem(ON);
    this._end();
  }

  /** Use this microphone from now on; empty = the one of the system. */
  async choose(device) {
    this.storage.setItem(MICROPHONE, device);
    const sender = this.call?.state === "talking" && this._sender();
    if (!sender) return this.changed();
    const stream = await this.listen();
    if (!stream) return undefined;
    this._release();
    this.stream = stream;
    stream.getAudioTracks()[0].enabled = !this.call.muted;
    await sender.replaceTrack(stream.getAudioTracks()[0]);
    return this.changed();
  }

  async microphones() {
    const devices = (await this.media?.enumerateDevices?.()) ?? [];
    return devices.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== "default").map(({ deviceId, label }) => ({ device: deviceId, label }));
  }

  _follow() {
    const { state } = this.session;
    if (state === "out") this._end();
    else if (state === "open" && this.wanted && this.state === "off") this._begin();
    else if (state === "open" && this.away) this._prove();
    this.away = state === "connecting";
  }

  /** The page's own line was lost, and is back: does the phone's stand? A registration is answered, or it does not. */
  _prove() {
    const { ua } = this;
    if (this.state !== "reachable") return;
    this.proved = false;
    ua.register();
    this.later(() => ua === this.ua && !this.proved && ua.anew(), PROOF);
  }

  async _begin() {
    if (this.state !== "off") return;
    this.turn("connecting");
    if (this.locks) await this._alone();
    if (this.state !== "off") await this._register();
  }

  /** Resolves when no other tab of this browser is the phone; then this one is, until it is turned off. */
  _alone() {
    return new Promise((mine) => {
      const waiting = this.later(() => this.state === "connecting" && this.turn("elsewhere"), 500);
      this.aborted = new AbortController();
      this.locks.request(ON, { signal: this.aborted.signal }, () => new Promise((leave) => {
        this.cancel(waiting);
        this.leave = leave;
        mine();
      })).catch(mine);
    });
  }

  async _register() {
    this.turn("connecting");
    const pass = await this._pass();
    if (!pass || this.state === "off") return;
    const ua = (this.ua = this.agent({ origin: this.session.origin, pass, instance: this._instance() }));
    this.fresh = true;
    ua.on("connected", () => this._connected(ua));
    for (const told of ["registered", "registrationFailed", "disconnected"]) ua.on(told, () => { this.proved = true; });
    ua.on("disconnected", () => ua === this.ua && this.turn("connecting"));
    ua.on("registered", () => { this.tries = 0; this.turn("reachable"); });
    ua.on("registrationFailed", () => this._again(ua));
    ua.on("newRTCSession", ({ session, request, originator }) => originator === "remote" && this._rings(session, request));
    ua.start();
  }

  /** Each connection begins with a pass that is good, whatever has happened to the switch meanwhile. */
  async _connected(ua) {
    if (!this.fresh) await this._renew(ua);
    this.fresh = false;
    if (ua === this.ua) ua.register();
  }

  _again(ua) {
    if (ua !== this.ua) return;
    this.turn("connecting");
    this.later(() => ua === this.ua && this._connected(ua), 1000 * Math.min(30, 2 ** this.tries++));
  }

  async _renew(ua) {
    const pass = await this._pass();
    if (!pass || ua !== this.ua) return;
    ua.set("authorization_user", pass.login);
    ua.set("password", pass.password);
  }

  async _pass() {
    try {
      const pass = await (await this.session.request("POST", "/api/v1/phone")).json();
      this.cancel(this.renewal);
      this.renewal = this.later(() => this.ua && this._renew(this.ua), 1000 * Math.max(EARLY, Math.min(pass.expires_at - this.now() - EARLY, 86_400)));
      return pass;
    } catch {
      this.later(() => this.state === "connecting" && !this.ua && this._register(), 5000);
      return null;
    }
  }

  _end() {
    this.cancel(this.renewal);
    const { ua } = this;
    this.ua = null;
    ua?.stop();
    this.aborted?.abort();
    this.leave?.();
    this._over();
    this.turn("off");
  }

  _instance() {
    const kept = this.storage.getItem(INSTANCE) ?? crypto.randomUUID();
    this.storage.setItem(INSTANCE, kept);
    return kept;
  }

  // -- calls ----------------------------------------------------------------------------------------------------------

  _rings(session, request) {
    const itself = /answer-after=0/.test(request?.getHeader("Call-Info") ?? "");
    if (this.call && itself) this._drop();
    if (this.call) {
      session.terminate({ status_code: 486 });
      return;
    }
    const who = session.remote_identity;
    this.call = { session, state: "ringing", number: who?.uri?.user ?? "", name: who?.display_name ?? "", muted: false, since: 0 };
    for (const over of ["ended", "failed"]) session.on(over, ({ cause } = {}) => this.call?.session === session && this._over(cause));
    session.on("icecandidate", ({ ready }) => ready());
    session.on("peerconnection", ({ peerconnection }) => peerconnection.addEventListener("track", ({ track, streams }) => this._play(streams[0] ?? new MediaStream([track]))));
    session.on("confirmed", () => this.call?.session === session && this._talks());
    this.changed();
    if (itself) this.answer();
  }

  /** A call that is only remembered here: its connection has gone, and the switch rings anew for it. */
  _drop() {
    const { session } = this.call;
    this._over();
    try {
      session.terminate();
    } catch {
      // it is over already
    }
  }

  async answer() {
    const { call } = this;
    if (call?.state !== "ringing") return;
    call.state = "answering";
    const stream = await this.listen();
    if (this.call !== call) {
      for (const track of stream?.getTracks() ?? []) track.stop();
      return;
    }
    if (!stream) {
      call.state = "ringing";
      this.changed();
      return;
    }
    this.stream = stream;
    call.session.answer({ mediaStream: stream, pcConfig: { iceServers: [] } });
    this.changed();
  }

  hangUp() {
    const { call } = this;
    if (!call) return;
    if (call.state === "ringing") call.session.terminate({ status_code: 603 });
    else call.session.terminate();
  }

  mute(muted) {
    if (!this.call) return;
    this.call.muted = muted;
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = !muted;
    this.changed();
  }

  /** Keys: as RFC 4733 events where the other side takes them, else by INFO. */
  press(keys) {
    const sender = this._sender();
    if (sender?.dtmf?.canInsertDTMF) sender.dtmf.insertDTMF(keys, 120, 60);
    else this.call?.session.sendDTMF(keys);
  }

  /** What the browser counts of the call; null = there is none. */
  async stats() {
    return (await this.call?.session.connection?.getStats?.()) ?? null;
  }

  _talks() {
    Object.assign(this.call, { state: "talking", since: this.now() });
    this.changed();
  }

  _sender() {
    return this.call?.session.connection?.getSenders().find(({ track }) => track?.kind === "audio");
  }

  _play(stream) {
    this.speaker ??= Object.assign(this.sound(), { autoplay: true });
    this.speaker.srcObject = this.remote = stream;
    this.speaker.play?.()?.catch?.(() => {});
    this.changed();
  }

  /** `cause`: as JsSIP words it. */
  _over(cause = "") {
    if (cause === NO_WAY) this.trouble = "no_way";
    this._release();
    if (this.speaker) this.speaker.srcObject = null;
    this.call = this.remote = null;
    this.changed();
  }

  _release() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }

  async listen() {
    const device = this.microphone;
    const wish = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    try {
      if (!this.media?.getUserMedia) throw Object.assign(new Error(), { name: "Insecure" });
      const ask = (audio) => this.media.getUserMedia({ audio });
      const stream = device ? await ask({ ...wish, deviceId: { exact: device } }).catch((error) => (error.name === "OverconstrainedError" ? ask(wish) : Promise.reject(error))) : await ask(wish);
      this.trouble = "";
      return stream;
    } catch (error) {
      this.trouble = error.name === "Insecure" ? "insecure" : trouble(error);
      this.changed();
      return null;
    }
  }

  turn(state) {
    this.state = state;
    this.changed();
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }
}

const phones = new WeakMap();

/** The phone of a session: one, whichever view is open. */
export function phoneOf(session, agent) {
  if (!phones.has(session)) phones.set(session, new Phone({ session, agent }));
  return phones.get(session);
}
