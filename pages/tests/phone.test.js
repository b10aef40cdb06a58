// The browser's phone against a user agent, a microphone and a switch that the test plays.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Phone } from "../src/lib/phone.js";
import { figures, verdict } from "../src/lib/quality.js";

const settle = async () => {
  for (let turn = 0; turn < 12; turn++) await null;
};

class Emitter {
  constructor() {
    this.heard = {};
  }

  on(name, listener) {
    (this.heard[name] ??= []).push(listener);
  }

  emit(name, data = {}) {
    for (const listener of this.heard[name] ?? []) listener(data);
  }
}

class Agent extends Emitter {
  constructor(asked) {
    super();
    Object.assign(this, { asked, said: [], config: {} });
  }

  start() {
    this.said.push("start");
  }

  stop() {
    this.said.push("stop");
  }

  register() {
    this.said.push("register");
  }

  anew() {
    this.said.push("anew");
    this.emit("disconnected");
  }

  set(name, value) {
    this.config[name] = value;
  }

  rings(headers = {}, number = "0207") {
    const call = Object.assign(new Emitter(), {
      said: [], remote_identity: { uri: { user: number }, display_name: "" },
      answer(options) {
        this.said.push(["answer", options]);
      },
      terminate(options) {
        this.said.push(["terminate", options?.status_code]);
      },
      sendDTMF(keys) {
        this.said.push(["info", keys]);
      },
    });
    this.emit("newRTCSession", { session: call, originator: "remote", request: { getHeader: (name) => headers[name] } });
    return call;
  }
}

const track = () => ({ kind: "audio", enabled: true, stopped: false, stop() { this.stopped = true; } });

function arrange({ refused = "", storage = {}, state = "open" } = {}) {
  const agents = [], plans = [], streams = [];
  const session = Object.assign(new EventTarget(), {
    origin: "https://switch", user: "1001", state, asked: 0,
    async request() {
      this.asked++;
      if (this.away) throw new Error("away");
      return { json: async () => ({ uri: "sip:1001@s", login: `1001-${this.asked}`, password: "p", expires_at: 1000 }) };
    },
  });
  const media = {
    async getUserMedia(wish) {
      if (refused) throw Object.assign(new Error(), { name: refused });
      const tracks = [track()];
      streams.push({ wish, tracks, getTracks: () => tracks, getAudioTracks: () => tracks });
      return streams.at(-1);
    },
  };
  const kept = new Map(Object.entries(storage));
  const store = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value), removeItem: (name) => kept.delete(name) };
  const phone = new Phone({
    session, storage: store, media, locks: null, now: () => 0, sound: () => ({}),
    agent: (asked) => agents[agents.push(new Agent(asked)) - 1],
    later: (call, pause) => plans.push({ call, pause }), stop: () => {},
  });
  return { phone, session, agents, plans, streams, kept, media };
}

async function reachable(more) {
  const scene = arrange(more);
  await scene.phone.turnOn();
  await settle();
  const [ua] = scene.agents;
  ua.emit("connected");
  await settle();
  ua.emit("registered");
  return { ...scene, ua };
}

test("it is turned on with a microphone, registers with a pass, and remembers that it is on", async () => {
  const { phone, ua, streams, kept, session } = await reachable();
  assert.equal(phone.state, "reachable");
  assert.deepEqual(ua.said, ["start", "register"]);
  assert.equal(ua.asked.pass.login, "1001-1");
  assert.ok(streams[0].tracks[0].stopped, "the microphone is not held while nobody calls");
  assert.equal(kept.get("shoal.phone"), "1001");
  assert.match(kept.get("shoal.phone.instance"), /^[0-9a-f-]{36}$/);
  session.state = "out";
  session.dispatchEvent(new Event("state"));
  assert.equal(phone.state, "off");
  assert.equal(ua.said.at(-1), "stop");
});

test("a page that is loaded anew is the phone again, as the same device; a stranger's is not", async () => {
  const again = arrange({ storage: { "shoal.phone": "1001", "shoal.phone.instance": "i" } });
  await settle();
  assert.equal(again.agents[0].asked.instance, "i");
  assert.equal(again.streams.length, 0, "nobody is asked for the microphone");
  const other = arrange({ storage: { "shoal.phone": "1002" } });
  await settle();
  assert.equal(other.agents.length, 0);
});

for (const [name, said] of [["NotAllowedError", "refused"], ["NotFoundError", "missing"], ["NotReadableError", "taken"]]) {
  test(`a microphone that cannot be had (${said}) leaves the phone off and says what to do`, async () => {
    const { phone, agents } = arrange({ refused: name });
    await phone.turnOn();
    assert.deepEqual([phone.state, phone.trouble, agents.length, phone.wanted], ["off", said, 0, false]);
  });
}

test("a page that is not secure has no microphone at all", async () => {
  const { phone } = arrange();
  phone.media = undefined;
  await phone.turnOn();
  assert.equal(phone.trouble, "insecure");
});

test("each connection begins with a fresh pass, and what was refused is tried again", async () => {
  const { phone, ua, plans } = await reachable();
  ua.emit("disconnected");
  assert.equal(phone.state, "connecting");
  ua.emit("connected");
  await settle();
  assert.equal(ua.config.authorization_user, "1001-2");
  ua.emit("registrationFailed");
  const { call, pause } = plans.at(-1);
  assert.equal(pause, 1000);
  call();
  await settle();
  assert.equal(ua.said.filter((said) => said === "register").length, 3);
});

for (const [answered, name] of [[true, "an answer is enough"], [false, "silence is the end of it"]]) {
  test(`after the page's line was lost, the phone's is tried: ${name}`, async () => {
    const { phone, ua, plans, session } = await reachable();
    for (const state of ["connecting", "open"]) {
      session.state = state;
      session.dispatchEvent(new Event("state"));
    }
    assert.equal(ua.said.filter((said) => said === "register").length, 2);
    if (answered) ua.emit("registered");
    assert.equal(plans.at(-1).pause, 3000);
    plans.at(-1).call();
    assert.equal(ua.said.includes("anew"), !answered);
    assert.equal(phone.state, answered ? "reachable" : "connecting");
  });
}

test("a switch that does not answer is asked again", async () => {
  const { phone, session, plans, agents } = arrange();
  session.away = true;
  await phone.turnOn();
  await settle();
  assert.equal(agents.length, 0);
  session.away = false;
  plans.at(-1).call();
  await settle();
  assert.equal(agents.length, 1);
});

test("a call rings, is answered, muted, keyed and over", async () => {
  const { phone, ua, streams } = await reachable();
  const call = ua.rings();
  assert.deepEqual([phone.call.state, phone.call.number], ["ringing", "0207"]);
  await phone.answer();
  assert.equal(call.said[0][0], "answer");
  assert.equal(call.said[0][1].mediaStream, streams.at(-1));
  call.emit("confirmed");
  assert.equal(phone.call.state, "talking");
  phone.mute(true);
  assert.equal(streams.at(-1).tracks[0].enabled, false);
  phone.press("5");
  assert.deepEqual(call.said.at(-1), ["info", "5"]);
  const sent = [];
  call.connection = { getSenders: () => [{ track: { kind: "audio" }, dtmf: { canInsertDTMF: true, insertDTMF: (keys) => sent.push(keys) } }] };
  phone.press("7");
  assert.deepEqual(sent, ["7"]);
  call.emit("ended");
  assert.equal(phone.call, null);
  assert.ok(streams.at(-1).tracks[0].stopped);
});

test("a call whose sound finds no way says so, until the microphone is asked again", async () => {
  const { phone, ua } = await reachable();
  for (const [cause, said] of [["Terminated", ""], ["RTP Timeout", "no_way"]]) {
    const call = ua.rings();
    await phone.answer();
    call.emit("ended", { cause });
    assert.equal(phone.trouble, said);
  }
  ua.rings();
  await phone.answer();
  assert.equal(phone.trouble, "");
});

test("a second call is told that we are busy; one that rings is refused or rings off", async () => {
  const { phone, ua } = await reachable();
  const first = ua.rings();
  assert.deepEqual(ua.rings().said, [["terminate", 486]]);
  phone.hangUp();
  assert.deepEqual(first.said, [["terminate", 603]]);
  first.emit("failed");
  assert.equal(phone.call, null);
});

test("the switch may have it pick up by itself, also in the place of a call whose connection was lost", async () => {
  const { phone, ua } = await reachable();
  const before = ua.rings();
  await phone.answer();
  before.emit("confirmed");
  const again = ua.rings({ "Call-Info": "<sip:shoal>;answer-after=0" });
  await settle();
  assert.equal(before.said.at(-1)[0], "terminate");
  assert.equal(again.said[0][0], "answer");
  before.emit("ended");
  assert.equal(phone.call.session, again, "the end of the old one is not that of the new");
});

test("a caller who hangs up while the browser asks for the microphone is not answered", async () => {
  const { phone, ua, streams } = await reachable();
  const call = ua.rings();
  const answering = phone.answer();
  call.emit("failed");
  await answering;
  assert.deepEqual(call.said, []);
  assert.ok(streams.at(-1).tracks[0].stopped);
});

const report = (more) => new Map(Object.entries({
  heard: { type: "inbound-rtp", kind: "audio", packetsReceived: 100, packetsLost: 0, jitter: 0.004 },
  told: { type: "remote-inbound-rtp", kind: "audio", roundTripTime: 0.02 }, ...more }));

test("the quality of the line is of the last moments, in words", () => {
  const first = figures(report());
  assert.deepEqual([first.loss, first.jitter, first.trip], [0, 4, 20]);
  assert.equal(verdict(first), "good");
  const next = figures(report({ heard: { type: "inbound-rtp", kind: "audio", packetsReceived: 190, packetsLost: 10, jitter: 0.004 } }), first);
  assert.equal(next.loss, 10);
  assert.equal(verdict(next), "poor");
  assert.equal(verdict(figures(report({ heard: { type: "inbound-rtp", kind: "audio", packetsReceived: 190, packetsLost: 10, jitter: 0.004 } }), next)), "silent");
  assert.equal(verdict({ loss: 0.5, jitter: 35, trip: 20, silent: false }), "fair");
  assert.equal(verdict(figures(new Map())), "none");
});
