// Moments and durations, as people read them. The switch's moments are POSIX seconds.

/** `0:07`, `12:30`, `1:02:03`. */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value) => String(value).padStart(2, "0");
  const rest = `${Math.floor(whole / 60) % 60}:${two(whole % 60)}`;
  return whole < 3600 ? rest : `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** `14:05`. */
export function timeOfDay(moment) {
  return new Date(moment * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** Whether a moment is of the day that it is here. */
export function isToday(moment, now = Date.now() / 1000) {
  return new Date(moment * 1000).toDateString() === new Date(now * 1000).toDateString();
}

/** `2030-03-07 14:05`. */
export function dayAndTime(moment) {
  const at = new Date(moment * 1000);
  const two = (value) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${timeOfDay(moment)}`;
}
