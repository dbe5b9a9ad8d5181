// Draws what the daemon says, and nothing else: the page never counts, guesses or remembers a number.
import { fit, setMeasured } from "./scale.js";
import { decimal, disclaimer, label, lostWords, speak } from "./words.js";

const UNKNOWN = "–";
const KEYS = ["raise", "take", "decline", "cancel", "return"];
const SMALL = ["why", "not_today", "lend", "language", "trainer", "help"];
export const at = (id) => document.getElementById(id);

let latest = null; // what was told last, unless the line is lost since

export function draw(told) {
  setMeasured(told.px_per_mm);
  latest = told;
  speak(told.language, () => {
    if (latest) draw(latest);
    fit();
  });
  if (!told.card) write("disclaimer", "");
  const up = told.link === "up";
  numbers(up ? told : {});
  write("speed-unit", told.units);
  write("distance-unit", told.units === "mph" ? "mi" : "km");
  limit(up ? told : {});
  if (!up) say(told.link);
  else if (told.prompt) ask(told.prompt);
  else if (told.card && !told.notice) tip(told.card, told);
  else calm(told);
  at("dark").hidden = !told.asleep || Boolean(told.prompt) || performance.now() < awake;
  at("screen").dataset.seq = told.seq;
}

// At night the page is black until it is touched; then it is lit for a minute.
const AWAKE_MS = 60_000;
let awake = 0;

export function wake() {
  awake = performance.now() + AWAKE_MS;
  at("dark").hidden = true;
}

// Nothing is heard: what was drawn is old, so it goes, and with it the prompt that would be confirmed.
export function drawLost(why) {
  latest = null;
  write("disclaimer", "");
  at("dark").hidden = true;
  numbers({});
  limit({});
  say(why);
}

// What stands on the screen now, read from the screen itself; a countdown without its Cancel is not shown.
export function drawn() {
  const { id, kind } = at("prompt").dataset;
  const counts = COUNTS[kind];
  if (!at("prompt").checkVisibility() || (counts && !at("cancel").checkVisibility())) return { prompt: 0, digit: 0 };
  return { prompt: Number(id), digit: counts ? counts.read(at("digit").textContent) : 0 };
}

// The kinds that are confirmed by their digit: seconds left, and the goal in tenths of a percent.
const COUNTS = {
  countdown: { write: String, read: (text) => Number.parseInt(text, 10) },
  stop: { write: String, read: (text) => Number.parseInt(text, 10) },
  raising: { write: (digit) => `${decimal(digit / 10, 1)} %`, read: (text) => Math.round(Number.parseFloat(text.replace(",", ".")) * 10) },
};

// The member sees at once that Cancel was felt, whether or not the daemon has heard it yet.
export function drawCancelled() {
  const { id, cancelled } = at("prompt").dataset;
  write("cancel", label(id === cancelled ? "cancelling" : "cancel"));
}

function numbers({ speed, incline, seconds, distance, min_incline: least }) {
  const shown = (number, digits) => (number == null ? UNKNOWN : decimal(number, digits).replace("-", "\u2212"));
  write("speed", shown(speed, 1));
  write("incline", shown(incline, 1));
  write("least", least ? label("least", { t: decimal(least, 1) }) : "");
  write("time", seconds === undefined ? UNKNOWN : clock(seconds));
  write("distance", shown(distance, 2));
  for (const [id, most] of Object.entries(USUAL)) at(id).toggleAttribute("data-long", at(id).textContent.length > most);
}

// More characters than a run usually has: drawn smaller, so that nothing is pushed aside.
const USUAL = { speed: 4, incline: 4, time: 7, distance: 5 };

function clock(seconds) {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

// The time that is left of a limit, in words that a runner can read; and, for staff, that somebody waits.
function limit({ limit: counts, waiting }) {
  const stage = counts?.stage ?? "";
  at("limit").dataset.stage = stage;
  const left = LEFT[stage]?.(counts.left_s) ?? (waiting ? label("waiting") : "");
  write("limit", left);
}

const LEFT = {
  counting: (s) => (s > 60 ? label("minutes_left", { m: Math.ceil(s / 60) }) : label("seconds_left", { n: s })),
  grace: (s) => label("cool_down", { c: clock(s) }),
  over: () => label("over"),
};

function tip({ title, body }, told) {
  write("disclaimer", disclaimer());
  show({ id: 0, kind: "card", headline: title, body, keys: [], small: calmKeys(told).filter((key) => key !== "help") });
}

function calmKeys({ can_lend: lend, next_language: language }) {
  write("language", language ?? "");
  return [...(lend ? ["lend"] : []), ...(language ? ["language"] : []), "trainer", "help"];
}

function calm(told) {
  at("screen").dataset.view = "calm";
  at("prompt").hidden = true;
  at("prompt").dataset.id = "0";
  write("spoken", "");
  write("disclaimer", "");
  small(calmKeys(told));
  if (write("notice", told.notice ?? "")) fit();
}

function ask({ id, kind, headline, body, can_raise, digit, why }) {
  const counts = COUNTS[kind];
  const keys = ANSWERS[kind] ?? (counts ? ["cancel"] : []);
  const more = kind === "nudge" ? ["trainer", "help"] : kind === "suggestion" ? ["why", "not_today", "help"] : [];
  at("why").dataset.text = why ?? "";
  write("raise", label(can_raise ? "raise" : "take"));
  write("digit", counts ? counts.write(digit) : "");
  show({ id, kind, headline, body: at("why").dataset.open === String(id) ? why : body, keys, small: more });
}

const ANSWERS = { nudge: ["raise", "decline"], suggestion: ["take", "decline"] };

// Why a suggestion is made stands in place of its body, once it was asked for.
export function drawWhy() {
  at("why").dataset.open = at("prompt").dataset.id;
  if (write("body", at("why").dataset.text)) fit();
}

function small(shown) {
  for (const key of SMALL) at(key).hidden = !shown.includes(key);
}

function say(why) {
  const [headline, body] = lostWords(why);
  show({ id: "", kind: why, headline, body, keys: why === "lent" ? ["return"] : [], small: [] });
}

function show({ id, kind, headline, body, keys, small: more }) {
  const prompt = at("prompt");
  const before = [prompt.dataset.id, prompt.dataset.kind, prompt.hidden].join();
  Object.assign(prompt.dataset, { id, kind });
  prompt.hidden = false;
  at("screen").dataset.view = "ask";
  at("digit").hidden = !COUNTS[kind];
  drawCancelled();
  for (const key of KEYS) at(key).hidden = !keys.includes(key);
  small(more);
  write("notice", ""); // it comes back when nothing is asked
  const another = before !== [String(id), kind, false].join();
  if (another) write("spoken", `${headline}. ${body}`); // read out once, not at each second of a countdown
  const changed = [write("headline", headline), write("body", body)].includes(true);
  if (another || changed) fit();
}

function write(id, text) {
  if (at(id).textContent === text) return false;
  at(id).textContent = text;
  return true;
}
