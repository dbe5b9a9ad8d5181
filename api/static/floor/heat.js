// The week by hours: how much of each hour a machine was in use, or how much of its belt time was flat.
import { el } from "/static/el.js";
import { flatShare, pool } from "./sums.js";
import { DAYS, LONG_DAYS, number, percent, shifted, weekday } from "./words.js";

const STEPS = 6;

export function heat(cells, { first, end, machines }) {
  const days = weekdays(first, end);
  const found = new Map(cells.map((cell) => [`${cell.weekday} ${cell.hour}`, cell]));
  const kinds = {
    use: { words: "In use", of: (cell, at) => (days[at] && machines ? Math.min(1, cell.occupied_s / (3600 * days[at] * machines)) : null) },
    flat: { words: "Flat", of: (cell) => flatShare(pool([cell])) },
  };
  const told = el("p", { className: "told", role: "status", textContent: "Point at an hour, or tap it." });
  const grid = el("div", {});
  const keys = Object.entries(kinds).map(([name, kind]) => el("button", { type: "button", textContent: kind.words, on: { click: () => show(name) } }));

  function show(name) {
    Object.keys(kinds).forEach((one, at) => keys[at].setAttribute("aria-pressed", String(one === name)));
    grid.replaceChildren(table(name, kinds[name]));
  }

  function table(name, kind) {
    const values = new Map();
    for (const [key, cell] of found) values.set(key, kind.of(cell, cell.weekday));
    const most = name === "flat" ? 1 : Math.max(0.01, ...[...values.values()].filter((one) => one !== null));
    const head = el("tr", {}, el("td"), ...hours().map((hour) => el("th", { scope: "col", textContent: hour % 3 ? "" : number(hour), aria: { label: `${hour} o'clock` } })));
    const rows = DAYS.map((words, at) => el("tr", {}, el("th", { scope: "row", textContent: words }), ...hours().map((hour) => square(at + 1, hour))));

    function square(at, hour) {
      const key = `${at} ${hour}`;
      const share = values.get(key) ?? null;
      const words = sentence(found.get(key), at, hour, share, name);
      const step = share === null ? "none" : share === 0 ? 0 : Math.min(STEPS, 1 + Math.floor((share / most) * STEPS));
      const say = () => (told.textContent = words);
      return el("td", { data: { step }, tabIndex: -1, aria: { label: words }, on: { pointerenter: say, click: say } }, el("span", { className: "inside", textContent: share === null ? "" : number(share * 100) }));
    }
    return el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows));
  }

  show("use");
  const lead = `Percent of each hour, ${machines === 1 ? "of this machine" : `the mean of ${number(machines)} machines`}, over all days of the period with figures.`;
  return el("section", { className: "heat" }, el("h2", { textContent: "The week by hours" }), el("p", { className: "keys" }, ...keys), grid, told, el("p", { className: "quiet", textContent: lead }));
}

const hours = () => Array.from({ length: 24 }, (_, hour) => hour);

function sentence(cell, at, hour, share, name) {
  const when = `${LONG_DAYS[at - 1]}, ${hour} to ${hour + 1} o'clock`;
  if (!cell) return `${when}: nothing recorded`;
  const rate = share === null ? "too few sessions for a rate" : `${percent(share)} ${name === "use" ? "in use" : "flat"}`;
  return `${when}: ${rate}, ${number(cell.sessions)} sessions ended`;
}

// How often each weekday was, from first up to, and without, end; index 1 is Monday.
export function weekdays(first, end) {
  const found = Array(8).fill(0);
  for (let one = first; one < end; one = shifted(one, 1)) found[weekday(one)] += 1;
  return found;
}
