// How things are said: levels in their one order, numbers with their units, times in the gym's own zone.
export const LEVELS = ["ok", "watch", "unknown", "act"]; // from the calmest to the most urgent
export const SIGNS = { ok: "●", watch: "◆", unknown: "?", act: "▲" };
export const SAID = { ok: "All well", watch: "Next round", unknown: "Nobody can tell", act: "Go there" };
export const STANDING = { free: "Free", busy: "In use", out: "Out of order", unknown: "Unknown" };
export const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
export const LONG_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const here = { zone: undefined };

export function inZone(zone) {
  here.zone = zone;
}

const made = new Map();
function format(options) {
  const key = JSON.stringify([here.zone, options]);
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: here.zone, ...options }));
  return made.get(key);
}

export const clock = (moment) => format({ hour: "2-digit", minute: "2-digit" }).format(new Date(moment));
export const day = (moment) => format({ weekday: "short", day: "numeric", month: "short" }).format(new Date(moment));
export const stamp = (moment) => format({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(new Date(moment));

// The local date as the API wants it, some days from now.
export function date(offset = 0, from = new Date()) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: here.zone }).format(from);
  return shifted(parts, offset);
}

export function shifted(iso, days) {
  const moment = new Date(`${iso}T00:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() + days);
  return moment.toISOString().slice(0, 10);
}

// 1 for Monday, of a date such as 2026-03-01.
export function weekday(iso) {
  return ((new Date(`${iso}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
}

export function number(value, digits = 0) {
  return value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export const percent = (share) => (share === null || share === undefined ? "–" : `${number(share * 100)} %`);

export function hours(seconds) {
  const found = seconds / 3600;
  return `${number(found, found < 10 ? 1 : 0)} h`;
}

export function lasting(seconds) {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

export const since = (moment, now = new Date()) => lasting((now - new Date(moment)) / 1000);

export const plural = (count, one, many) => `${number(count)} ${count === 1 ? one : many}`;
