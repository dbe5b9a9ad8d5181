// One row for each machine, zone or kind of machine; a click on a heading sorts.
import { el } from "/static/el.js";
import { few } from "./cards.js";
import { COVERED, acceptance, coverage, flatShare, pool } from "./sums.js";
import { hours, number, percent } from "./words.js";

const COLUMNS = [
  { words: "Belt time", of: ({ sum }) => sum("belt_s"), show: hours },
  { words: "In use", of: ({ sum }) => sum("occupied_s"), show: hours },
  { words: "Distance", of: ({ sum }) => sum("distance_m"), show: (metres) => `${number(metres / 1000)} km` },
  { words: "Sessions", of: ({ sum }) => sum("sessions"), show: number },
  { words: "Flat share", of: flatShare, show: few },
  { words: "Acceptance", of: acceptance, show: few },
  { words: "Coverage", of: coverage, show: percent },
];

export function groups(rows, by) {
  const told = rows.map((row) => ({ name: row.group, pooled: pool([row]) })).map(({ name, pooled }) => ({ name, values: COLUMNS.map((column) => column.of(pooled)) }));
  const body = el("tbody");
  const heads = [by[0].toUpperCase() + by.slice(1), ...COLUMNS.map((column) => column.words)].map((words, at) => {
    const key = el("button", { type: "button", textContent: words, on: { click: () => sort(at) } });
    return el("th", { scope: "col" }, key);
  });
  let order = { at: 0, down: false };

  function sort(at) {
    order = { at, down: order.at === at ? !order.down : at > 0 };
    draw();
  }

  function draw() {
    const value = (row) => (order.at ? row.values[order.at - 1] : row.name);
    const compare = order.at ? (a, b) => (value(a) ?? -1) - (value(b) ?? -1) : (a, b) => a.name.localeCompare(b.name, "en", { numeric: true });
    told.sort((a, b) => (order.down ? -1 : 1) * compare(a, b));
    heads.forEach((head, at) => head.setAttribute("aria-sort", at !== order.at ? "none" : order.down ? "descending" : "ascending"));
    body.replaceChildren(...told.map(line));
  }

  function line({ name, values }) {
    const poor = (values.at(-1) ?? 1) < COVERED;
    const cell = by === "machine" ? el("a", { href: `#/machine/${name}`, textContent: name }) : name || "none";
    return el("tr", { data: poor ? { poor: "" } : {} }, el("th", { scope: "row" }, cell), ...values.map((value, at) => el("td", { textContent: COLUMNS[at].show(value) })));
  }

  draw();
  return el("div", { className: "wide" }, el("table", { className: "groups" }, el("thead", {}, el("tr", {}, ...heads)), body));
}
