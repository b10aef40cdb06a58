// The tone of a phone that rings, made of two sines; no file. Two seconds of tone, four of silence, as long as it rings.

const PAIR = [440, 480];
const TONE = 2, ROUND = 6;

export class Ring {
  constructor({ context = () => new AudioContext(), every = (call, pause) => setInterval(call, pause), stop = (timer) => clearInterval(timer) } = {}) {
    Object.assign(this, { context, every, end: stop, playing: null });
  }

  start() {
    if (this.playing) return;
    const sound = this.context();
    this.playing = { sound, timer: this.every(() => this._once(sound), 1000 * ROUND) };
    this._once(sound);
  }

  stop() {
    if (!this.playing) return;
    this.end(this.playing.timer);
    this.playing.sound.close();
    this.playing = null;
  }

  _once(sound) {
    const gain = sound.createGain(), now = sound.currentTime;
    gain.gain.setValueAtTime(0, now);
    gain.gain.linearRampToValueAtTime(.12, now + .03);
    gain.gain.setValueAtTime(.12, now + TONE - .05);
    gain.gain.linearRampToValueAtTime(0, now + TONE);
    gain.connect(sound.destination);
    for (const frequency of PAIR) {
      const sine = new OscillatorNode(sound, { frequency });
      sine.connect(gain);
      sine.start(now);
      sine.stop(now + TONE);
    }
  }
}
