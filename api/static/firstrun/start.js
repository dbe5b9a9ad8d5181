// What stands here before and after the form.
import { ask, keepSecret, why } from "./ask.js";
import { el, key, show, wrong } from "./dom.js";

const WORKS = "The treadmill works as always. So do its safety key and Stop.";
const ENDED = {
  spent: "Too many wrong codes were said, so no other device can come in now.",
  expired: "The half hour for another device is over.",
};

const item = (...parts) => el("li", {}, ...parts);
const typed = (textContent) => el("code", { textContent });

export function missing(standing, begin, again) {
  const steps = el(
    "ol",
    {},
    item("Switch the treadmill on, and end other apps' connections to it."),
    item("Touch “Set it up here”. It takes a few minutes, and nothing on the treadmill moves."),
    item("Or use a phone or computer of this network, or a terminal: ", typed("sudo inclined setup")),
  );
  show({
    view: "missing",
    title: "This screen is not set up yet",
    lead: `${WORKS} For gym staff:`,
    content: [steps],
    keys: [other(again), key("Set it up here", begin, { yes: true, id: "begin" })],
  });
  ended(standing);
}

export function mistakes(standing, begin, again) {
  const lead = `${WORKS} For gym staff: mend the file, and this screen goes on by itself. Or set it up anew; the file is kept.`;
  show({
    view: "mistakes",
    title: "The configuration has mistakes",
    lead,
    content: [el("ul", {}, ...standing.mistakes.map((one) => item(one)))],
    keys: [other(again), key("Set it up anew", begin, { id: "begin" })],
  });
  ended(standing);
}

function other(again) {
  return key("Set up from another device", () => turn("POST", again), { id: "another" });
}

async function turn(method, again) {
  const answer = await ask(method, "/setup/another");
  if (answer.ok) again();
  else wrong(why(answer));
}

function ended({ another }) {
  wrong(another?.fault ?? ENDED[another?.door] ?? "");
}

// The code, for another device.
export function code({ another }, again) {
  const { code: digits, addresses, seconds, tries } = another;
  const [first, ...more] = addresses;
  const [title, content] = digits
    ? ["On the other device, open this address", [address(first), quiet(more), el("p", { className: "digits", textContent: `${digits.slice(0, 3)} ${digits.slice(3)}` })]]
    : ["Another device sets this up", [el("p", { textContent: "It said the right code. This screen goes on when it has finished." })]];
  const left = `${minutes(seconds)} left`;
  show({
    view: digits ? "code" : "used",
    title,
    lead: digits ? `It must be in this network, and asks for the code below. ${left}, ${tries} ${tries === 1 ? "try" : "tries"}.` : `${left}.`,
    content,
    keys: [key("Stop this", () => turn("DELETE", again), { id: "stop" })],
  });
}

const minutes = (seconds) => (seconds >= 120 ? `${Math.round(seconds / 60)} minutes` : "Less than 2 minutes");
const address = (words) => el("p", { className: "address", textContent: words ?? "This computer is in no network yet." });
const quiet = (more) => el("p", { className: "quiet", textContent: more.length ? `or ${more.join(" or ")}` : "" });

// On the other device: which code?
export function enter(again) {
  const input = el("input", { inputMode: "numeric", autocomplete: "off", maxLength: 9, id: "code" });
  input.setAttribute("aria-label", "Code");
  const send = async () => {
    const answer = await ask("POST", "/setup/code", { code: input.value });
    if (answer.ok) {
      keepSecret(answer.told.secret);
      return again();
    }
    input.value = "";
    wrong(why(answer));
  };
  input.addEventListener("keydown", (event) => event.key === "Enter" && send());
  show({
    view: "enter",
    title: "Which code is on the screen?",
    lead: "It stands on the screen beside the treadmill, six digits.",
    content: [el("div", { className: "field" }, input)],
    keys: [key("Go on", send, { yes: true, id: "send" })],
  });
  input.focus();
}

export function unsigned({ state, mistakes: list }) {
  const steps = el(
    "ul",
    {},
    item("At a terminal of this computer: ", typed("sudo inclined setup")),
    item("Or open this address with the key behind it, which is in the file ", typed("/run/inclined/console.key"), ": ", typed("/console#key=…")),
    ...list.map((one) => item(one)),
  );
  const title = state === "mistakes" ? "The configuration has mistakes" : "This screen is not set up yet";
  show({ view: "unsigned", title, lead: `${WORKS} This page is not signed in. For gym staff:`, content: [steps] });
}

export function lost() {
  show({
    view: "lost",
    title: "This has ended",
    lead: "Look at the screen beside the treadmill. To begin again, touch “Set up from another device” there.",
  });
}

export function done(atScreen) {
  show({
    view: "done",
    title: "It is set up",
    lead: atScreen ? "It begins by itself in a few seconds." : "The screen beside the treadmill goes on by itself. You may close this page.",
  });
}
