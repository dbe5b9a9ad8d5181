// Usage of the gym, or of a part of it.
import { el } from "/static/el.js";
import { address, rows } from "./ask.js";
import { cards } from "./cards.js";
import { funnel } from "./funnel.js";
import { groups } from "./groups.js";
import { heat } from "./heat.js";
import { figures, period } from "./period.js";
import { trend } from "./trend.js";

const chosen = { weeks: 4, part: "", by: "machine" };

export function usage(place, machines, loading) {
  const body = el("div", { className: "figures" });
  place.replaceChildren(choices(machines, load), body);

  async function load() {
    await loading(body, async () => {
      const span = period(chosen.weeks);
      const [kind, name] = split(chosen.part);
      const only = kind ? { [kind]: name } : {};
      const [found, table] = await Promise.all([
        figures(span, only),
        rows("usage", { ...only, from: span.first, to: span.end, bucket: "total", by: chosen.by }),
      ]);
      const files = () => exports(span, only);
      if (found.now.empty) return [el("p", { className: "empty", textContent: "Nothing was recorded in this period. A session counts once it has ended." }), files()];
      const many = [...machines.values()].filter((one) => !kind || one[kind] === name).length;
      return [
        cards(found.now, found.before, found.observed),
        trend(found.weeks, found.observed),
        funnel(found.now, found.observed),
        heat(found.cells, { first: found.began, end: span.end, machines: many }),
        el("section", { className: "by" }, el("h2", { textContent: `By ${chosen.by}` }), picks(["machine", "zone", "modality"], "by", load), groups(table, chosen.by)),
        files(),
      ];
    });
  }

  return load();
}

const split = (part) => (part ? [part.slice(0, part.indexOf(":")), part.slice(part.indexOf(":") + 1)] : []);

function choices(machines, load) {
  const parts = new Set();
  for (const one of machines.values()) {
    if (one.zone) parts.add(`zone:${one.zone}`);
    parts.add(`modality:${one.modality}`);
  }
  if (!parts.has(chosen.part)) chosen.part = "";
  const option = (value) => el("option", { value, textContent: value ? split(value).join(": ") : "The whole gym", selected: value === chosen.part });
  const select = el("select", { on: { change: () => { chosen.part = select.value; load(); } }, aria: { label: "Part of the gym" } }, option(""), ...[...parts].sort().map(option));
  return el("div", { className: "choices" }, picks([4, 12], "weeks", load, (weeks) => `${weeks} weeks`), select);
}

// Keys of which one is pressed.
export function picks(values, name, load, words = (value) => `${value[0].toUpperCase()}${value.slice(1)}`, kept = chosen) {
  const keys = values.map((value) => el("button", { type: "button", textContent: words(value), aria: { pressed: String(value === kept[name]) }, on: { click: () => pick(value) } }));
  function pick(value) {
    kept[name] = value;
    values.forEach((one, at) => keys[at].setAttribute("aria-pressed", String(one === value)));
    load();
  }
  return el("p", { className: "keys" }, ...keys);
}

export function exports(span, only) {
  const file = (words, query) => el("a", { href: address("usage", { ...only, from: span.first, to: span.end, format: "csv", ...query }), download: "", textContent: words });
  const both = (bucket) => el("li", {}, `Each ${bucket}, each machine: `, file("for Excel", { bucket, by: "machine", sep: "semicolon" }), " (semicolons) or ", file("with commas", { bucket, by: "machine" }));
  return el("section", { className: "export" }, el("h2", { textContent: "Take the figures with you" }), el("ul", {}, both("hour"), both("day"), both("week")), el("p", { className: "quiet", textContent: "Files of the period above, as CSV: the same columns always, new ones only at the end." }));
}
