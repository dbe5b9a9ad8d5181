// The demo: the member's screen in a frame, the treadmill's keys beside it, and what happens below.
const AGAIN_MS = 1000;
const UNKNOWN = "–";
const ENDED = "The demo has ended, or is starting again.";
const BELT = {
  idle: "The belt stands.",
  moving: "The belt moves.",
  paused: "Paused. Start goes on.",
  stopping: "The belt slows down.",
  safety: "The safety key is out. No other key works.",
};

const at = (id) => document.getElementById(id);

at("console").src = `/console${location.hash}`;

for (const button of document.querySelectorAll("[data-key]")) {
  button.addEventListener("click", () => press(button.dataset.key));
}

async function press(key) {
  const body = JSON.stringify({ key });
  try {
    await fetch("/demo/key", { method: "POST", headers: { "content-type": "application/json" }, body });
  } catch {
    write("belt", ENDED);
  }
}

function write(id, text) {
  if (at(id).textContent !== text) at(id).textContent = text;
}

function line({ t, text }) {
  const [item, time, words] = ["li", "time", "span"].map((name) => document.createElement(name));
  time.textContent = t;
  words.textContent = text;
  item.append(time, words);
  return item;
}

let told = "";

function draw({ speed_kmh: speed, incline_pct: incline, belt, log }) {
  write("speed", speed?.toFixed(1) ?? UNKNOWN);
  write("incline", incline?.toFixed(1).replace("-", "\u2212") ?? UNKNOWN);
  write("belt", BELT[belt] ?? "");
  write("safety", belt === "safety" ? "Put the safety key back" : "Pull the safety key");
  const now = JSON.stringify(log);
  if (now === told) return;
  told = now;
  at("log").replaceChildren(...log.map(line));
}

function connect() {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/demo/live`);
  socket.onmessage = (event) => draw(JSON.parse(event.data));
  socket.onclose = () => {
    write("speed", UNKNOWN);
    write("incline", UNKNOWN);
    write("belt", ENDED);
    setTimeout(connect, AGAIN_MS);
  };
}

connect();
