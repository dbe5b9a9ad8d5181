// The period in five numbers, each beside the one of the period before.
import { el } from "/static/el.js";
import { COVERED, acceptance, askedShare, baseline, coverage, flatShare } from "./sums.js";
import { hours, number, percent } from "./words.js";

export function cards(now, before, observed) {
  const poor = (coverage(now) ?? 1) < COVERED;
  const base = baseline(observed);
  const asked = askedShare(now);
  const against = base === null ? "No baseline yet: two weeks in observe give one" : asked === null ? `Baseline ${percent(base)}` : `Baseline ${percent(base)}: ${points(asked - base)}`;
  return el(
    "section",
    { className: "cards", aria: { label: "The period in numbers" } },
    card("Belt time", hours(now.sum("belt_s")), trend(now.sum("belt_s"), before.sum("belt_s"))),
    card("Sessions", number(now.sum("sessions")), trend(now.sum("sessions"), before.sum("sessions"))),
    card("Flat share", few(flatShare(now)), against, poor),
    card("Acceptance", few(acceptance(now)), `${number(now.sum("nudges_offered"))} questions asked`, poor),
    card("Coverage", percent(coverage(now)), poor ? "Below 90 %: look for the reason before you read the rates" : "How much of it was seen"),
  );
}

function card(title, value, note, poor = false) {
  return el("div", { className: "card", data: poor ? { poor: "" } : {} }, el("h3", { textContent: title }), el("p", { className: "value", textContent: value }), el("p", { className: "quiet", textContent: note }));
}

export const few = (share) => (share === null ? "Too few" : percent(share));

export function points(difference) {
  const found = Math.round(difference * 100);
  if (found === 0) return "no difference";
  return `${number(Math.abs(found))} points ${found < 0 ? "less" : "more"}`;
}

function trend(now, before) {
  if (!before) return "Nothing to compare with";
  const change = Math.round((now / before - 1) * 100);
  return change === 0 ? "As in the period before" : `${number(Math.abs(change))} % ${change < 0 ? "less" : "more"} than in the period before`;
}
