// Draws what the daemon says, and nothing else: the page never counts, guesses or remembers a number.
const at = (id) => document.getElementById(id);
const UNKNOWN = "–";
const LOST = {
  wait: ["Reconnecting", "The treadmill works as always. Safety key and Stop are yours."],
  down: ["Link to the treadmill lost", "Use the treadmill's own controls. Safety key and Stop work as always."],
  lent: ["Your app has the treadmill", "We stay away until you are done."],
  stranger: ["This screen is not signed in", "Staff: open the address that the daemon gave."],
};

// Pixels per millimetre: given by ?mm=, else guessed from the usual panels of this many pixels.
export function setScale() {
  const given = Number(new URLSearchParams(location.search).get("mm"));
  const { innerWidth: w, innerHeight: h } = window;
  const guess = w >= h ? w / (w <= 1024 ? 154 : 217) : h / 155;
  document.documentElement.style.setProperty("--mm", `${given > 0 ? given : guess}px`);
}

export function draw(told) {
  numbers(told.link === "up" ? told : {});
  at("speed-unit").textContent = told.units;
  at("distance-unit").textContent = told.units === "mph" ? "mi" : "km";
  at("lend").hidden = !told.can_lend;
  at("notice").textContent = told.notice ?? "";
  if (told.link !== "up") say(...LOST[told.link], told.link);
  else if (told.prompt) ask(told.prompt);
  else calm();
}

export function drawLost(why) {
  numbers({});
  at("lend").hidden = true;
  at("notice").textContent = "";
  say(...LOST[why], why);
}

function numbers({ speed, incline, seconds, distance }) {
  at("speed").textContent = speed?.toFixed(1) ?? UNKNOWN;
  at("incline").textContent = incline?.toFixed(1) ?? UNKNOWN;
  at("time").textContent = seconds === undefined ? UNKNOWN : clock(seconds);
  at("distance").textContent = distance?.toFixed(2) ?? UNKNOWN;
}

function clock(seconds) {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function calm() {
  at("screen").dataset.view = "calm";
  at("prompt").hidden = true;
  at("help").hidden = false;
  drawn(0, 0);
}

function ask({ id, kind, headline, body, can_raise, digit }) {
  const counts = kind === "countdown" || kind === "raising";
  show(headline, body, kind);
  at("digit").hidden = !counts;
  at("digit").textContent = kind === "raising" ? `${(digit / 10).toFixed(1)} %` : String(digit);
  at("prompt").toggleAttribute("data-digit", counts);
  at("raise").textContent = can_raise ? "Raise it" : "I will";
  choices({ raise: kind === "nudge", decline: kind === "nudge", cancel: counts });
  at("help").hidden = kind !== "nudge";
  drawn(id, digit);
  fit();
}

function say(headline, body, kind) {
  show(headline, body, kind);
  at("digit").hidden = true;
  at("prompt").removeAttribute("data-digit");
  choices({ return: kind === "lent" });
  at("help").hidden = true;
  drawn(0, 0);
  fit();
}

// Text changes only where it differs, so that a reader's voice does not repeat it.
function show(headline, body, kind) {
  at("screen").dataset.view = "ask";
  at("prompt").hidden = false;
  at("prompt").dataset.kind = kind;
  for (const [id, text] of [["headline", headline], ["body", body]]) {
    if (at(id).textContent !== text) at(id).textContent = text;
  }
}

function choices(wanted) {
  for (const id of ["raise", "decline", "cancel", "return"]) at(id).hidden = !wanted[id];
}

// What the confirmations read back: set beside what is drawn, never elsewhere.
function drawn(id, digit) {
  Object.assign(at("prompt").dataset, { id, shown: digit });
}

// Long words on a small screen get smaller until they fit, down to 16 minutes of arc at one metre.
function fit() {
  const root = document.documentElement.style;
  for (const scale of [1, 0.94, 0.88, 0.83, 0.79]) {
    root.setProperty("--fit", scale);
    if (at("words").scrollHeight <= at("words").clientHeight + 1) return;
  }
}
