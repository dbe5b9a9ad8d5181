// The demo: the member's screen in a frame, the treadmill's keys beside it, and what happens below.
const at = (id) => document.getElementById(id);
const BELT = {
  idle: "The belt stands.",
  moving: "The belt moves.",
  paused: "Paused. Start goes on.",
  stopping: "The belt slows down.",
  safety: "The safety key is out. No key works.",
};

at("console").src = `/console${location.hash}`;

for (const button of document.querySelectorAll("[data-key]")) {
  button.addEventListener("click", () =>
    fetch("/demo/key", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ key: button.dataset.key }),
    }),
  );
}

function line({ t, text }) {
  const [item, time, words] = ["li", "time", "span"].map((name) => document.createElement(name));
  time.textContent = t;
  words.textContent = text;
  item.append(time, words);
  return item;
}

function draw({ speed_kmh, incline_pct, belt, log }) {
  at("speed").textContent = speed_kmh.toFixed(1);
  at("incline").textContent = incline_pct.toFixed(1);
  at("belt").textContent = BELT[belt] ?? "";
  at("safety").textContent = belt === "safety" ? "Put the safety key back" : "Pull the safety key";
  at("log").replaceChildren(...log.map(line));
}

function connect() {
  const socket = new WebSocket(`ws://${location.host}/demo/live`);
  socket.onmessage = (event) => draw(JSON.parse(event.data));
  socket.onclose = () => {
    at("belt").textContent = "The demo has ended, or is starting again.";
    setTimeout(connect, 1000);
  };
}

connect();
