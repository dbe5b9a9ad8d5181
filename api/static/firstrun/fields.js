// How each kind of question is answered. A field gets the answer so far, and tells each change.
import { ask, why } from "./ask.js";
import { board } from "./board.js";
import { el, key } from "./dom.js";

const LONGEST = 64;

export function field(question, answer, changed, atScreen) {
  const make = { choice, treadmill, zone }[question.kind] ?? text;
  return make(question, answer, changed, atScreen);
}

function choice({ choices }, answer, changed) {
  return [list(choices.map(({ value, about }) => ({ value, words: value, about })), answer, changed)];
}

// things: value, words, and perhaps about and signal
function list(things, chosen, changed, { wide = false } = {}) {
  const made = el("div", { className: "choices" });
  made.toggleAttribute("data-wide", wide);
  const keys = things.map(({ value, words, about, signal }) => {
    const parts = [el("b", { textContent: words })];
    if (about) parts.push(el("span", { className: "about", textContent: about }));
    if (signal) parts.push(el("span", { className: "signal", textContent: signal }));
    const one = el("button", { type: "button", className: "choice", data: { value }, on: { click: () => pick(value) } }, ...parts);
    one.setAttribute("aria-pressed", String(value === chosen));
    return one;
  });
  function pick(value) {
    for (const one of keys) one.setAttribute("aria-pressed", String(one.dataset.value === value));
    changed(value);
  }
  made.append(...keys);
  return made;
}

let heard = null; // the treadmills of the last listening

function treadmill({ choices }, answer, changed) {
  const place = el("div");
  const words = el("span");
  const again = key("Listen again", listen, { id: "again" });
  let chosen = answer;

  function draw() {
    const found = (heard?.found ?? []).map(({ spec, about, signal }) => ({
      value: spec, words: about, about: spec, signal: signal === null ? "" : `${signal} dBm`,
    }));
    const kept = chosen && ![...found, ...choices].some(({ value }) => value === chosen);
    const others = kept ? [{ value: chosen, words: chosen, about: "Not heard just now" }] : [];
    const simulated = choices.map(({ value, about }) => ({ value, words: about }));
    place.replaceChildren(list([...found, ...others, ...simulated], chosen, (value) => changed((chosen = value))));
    words.textContent = heard?.fault ?? (heard?.found.length ? "" : "No treadmill was heard. Is one switched on, near, and not connected to an app?");
  }

  async function listen() {
    again.disabled = true;
    words.textContent = "Listening…";
    const answer = await ask("GET", "/setup/treadmills");
    heard = answer.ok ? answer.told : { found: [], fault: why(answer) };
    again.disabled = false;
    draw();
  }

  draw();
  if (heard === null) listen();
  return [el("div", { className: "listening" }, words, again), place];
}

// 400 cities are too many for one list: first the part of the world, then the city.
function zone({ choices }, answer, changed) {
  const place = el("div");
  const part = ({ value }) => value.split("/")[0];

  function parts() {
    const names = [...new Set(choices.map(part))].map((value) => ({ value, words: value }));
    place.replaceChildren(list(names, answer.split("/")[0], cities, { wide: true }));
  }

  function cities(name) {
    const those = choices.filter((one) => part(one) === name);
    if (those.length === 1) return changed((answer = name));
    const words = (value) => value.slice(name.length + 1).replaceAll("_", " ");
    const back = key("Another part of the world", parts);
    place.replaceChildren(
      el("div", { className: "listening" }, el("span", { textContent: name }), back),
      list(those.map(({ value }) => ({ value, words: words(value) })), answer, (value) => changed((answer = value)), { wide: true }),
    );
    place.querySelector("[aria-pressed=true]")?.scrollIntoView({ block: "center" });
  }

  if (answer.includes("/")) cities(answer.split("/")[0]);
  else parts();
  return [place];
}

function text({ kind, ask: label }, answer, changed, atScreen) {
  const secret = kind === "secret";
  const input = el("input", {
    type: secret ? "password" : "text", value: answer, maxLength: LONGEST, autocomplete: "off", spellcheck: false,
    inputMode: atScreen ? "none" : kind === "number" ? "numeric" : "text",
  });
  input.setAttribute("aria-label", label);
  input.setAttribute("autocapitalize", "off");
  input.addEventListener("input", () => changed(input.value));
  const line = el("div", { className: "field" }, input);
  if (secret) {
    line.append(key("Show", () => (input.type = input.type === "text" ? "password" : "text")));
  }
  queueMicrotask(() => input.focus());
  return atScreen ? [line, board(input, { digits: kind === "number" })] : [line];
}
