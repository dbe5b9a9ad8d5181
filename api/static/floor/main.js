// The floor's page: #/ the floor now, #/wall the same for a display on the wall, #/usage, #/machine/NAME.
import { el } from "/static/el.js";
import { live } from "./live.js";
import { machine } from "./machine.js";
import { counts, floor } from "./map.js";
import { ask, badge, whoAmI } from "./sign.js";
import { usage } from "./usage.js";
import { clock, inZone } from "./words.js";

const at = (id) => document.getElementById(id);
const MINUTE_MS = 60_000;
let who = null;
let link = null;
let heard = null; // when the gym spoke last, while the link is lost
let redraw = () => null; // what a message changes on the view that is open

async function begin() {
  link?.end();
  link = null;
  at("link").hidden = true;
  try {
    who = await whoAmI();
  } catch (error) {
    say(error.message);
    setTimeout(begin, 5000);
    return;
  }
  at("who").replaceChildren(...badge(who, begin));
  if (who === null) {
    at("view").replaceChildren(el("p", { className: "empty", textContent: "Sign in to see the gym." }));
    ask(begin, { close: false });
    return;
  }
  if (at("ask").open) at("ask").close();
  link = live({ changed, lost, joined });
  at("view").replaceChildren(el("p", { className: "quiet", textContent: "One moment" }));
}

function joined({ site, tz }) {
  inZone(tz);
  heard = null;
  document.documentElement.toggleAttribute("data-stale", false);
  at("link").hidden = true;
  at("site").textContent = site;
  document.title = `${site}: the floor`;
  tick();
  open();
}

function changed(machines, one) {
  at("counts").textContent = counts(machines);
  if (one) redraw(one);
}

function lost() {
  heard ??= new Date();
  document.documentElement.toggleAttribute("data-stale", true);
  say(`The floor does not answer since ${clock(heard)}. What is shown is from then; it goes on by itself.`);
}

function say(words) {
  at("link").hidden = false;
  at("link").textContent = words;
}

// Open the view that the address names; the machines are known by now.
function open() {
  if (!link) return;
  const [, name = "", more = ""] = location.hash.split("/").map(decodeURIComponent);
  const view = at("view");
  document.documentElement.dataset.view = name || "floor";
  for (const one of document.querySelectorAll("nav a")) {
    if (one.dataset.view === (name || "floor")) one.setAttribute("aria-current", "page");
    else one.removeAttribute("aria-current");
  }
  redraw = () => null;
  if (name === "usage") usage(view, link.machines, loading);
  else if (name === "machine") redraw = mine(more, machine(view, more, link.machines, who, loading));
  else draw(view);
}

const mine = (name, shown) => (one) => (!one || one.machine === name ? shown() : null);

// The floor: drawn anew at most once a frame, however many machines speak.
function draw(view) {
  let due = false;
  const now = () => {
    due = false;
    if (redraw !== later) return;
    const [focus] = [document.activeElement?.getAttribute?.("href")];
    view.replaceChildren(...floor(link.machines));
    if (focus) view.querySelector(`[href="${CSS.escape(focus)}"]`)?.focus();
  };
  const later = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(now);
  };
  redraw = later;
  now();
}

// Show what work returns; meanwhile that it is under way, and a sentence when it fails.
let latest = 0;
async function loading(place, work) {
  const mark = ++latest;
  place.setAttribute("aria-busy", "true");
  if (!place.childElementCount) place.replaceChildren(el("p", { className: "quiet", textContent: "The figures are being added up…" }));
  try {
    const found = await work();
    if (mark === latest) place.replaceChildren(...found);
  } catch (error) {
    if (mark !== latest) return;
    if (error.status === 401) begin();
    else place.replaceChildren(el("p", { className: "wrong", role: "alert", textContent: `The figures could not be had. ${error.message}` }), el("button", { type: "button", textContent: "Try again", on: { click: () => loading(place, work) } }));
  } finally {
    if (mark === latest) place.removeAttribute("aria-busy");
  }
}

function tick() {
  at("clock").textContent = clock(new Date());
}

window.addEventListener("hashchange", () => {
  open();
  at("view").focus({ preventScroll: true });
  scrollTo(0, 0);
});
setInterval(() => {
  tick();
  if (link?.machines.size && heard === null) redraw(null);
}, MINUTE_MS / 6);
begin();
