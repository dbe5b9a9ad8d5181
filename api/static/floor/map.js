// The floor as it is: machines by zone, and beside them what needs somebody, the most urgent first.
import { el } from "/static/el.js";
import { LEVELS, SAID, SIGNS, STANDING, plural, since } from "./words.js";

const urgency = (machine) => LEVELS.indexOf(machine.level);
const named = (a, b) => a.machine.localeCompare(b.machine, "en", { numeric: true });

export function counts(machines) {
  const all = [...machines.values()];
  const of = (standing) => all.filter((one) => one.standing === standing).length;
  const parts = [`${of("free")} free`, `${of("busy")} in use`];
  if (of("out")) parts.push(`${of("out")} out of order`);
  if (of("unknown")) parts.push(`${of("unknown")} unknown`);
  return all.length ? parts.join(" · ") : "";
}

export function floor(machines) {
  const all = [...machines.values()].sort(named);
  if (!all.length) {
    return [el("p", { className: "empty", textContent: "No machine has been heard yet. Each appears here once its computer has reached the broker: see [mqtt] in its configuration." })];
  }
  return [el("div", { className: "zones" }, ...zones(all), key()), attention(all)];
}

function zones(all) {
  const names = [...new Set(all.map((one) => one.zone))].sort((a, b) => a.localeCompare(b, "en"));
  return names.map((name) => {
    const here = all.filter((one) => one.zone === name);
    const free = here.filter((one) => one.standing === "free").length;
    return el(
      "section",
      { className: "zone" },
      el("h2", {}, name || "No zone", el("span", { className: "quiet", textContent: ` ${free} of ${here.length} free` })),
      el("div", { className: "tiles" }, ...here.map(tile)),
    );
  });
}

// What the signs mean, in their order.
function key() {
  const one = (level) => el("li", { data: { level } }, el("span", { className: "sign", textContent: SIGNS[level], aria: { hidden: "true" } }), SAID[level]);
  return el("ul", { className: "key", aria: { label: "The signs" } }, ...LEVELS.map(one));
}

function tile(one) {
  const words = `${one.name || one.machine}: ${STANDING[one.standing]}, ${SAID[one.level]}`;
  return el(
    "a",
    { className: "tile", href: `#/machine/${one.machine}`, title: words, aria: { label: words }, data: { level: one.level, standing: one.standing } },
    el("span", { className: "sign", textContent: SIGNS[one.level], aria: { hidden: "true" } }),
    el("strong", { textContent: one.machine }),
    el("span", { className: "standing", textContent: STANDING[one.standing] }),
  );
}

function attention(all) {
  const found = all.filter((one) => one.level !== "ok").sort((a, b) => urgency(b) - urgency(a) || named(a, b));
  const title = el("h2", {}, "Needs somebody");
  if (!found.length) return el("section", { className: "attention" }, title, el("p", { className: "quiet", textContent: "Nothing: all machines are well." }));
  return el("section", { className: "attention" }, title, el("ol", {}, ...found.map(line)));
}

function line(one) {
  const [first, ...more] = one.causes;
  const text = first ? `${first.text} (${since(first.since)})` : SAID[one.level];
  return el(
    "li",
    { data: { level: one.level } },
    el("a", { href: `#/machine/${one.machine}` }, el("span", { className: "sign", textContent: SIGNS[one.level], aria: { hidden: "true" } }), el("strong", { textContent: one.machine }), ` ${SAID[one.level]}`),
    el("p", { textContent: more.length ? `${text}, and ${plural(more.length, "thing", "things")} more` : text }),
  );
}
