// The picture of a recording: a waveform for each party, bands of speech below it, holds, keys and comments. A click jumps there.
// Who cannot see it has the table of bands and the slider.

import { LitElement, css, html, nothing, svg } from "lit";
import { looks } from "../lib/looks.js";
import { loudestOf, marksOf, pathOf } from "../lib/reviews.js";
import { duration } from "../lib/times.js";
import { t, worded } from "../lib/words.js";

const ROW = 116;
const WIDTH = 1200;

export class QualityWave extends worded(LitElement) {
  static properties = { wave: { attribute: false }, at: { type: Number }, remarks: { attribute: false } };

  static styles = [looks, css`
    figure { margin: 0; position: relative; }
    svg { display: block; width: 100%; height: 15rem; cursor: pointer; border-radius: 8px; background: var(--paper); }
    .wave { fill: none; stroke-width: 1.2; vector-effect: non-scaling-stroke; }
    .caller { --hue: var(--sea); }
    .agent { --hue: var(--good); }
    .wave { stroke: var(--hue); }
    rect.talk { fill: var(--hue); }
    .overlap { fill: var(--red); }
    .silence { fill: var(--quiet); opacity: .16; }
    .hold, .pause { fill: var(--amber); opacity: .25; }
    .press, .remark { stroke: var(--amber); stroke-width: 2; vector-effect: non-scaling-stroke; }
    .remark { stroke: var(--red); stroke-dasharray: 4 3; }
    circle.remark { fill: var(--red); stroke: none; }
    .now { stroke: var(--ink); stroke-width: 2; vector-effect: non-scaling-stroke; }
    .axis { display: flex; justify-content: space-between; font-size: .8rem; color: var(--quiet); }
    figcaption { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .82rem; color: var(--quiet); }
    figcaption i { display: inline-block; width: .8rem; height: .8rem; border-radius: 3px; margin-inline-end: .3rem; vertical-align: -1px; }
  `];

  render() {
    const { wave } = this;
    const high = ROW * wave.parties.length + 8;
    return html`<figure>
      <svg viewBox="0 0 ${WIDTH} ${high}" preserveAspectRatio="none" role="img" aria-label=${t("quality.picture")} @click=${this._seek}>
        ${wave.silence.filter(([from, to]) => to - from >= 2).map((band) => this._band(band, 0, high, "silence"))}
        ${this._drawn(wave, high)}
        ${this.remarks.map(({ at, text }) => this._remark(at, high, text))}
        ${this._line(this.at, high, "now")}
      </svg>
      <div class="axis" aria-hidden="true">${[0, 0.25, 0.5, 0.75, 1].map((part) => html`<span>${duration(part * wave.seconds)}</span>`)}</div>
      <figcaption aria-hidden="true">${[["caller", "--sea"], ["agent", "--good"], ["overlap", "--red"]].map(([kind, colour]) => html`
        <span><i style="background: var(${colour})"></i>${t(`band.${kind}`)}</span>`)}
        <span><i style="background: color-mix(in srgb, var(--quiet) 30%, transparent)"></i>${t("band.silence")}</span>
        <span><i style="background: color-mix(in srgb, var(--amber) 45%, transparent)"></i>${t("mark.hold")}</span></figcaption>
    </figure>`;
  }

  /** What does not change while it plays. */
  _drawn(wave, high) {
    if (this._of === wave) return this._kept;
    this._of = wave;
    const loudest = loudestOf(wave);
    const wide = WIDTH / Math.max(1, wave.points);
    const marks = marksOf(wave);
    this._kept = svg`
      ${marks.filter(({ until }) => until !== undefined).map(({ at, until, kind }) => this._band([at, until], 0, high, kind))}
      ${wave.parties.map((party, place) => svg`<g class=${party.party} transform="translate(0 ${place * ROW})">
        <path class="wave" transform="scale(${wide} 1)" d=${pathOf(party, loudest)}></path>
        ${party.talk.map((band) => this._band(band, 102, 7, "talk"))}</g>`)}
      ${wave.overlap.map((band) => this._band(band, ROW - 3, 6, "overlap"))}
      ${marks.filter(({ kind }) => kind === "press").map(({ at }) => this._line(at, high, "press"))}`;
    return this._kept;
  }

  _x(at) {
    return (WIDTH * at) / (this.wave.seconds || 1);
  }

  _band([from, to], y, high, kind) {
    return svg`<rect class=${kind} x=${this._x(from)} y=${y} width=${Math.max(1, this._x(to) - this._x(from))} height=${high}></rect>`;
  }

  _line(at, high, kind) {
    return at === undefined ? nothing : svg`<line class=${kind} x1=${this._x(at)} x2=${this._x(at)} y1="0" y2=${high}></line>`;
  }

  /** A comment, with its words for whoever points at it. */
  _remark(at, high, text) {
    return svg`<g class="comment"><title>${duration(at)} ${text}</title>${this._line(at, high, "remark")}
      <circle class="remark" cx=${this._x(at)} cy="6" r="5"></circle></g>`;
  }

  _seek(event) {
    const box = event.currentTarget.getBoundingClientRect();
    this.dispatchEvent(new CustomEvent("seek", { detail: ((event.clientX - box.left) / box.width) * this.wave.seconds }));
  }
}

customElements.define("shoal-quality-wave", QualityWave);
