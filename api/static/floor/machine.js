// One machine: how it stands, what was wrong with it, what it was used for, and what staff may do.
import { el } from "/static/el.js";
import { get } from "./ask.js";
import { cards } from "./cards.js";
import { deeds } from "./deeds.js";
import { funnel } from "./funnel.js";
import { heat } from "./heat.js";
import { figures, period } from "./period.js";
import { trend } from "./trend.js";
import { SAID, SIGNS, STANDING, lasting, number, since, stamp } from "./words.js";
import { exports, picks } from "./usage.js";

const chosen = { weeks: 4 };
const WANTS = { none: "Its own", waiting: "Waiting until it is back", pending: "Told, and not in force yet", "in force": "In force", refused: "Refused by the machine" };

export function machine(place, name, machines, who, loading) {
  const now = el("div", { className: "now" });
  const done = el("div", { className: "deeds" });
  const body = el("div", { className: "figures" });
  place.replaceChildren(now, done, el("div", { className: "choices" }, picks([4, 12], "weeks", load, (weeks) => `${weeks} weeks`, chosen)), body);
  done.replaceChildren(...deeds(name, who));

  // What changes while one looks: called again with each message.
  function shown() {
    const one = machines.get(name);
    now.replaceChildren(...(one ? standing(one) : [el("h2", { textContent: name }), el("p", { className: "empty", textContent: "The floor knows no machine of this name." })]));
  }

  async function load() {
    shown();
    await loading(body, async () => {
      const span = period(chosen.weeks);
      const only = { machine: name };
      const [found, faults] = await Promise.all([figures(span, only), get("faults", { machine: name, limit: 20 })]);
      const used = found.now.empty
        ? [el("p", { className: "empty", textContent: "Nothing was recorded in this period. A session counts once it has ended." })]
        : [cards(found.now, found.before, found.observed), trend(found.weeks, found.observed), funnel(found.now, found.observed), heat(found.cells, { first: found.began, end: span.end, machines: 1 })];
      return [...used, wrong(faults), exports(span, only)];
    });
  }

  load();
  return shown;
}

function standing(one) {
  const service = one.service;
  const facts = [
    ["Now", `${STANDING[one.standing]} for ${since(one.since)}${one.phase ? ` (${one.phase})` : ""}`],
    ["Zone", one.zone || "none"],
    ["Kind", one.modality],
    ["Mode", one.mode ?? "unknown"],
    ["Settings", WANTS[one.settings] ?? one.settings],
    ["Last heard", one.seen ? stamp(new Date(one.seen)) : "not since the floor began"],
    ["Since its service", `${number(service.distance_km)} km, ${number(service.hours)} h${service.share ? ` (${number(service.share * 100)} % of the interval)` : ""}`],
  ];
  return [
    el("h2", { data: { level: one.level } }, el("span", { className: "sign", textContent: SIGNS[one.level], aria: { hidden: "true" } }), `${one.name || one.machine} `, el("span", { className: "quiet", textContent: one.name && one.name !== one.machine ? one.machine : "" }), ` ${SAID[one.level]}`),
    el("ul", { className: "causes" }, ...one.causes.map((cause) => el("li", { data: { level: cause.level } }, el("span", { className: "sign", textContent: SIGNS[cause.level], aria: { hidden: "true" } }), `${cause.text} (${since(cause.since)})`))),
    el("dl", {}, ...facts.map(([name, value]) => el("div", {}, el("dt", { textContent: name }), el("dd", { textContent: value })))),
  ];
}

function wrong({ faults }) {
  const title = el("h2", { textContent: "What was wrong" });
  if (!faults.length) return el("section", { className: "faults" }, title, el("p", { className: "quiet", textContent: "Nothing that the floor knows of." }));
  const head = ["From", "What", "Noticed after", "Over after"].map((words) => el("th", { scope: "col", textContent: words }));
  const rows = faults.map((one) => el("tr", {}, ...[stamp(new Date(one.began)), one.text, lasting(one.detect_s), one.mend_s === null ? "it lasts" : lasting(one.mend_s)].map((words) => el("td", { textContent: words }))));
  return el("section", { className: "faults" }, title, el("div", { className: "wide" }, el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows))));
}
