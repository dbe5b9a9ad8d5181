// The keys: Cancel acts when it is touched, all others when they are let go, and none twice within 300 ms.
import { at, drawWhy, wake } from "./draw.js";

const TWICE_MS = 300;
const KEYS = ["raise", "take", "decline", "not_today", "help", "trainer", "lend", "language", "return"];
const OURS = ["Enter", " ", "Tab", "Shift", "Escape", "F5", "F12"]; // no other key of a keyboard does anything: it may lead out
const STAFF_MS = 3000;
const CORNER_PX = 120;

export function listenKeys(line, lease) {
  const asked = () => Number(at("prompt").dataset.id || 0);
  const down = new Map(); // what each finger came down on
  let last = -TWICE_MS;

  function touch(key, now) {
    if (now - last < TWICE_MS) return;
    last = now;
    line.send({ type: "touch", key, prompt: asked() });
  }

  // A runner's finger slides: it counts while it leaves the same key, of the same prompt, that it came down on.
  // The browser's own click would be lost after 3 mm.
  function letGo(event) {
    const { key, prompt } = down.get(event.pointerId) ?? {};
    down.delete(event.pointerId);
    const on = document.elementFromPoint(event.clientX, event.clientY)?.id;
    if (on !== key || prompt !== asked()) return;
    if (KEYS.includes(key)) touch(key, event.timeStamp);
    if (key === "why") drawWhy();
  }

  function typed(event) {
    const onCancel = event.target === at("cancel") && ["Enter", " "].includes(event.key);
    if (!onCancel && event.key !== "Escape") return;
    event.preventDefault(); // no click besides
    if (!event.repeat) cancel();
  }

  function cancel() {
    if (at("cancel").checkVisibility()) lease.cancel();
  }

  // A finger's click was a pointer before; without one it is a keyboard's or a screen reader's.
  function clicked(event) {
    if (event.detail > 0) return;
    if (event.target.id === "cancel") cancel();
    else if (event.target.id === "why") drawWhy();
    else if (KEYS.includes(event.target.id)) touch(event.target.id, event.timeStamp);
  }

  // Before a stop every touch is a Cancel, wherever it lands.
  function anywhere() {
    if (at("prompt").dataset.kind === "stop") cancel();
  }

  // Staff hold the upper left corner for three seconds to say that somebody waits, and again that nobody does.
  let held = 0;
  function hold(event) {
    clearTimeout(held);
    if (Math.max(event.clientX, event.clientY) > CORNER_PX) return;
    const waits = at("limit").textContent === "" ? "waiting" : "nobody_waits";
    held = setTimeout(() => line.send({ type: "touch", key: waits, prompt: 0 }), STAFF_MS);
  }

  at("cancel").addEventListener("pointerdown", cancel);
  addEventListener("pointerdown", anywhere);
  addEventListener("pointerdown", hold);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => clearTimeout(held));
  addEventListener("pointerdown", (event) => {
    if (event.button === 0) down.set(event.pointerId, { key: event.target.id, prompt: asked() });
  });
  addEventListener("pointerup", letGo);
  addEventListener("pointercancel", (event) => down.delete(event.pointerId));
  addEventListener("click", clicked);
  addEventListener("keydown", typed);
  at("dark").addEventListener("pointerdown", wake); // what lies under it was not meant
  addEventListener("wheel", (event) => event.preventDefault(), { passive: false }); // with Ctrl it would enlarge
  addEventListener("keydown", (event) => OURS.includes(event.key) || event.preventDefault());
  addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch is a touch
}
