// Whether the line to the switch still stands. A line that breaks says so; one that is pulled, or sleeps, says nothing: so
// whoever hears nothing for a while asks (`session.ping`), and what is not answered soon is a line no more. Pure: moments
// in milliseconds come in; `tick` says what is to be done: "ping", "lost", or nothing.
//
//             quiet for 4 s, woken, asked to look           0.6 s                  2 s
//   standing ──────────────────────────────────────> asked ──────> in doubt ───────────────> lost
//       ^                                              │               │
//       └────────────────── anything is heard ─────────┴───────────────┘
//
// A computer that has slept finds the clock far ahead. What it asked before it slept nobody could answer, so it asks once more.

const QUIET = 4000;
const PATIENCE = 2000;
const DOUBT = 600;
const SLEPT = 3000;
/** Between two ticks; they come twice a second. */
const FRESH = 1000;
const DIALLING = 5000;
const BEGINNING = 15_000;
/** A snapshot may be large, and a line slow. */

export class Pulse {
  constructor(now) {
    this.ticked = now;
    this.dialled(now);
  }

  /** A new line is being made. */
  dialled(now) {
    Object.assign(this, { heardAt: now, asked: now, patience: DIALLING, woken: false, up: false });
  }

  /** It is there; the switch is asked for all that is, or for what was missed. */
  begins(now) {
    Object.assign(this, { asked: now, patience: BEGINNING });
  }

  /** Something came. */
  heard(now) {
    Object.assign(this, { heardAt: now, asked: null, patience: PATIENCE, woken: false, up: true });
  }

  /** Look at once: something has happened to the computer or to its network. */
  look(now) {
    if (this.asked !== null) return "";
    this.asked = now;
    return "ping";
  }

  tick(now) {
    const slept = now - this.ticked > SLEPT;
    this.ticked = now;
    if (slept && this.up && !this.woken) {
      Object.assign(this, { woken: true, asked: now });
      return "ping";
    }
    if (this.asked !== null) return now - this.asked >= this.patience ? "lost" : "";
    return now - this.heardAt >= QUIET ? this.look(now) : "";
  }

  /** Whether the answer that is waited for was asked for a moment ago. */
  fresh(now) {
    return this.asked !== null && now - this.asked < FRESH;
  }

  /** Whether an answer is overdue on a line that stood. */
  inDoubt(now) {
    return this.up && this.patience === PATIENCE && this.asked !== null && now - this.asked >= DOUBT;
  }
}
