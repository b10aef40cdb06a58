// How well a call can be heard, from what the browser counts (RTCPeerConnection.getStats). Pure: reports in, figures and
// a word out.

/** Loss in percent since `before`, jitter and round trip in milliseconds; null where the browser does not say. */
export function figures(report, before = null) {
  const found = [...report.values()].filter(({ kind, mediaType }) => (kind ?? mediaType ?? "audio") === "audio");
  const heard = found.find(({ type }) => type === "inbound-rtp");
  const told = found.find(({ type }) => type === "remote-inbound-rtp");
  const pair = [...report.values()].find(({ type, nominated, currentRoundTripTime }) => type === "candidate-pair" && nominated && currentRoundTripTime !== undefined);
  const received = heard?.packetsReceived ?? 0, lost = Math.max(0, heard?.packetsLost ?? 0);
  const came = received - (before?.received ?? 0), missing = Math.max(0, lost - (before?.lost ?? 0));
  const trip = told?.roundTripTime ?? pair?.currentRoundTripTime;
  return {
    received, lost,
    loss: came + missing > 0 ? 100 * missing / (came + missing) : null,
    jitter: heard?.jitter === undefined ? null : 1000 * heard.jitter,
    trip: trip === undefined ? null : 1000 * trip,
    silent: Boolean(before) && came === 0,
  };
}

/** `good`, `fair` or `poor`; `none` while nothing is known, `silent` when nothing comes. */
export function verdict({ loss, jitter, trip, silent }) {
  if (silent) return "silent";
  if (loss === null && jitter === null && trip === null) return "none";
  const worse = (value, fair, poor) => (value === null ? 0 : value >= poor ? 2 : value >= fair ? 1 : 0);
  return ["good", "fair", "poor"][Math.max(worse(loss, 1, 5), worse(jitter, 30, 60), worse(trip, 300, 600))];
}
