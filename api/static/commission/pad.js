// Ten digits, a point and a minus: a treadmill's computer has no keyboard.
import { el } from "/static/firstrun/dom.js";

const ROWS = ["123", "456", "789", "−0."];
const LONGEST = 5;

export function pad(unit, done) {
  const shown = el("output", { ariaLabel: unit });
  let typed = "";

  function put(text) {
    typed = text.slice(0, LONGEST);
    shown.textContent = typed || unit;
    shown.toggleAttribute("data-empty", !typed);
  }

  function cap(sign) {
    const act = sign === "−" ? () => put(typed.startsWith("-") ? typed.slice(1) : `-${typed}`) : () => put(typed + sign);
    return el("button", { type: "button", textContent: sign, data: { digit: sign }, on: { click: act } });
  }

  const last = el(
    "div",
    { className: "row" },
    el("button", { type: "button", textContent: "⌫", ariaLabel: "Delete", on: { click: () => put(typed.slice(0, -1)) } }),
    el("button", { type: "button", textContent: "OK", id: "ok", className: "yes", on: { click: () => typed && done(typed) } }),
  );
  put("");
  const rows = ROWS.map((row) => el("div", { className: "row" }, ...[...row].map(cap)));
  return el("div", {}, shown, el("div", { className: "board" }, ...rows, last));
}
