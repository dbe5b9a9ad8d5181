// The form: one question after another, then the file as it will be written, then it is written.
import { ask, why } from "./ask.js";
import { el, key, show, wrong } from "./dom.js";
import { field } from "./fields.js";

// The file with its remarks dimmed.
function file(text) {
  const lines = text.split("\n").map((line) => el("span", { className: line.startsWith("#") ? "remark" : "", textContent: `${line}\n` }));
  return el("pre", {}, ...lines);
}

// Leads through the questions; left: back to where it began; written: the file stands.
export async function fill({ atScreen, left, written }) {
  const answer = await ask("GET", "/setup/questions");
  if (!answer.ok) return wrong(why(answer));
  const questions = answer.told;
  const answers = Object.fromEntries(questions.map((question) => [question.key, question.default]));
  const asked = () => questions.filter(({ when }) => when.every((name) => !["", "no"].includes(answers[name] ?? "")));
  let busy = false;

  function draw(place) {
    const question = asked()[place];
    if (!question) return review();
    const { key: name, ask: title, hint, optional } = question;
    const next = key("Next", () => once(() => go(place)), { yes: true, id: "next" });
    const ready = () => (next.disabled = !(optional || answers[name]));
    const changed = (value) => {
      answers[name] = value;
      wrong("");
      ready();
    };
    const back = key("Back", () => (place ? draw(place - 1) : left()), { id: "back" });
    show({ view: "question", title, lead: hint, keys: place || atScreen ? [back, next] : [next], content: field(question, answers[name], changed, atScreen) });
    document.getElementById("page").dataset.key = name;
    ready();
  }

  // The daemon says whether an answer will do; what comes later is not asked yet.
  async function go(place) {
    const { key: name } = asked()[place];
    const answer = await draft();
    const mistake = answer.ok ? answer.told.mistakes[name] : why(answer);
    if (mistake) wrong(mistake);
    else draw(place + 1);
  }

  const draft = () => ask("POST", "/setup/draft", { answers: only() });
  const only = () => Object.fromEntries(asked().map(({ key: name }) => [name, answers[name]]));

  async function review() {
    const answer = await draft();
    if (!answer.ok) return wrong(why(answer));
    const { text, password_file: secret, mistakes, keeps } = answer.told;
    if (text === null) return mistaken(mistakes);
    const notes = [keeps && "The file before it is kept beside it.", secret && `The password goes into ${secret}.`];
    const back = key("Back", () => draw(asked().length - 1), { id: "back" });
    const write = key("Write it", () => once(save), { yes: true, id: "write" });
    const lead = ["This file will be written. It can be changed later, in a terminal.", ...notes.filter(Boolean)].join(" ");
    show({ view: "review", title: "Is this right?", lead, content: [file(text)], keys: [back, write] });
  }

  function mistaken(mistakes) {
    const first = asked().findIndex(({ key: name }) => name in mistakes);
    draw(Math.max(first, 0));
    wrong(Object.values(mistakes).join(" "));
  }

  async function save() {
    const answer = await ask("POST", "/setup/write", { answers: only() });
    if (answer.ok) written();
    else wrong(why(answer));
  }

  // A second touch while the first is under way is none.
  async function once(act) {
    if (busy) return;
    busy = true;
    await act();
    busy = false;
  }

  draw(0);
}
