// Asks the daemon a few times a second what stands here, draws it when it is another, and hands on what is touched.
import { ask, why } from "/static/firstrun/ask.js";
import { el, key, wrong } from "/static/firstrun/dom.js";
import { pad } from "./pad.js";

const LOOK_MS = 300;
const SVG = "http://www.w3.org/2000/svg";
const at = (id) => document.getElementById(id);
let drawn = "";
let number = 0;

async function look() {
  const { ok, status, told } = await ask("GET", "/commission/state");
  if (ok) draw(told);
  else if (status === 404) location.reload(); // somebody else answers at this address: the member's screen
  else if (status === 401) draw(stranger(why({ status, told })));
  else wrong("The computer beside the treadmill does not answer. It comes back by itself when it is started again.");
}

function stranger(words) {
  return { number: 0, title: "This screen is not signed in", place: "", said: [words], now: null, hint: "", changes: [], label: null, prompt: "", choices: [], words: "", unit: "", ends: "", over: "" };
}

function draw(told) {
  number = told.number;
  const { now, hint, ...rest } = told;
  const same = JSON.stringify(rest);
  if (same !== drawn) {
    drawn = same;
    frame(told);
  }
  live(now);
  wrong(hint);
}

function frame(told) {
  at("page").dataset.number = told.number;
  at("place").textContent = told.place;
  at("title").textContent = told.title;
  const words = el("div", { className: "said" }, ...[...told.said, told.over].filter(Boolean).map((text) => el("p", { textContent: text })));
  const parts = [words, el("div", { className: "now" })];
  if (told.changes.length) parts.push(el("pre", { textContent: told.changes.join("\n") }));
  if (told.label) parts.push(picture(told.label));
  if (told.choices.length > 2) parts.push(list(told.choices));
  if (told.unit) at("content").replaceChildren(el("div", { className: "typing" }, el("div", {}, ...parts), pad(told.unit, answer)));
  else at("content").replaceChildren(...parts);
  at("keys").replaceChildren(...keys(told));
}

function picture({ name, text, rows }) {
  const code = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  code.setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`);
  path.setAttribute("d", rows.flatMap((row, y) => [...row].map((dark, x) => (dark === "1" ? `M${x} ${y}h1v1h-1z` : ""))).join(""));
  code.append(path);
  return el("div", { className: "label" }, code, el("p", {}, el("b", { textContent: name }), el("span", { textContent: text })));
}

function keys({ choices, words, prompt, ends, default: usual }) {
  const end = key("End this step", () => answer(ends), { id: "end" });
  if (words) return [end, key(capital(words), () => answer(words), { yes: true, id: "words" })];
  if (ends) return [end];
  if (choices.length > 2 || !prompt) return [];
  return choices.map(({ value }, index) => key(value, () => answer(value), { yes: value === usual || (choices.length === 2 && index === 0), id: `choice-${index}` })).reverse();
}

function list(choices) {
  const each = ({ value, about }) =>
    el("button", { type: "button", className: "choice", data: { value }, on: { click: () => answer(value) } }, el("b", { textContent: value }), el("span", { className: "about", textContent: about }));
  return el("div", { className: "choices" }, ...choices.map(each));
}

function live(now) {
  const place = document.querySelector(".now");
  place.hidden = !now;
  if (!now) return;
  const cell = (value, unit, what) => el("p", {}, `${value?.toFixed(1) ?? "–"} ${unit}`, el("small", { textContent: what }));
  place.replaceChildren(cell(now.speed, "km/h", "told by the treadmill"), cell(now.incline, "%", "told by the treadmill"));
}

async function answer(text) {
  for (const one of document.querySelectorAll("button")) one.disabled = true; // one touch, one answer
  const said = await ask("POST", "/commission/answer", { number, text });
  for (const one of document.querySelectorAll("button")) one.disabled = false;
  await look();
  if (!said.ok) wrong(why(said));
}

function capital(words) {
  return words[0].toUpperCase() + words.slice(1);
}

addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch is a touch
look();
setInterval(look, LOOK_MS);
