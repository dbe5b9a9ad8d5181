// What staff may do at a machine from here. The answer is the machine's own; nothing here moves a belt or a deck.
import { el } from "/static/el.js";
import { post } from "./ask.js";

const MAY = new Set(["staff", "manager"]);
const text = (label, maxLength = 120) => ({ label, maxLength });
const DEEDS = [
  { words: "Show which one it is", verb: "identify", done: "It shows its name for a moment." },
  { words: "Message", verb: "message", fields: { text: text("On its screen") }, done: "It is on the screen." },
  { words: "More time", verb: "extend", fields: { minutes: { label: "Minutes", options: [5, 10, 15] }, reason: text("Why") }, done: "The member has it." },
  { words: "No limit", verb: "lift", fields: { reason: text("Why") }, done: "The limit is off this session." },
  { words: "Out of order", verb: "out-of-order", set: { out: true }, fields: { reason: text("What is wrong") }, done: "It counts as out of order." },
  { words: "Back in order", verb: "out-of-order", set: { out: false }, fields: { reason: text("What was mended") }, done: "It counts again." },
  { words: "Serviced", verb: "serviced", fields: { note: text("What was done") }, done: "Its counters begin anew." },
];

export function deeds(machine, who) {
  if (!MAY.has(who.role)) return [el("p", { className: "quiet", textContent: "Staff sign in to send a message, give more time or take it out of order." })];
  const told = el("p", { className: "told", role: "status" });
  const keys = DEEDS.map((deed) => el("button", { type: "button", textContent: deed.words, on: { click: () => (deed.fields ? ask(machine, deed, told) : act(machine, deed, {}, told)) } }));
  return [el("p", { className: "keys" }, ...keys), told];
}

async function act(machine, deed, said, told) {
  told.textContent = `Asking ${machine}…`;
  try {
    await post(`machines/${machine}/${deed.verb}`, { ...deed.set, ...said });
    told.textContent = deed.done;
    return true;
  } catch (error) {
    told.textContent = error.message;
    return false;
  }
}

function ask(machine, deed, told) {
  const dialog = document.getElementById("ask");
  const wrong = el("p", { className: "wrong", role: "alert" });
  const fields = Object.entries(deed.fields).map(([name, field]) => [name, field, input(name, field)]);
  const form = el(
    "form",
    { method: "dialog" },
    el("h2", { textContent: `${deed.words}: ${machine}` }),
    ...fields.map(([, field, made]) => el("label", {}, field.label, made)),
    wrong,
    el("p", { className: "keys" }, el("button", { type: "submit", className: "yes", textContent: deed.words }), el("button", { type: "button", textContent: "Cancel", on: { click: () => dialog.close() } })),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = Object.fromEntries(fields.map(([name, field, made]) => [name, field.options ? Number(made.value) : made.value.trim()]));
    if (await act(machine, deed, said, wrong)) {
      told.textContent = deed.done;
      dialog.close();
    }
  });
  dialog.replaceChildren(form);
  dialog.showModal();
}

function input(name, { options, maxLength }) {
  if (options) return el("select", { name }, ...options.map((value) => el("option", { value, textContent: value })));
  return el("input", { name, type: "text", required: true, maxLength, autocomplete: "off" });
}
