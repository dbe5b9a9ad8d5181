// What became of the questions on the screens, of suggestions and of time limits.
import { el } from "/static/el.js";
import { points } from "./cards.js";
import { acceptance, accepted, unasked } from "./sums.js";
import { number, percent, plural } from "./words.js";

export function funnel(now, observed) {
  const { sum } = now;
  const offered = sum("nudges_offered");
  const title = el("h2", { textContent: "Incline questions" });
  if (!offered) return el("section", { className: "funnel" }, title, el("p", { className: "empty", textContent: "No question was asked in this period." }), others(sum));
  const shown = offered - sum("nudges_undelivered");
  const left = shown - sum("nudges_withdrawn");
  const steps = [
    ["Asked", offered, "each flat belt that a question was due on"],
    ["Shown", shown, `${number(sum("nudges_undelivered"))} were not seen on any screen`],
    ["Answerable", left, `${number(sum("nudges_withdrawn"))} withdrawn, because the belt stopped or something came between`],
    ["Accepted", accepted(now), `${number(sum("nudges_accepted_key"))} by the key, ${number(sum("nudges_accepted_self"))} by the member's own hand`],
  ];
  const rest = [["declined", "nudges_declined"], ["no answer", "nudges_expired"], ["raised after a countdown, not counted as accepted", "nudges_raised"]];
  const words = rest.filter(([, name]) => sum(name)).map(([said, name]) => `${number(sum(name))} ${said}`);
  return el(
    "section",
    { className: "funnel" },
    title,
    el("ol", {}, ...steps.map((step) => bar(...step, offered))),
    el("p", { className: "quiet", textContent: words.length ? `Of the rest: ${words.join(", ")}.` : "" }),
    el("p", { textContent: effect(acceptance(now), unasked(observed), observed.sum) }),
    others(sum),
  );
}

function bar(name, count, note, most) {
  const fill = el("span", { className: "fill" });
  fill.style.width = `${(100 * Math.max(0, count)) / most}%`;
  return el("li", {}, el("span", { className: "name", textContent: name }), el("span", { className: "bar", aria: { hidden: "true" } }, fill), el("strong", { textContent: `${number(count)}` }), el("span", { className: "quiet", textContent: `${percent(count / most)} · ${note}` }));
}

function effect(asked, alone, sum) {
  if (alone === null) return "How many belts leave the flat unasked is not known: no machine was in observe long enough. Acceptance is no effect.";
  const found = `Where nobody was asked, ${percent(alone)} of ${plural(sum("spells_ended") + sum("spells_stayed"), "flat spell", "flat spells")} ended by themselves within a minute.`;
  return asked === null ? found : `${found} Acceptance is ${points(asked - alone)}.`;
}

function others(sum) {
  const lines = [
    ["Suggestions", ["suggestions_offered", "offered"], ["suggestions_taken", "“I will”"], ["suggestions_declined", "not now"], ["suggestions_not_today", "not today"], ["suggestions_expired", "no answer"]],
    ["Time limits", ["limits_announced", "announced"], ["limits_reached", "reached"], ["limits_extended", "extended"], ["limits_lifted", "lifted"], ["limits_over", "went over"]],
  ];
  const told = ([name, ...parts]) => el("p", { className: "quiet" }, el("strong", { textContent: `${name}: ` }), parts.map(([column, words]) => `${number(sum(column))} ${words}`).join(", "));
  return el("div", { className: "others" }, ...lines.map(told));
}
