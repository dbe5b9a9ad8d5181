// The flat share week by week, against the share of belts on which nobody was asked. uPlot draws; a table has the same.
import { el } from "/static/el.js";
import { askedShare, baseline, coverage, pool, COVERED } from "./sums.js";
import { day, number, percent } from "./words.js";

const HEIGHT = 260;

export function trend(weeks, observed) {
  const base = baseline(observed);
  const points = weeks.map((row) => {
    const one = pool([row]);
    return { start: row.start, asked: askedShare(one), alone: baseline(one), sessions: row.sessions, coverage: coverage(one) };
  });
  const title = el("h2", { textContent: "Flat share by week" });
  if (!points.some((one) => one.asked !== null || one.alone !== null)) {
    return el("section", { className: "trend" }, title, el("p", { className: "empty", textContent: "Too few sessions for a rate yet: a week needs five." }));
  }
  const note = base === null
    ? "There is no baseline yet: leave machines in observe for two weeks, or one in ten for good."
    : `Baseline ${percent(base)}: the flat share of ${number(observed.sum("observed_sessions"))} sessions in observe within a year, where nobody was asked.`;
  const place = el("div", { className: "plot", role: "img", aria: { label: "Flat share by week; the table below has the numbers" } });
  draw(place, points, base);
  return el("section", { className: "trend" }, title, place, legend(base), el("p", { className: "quiet", textContent: note }), table(points));
}

function draw(place, points, base) {
  if (!globalThis.uPlot) return; // without the library the table is what there is
  const styles = getComputedStyle(document.documentElement);
  const color = (name) => styles.getPropertyValue(name).trim();
  const of = (name) => points.map((one) => (one[name] === null ? null : one[name] * 100));
  const data = [points.map((one) => Date.parse(one.start) / 1000), of("asked"), of("alone"), points.map(() => (base === null ? null : base * 100))];
  const axis = { stroke: color("--quiet"), grid: { stroke: color("--edge"), width: 0.5 }, ticks: { show: false }, font: "13px system-ui, sans-serif" };
  const dot = (fill, size) => ({ show: true, size, fill, stroke: color("--asked") });
  const options = {
    width: 320, height: HEIGHT, legend: { show: false }, cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { time: true, range: (_, least, most) => (least === most ? [least - 302_400, most + 302_400] : [least, most]) }, y: { range: [0, 100] } },
    axes: [{ ...axis, splits: (plot) => data[0].filter((_, at) => at % Math.ceil((data[0].length * 60) / plot.width) === 0), values: (_, ticks) => ticks.map((at) => day(at * 1000).replace(/^\w+,? /, "")) }, { ...axis, values: (_, ticks) => ticks.map((at) => `${at} %`), size: 54 }],
    series: [
      {},
      { stroke: color("--asked"), width: 2.5, points: dot(color("--asked"), 7) },
      { stroke: color("--alone"), width: 0, paths: () => null, points: { show: true, size: 9, width: 2, fill: color("--paper"), stroke: color("--alone") } },
      { stroke: color("--alone"), width: 1.5, dash: [6, 5], points: { show: false } },
    ],
  };
  const plot = new globalThis.uPlot(options, data, place);
  new ResizeObserver(([{ contentRect }]) => contentRect.width && plot.setSize({ width: Math.floor(contentRect.width), height: HEIGHT })).observe(place);
}

function legend(base) {
  const one = (kind, words) => el("li", { data: { kind } }, words);
  return el("ul", { className: "legend" }, one("asked", "Sessions in which the screen may ask"), one("alone", "Sessions in observe"), ...(base === null ? [] : [one("base", "Baseline")]));
}

function table(points) {
  const head = ["Week from", "May ask", "Observe", "Sessions", "Coverage"];
  const rows = points.map((one) => [day(one.start), percent(one.asked), percent(one.alone), number(one.sessions), percent(one.coverage)]);
  return el(
    "details",
    { open: !globalThis.uPlot },
    el("summary", { textContent: "As a table" }),
    el("table", {}, el("thead", {}, el("tr", {}, ...head.map((words) => el("th", { scope: "col", textContent: words })))),
      el("tbody", {}, ...rows.map((row, at) => el("tr", { data: (points[at].coverage ?? 1) < COVERED ? { poor: "" } : {} }, ...row.map((words) => el("td", { textContent: words })))))),
  );
}
