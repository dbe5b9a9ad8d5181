// Looks how things stand every two seconds, and shows it; while the form is filled in, only its end matters.
import { ask } from "./ask.js";
import { fill } from "./form.js";
import { code, done, enter, lost, missing, mistakes, unsigned } from "./start.js";

const LOOK_MS = 2000;
const atScreen = location.pathname !== "/setup";
document.documentElement.toggleAttribute("data-elsewhere", !atScreen);

let shown = ""; // what is drawn, to draw it only when it is another
let filling = false;
let written = false;

async function look() {
  const { ok, status, told } = await ask("GET", "/setup/state");
  if (ok) stand(told);
  else gone(status);
}

function stand(told) {
  const name = view(told);
  if (written || (filling && told.signed_in)) return;
  filling = false;
  const now = JSON.stringify([name, told], (field, value) => (field === "seconds" ? Math.round(value / 60) : value));
  if (now === shown) return;
  const same = shown !== "" && JSON.parse(shown)[0] === name;
  if (same && name === "enter") return; // somebody types
  shown = now;
  VIEWS[name](told);
}

function view({ state, signed_in: signedIn, another }) {
  if (!signedIn) return atScreen ? "unsigned" : "enter";
  if (state === "good") return "done";
  if (!atScreen) return "form";
  if (another.door === "open" || another.door === "used") return "code";
  return state;
}

const VIEWS = {
  unsigned,
  enter: () => enter(again),
  done: () => done(atScreen),
  form: begin,
  code: (told) => code(told, again),
  missing: (told) => missing(told, begin, again),
  mistakes: (told) => mistakes(told, begin, again),
};

// Somebody else answers at this address: the member's screen. Or nobody does: it is about to.
function gone(status) {
  if (atScreen && status === 404) return location.reload();
  if (atScreen || written || status !== 0 || shown === "lost") return;
  [shown, filling] = ["lost", false];
  lost();
}

function begin() {
  filling = true;
  fill({ atScreen, left: leave, written: finish });
}

function leave() {
  filling = false;
  again();
}

function finish() {
  written = true;
  done(atScreen);
}

function again() {
  shown = "";
  look();
}

addEventListener("contextmenu", (event) => atScreen && event.preventDefault()); // a long touch is a touch
look();
setInterval(look, LOOK_MS);
