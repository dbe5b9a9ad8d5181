// The keys: Cancel acts when it is touched, all others when they are let go, and none twice within 300 ms.
import { at } from "./draw.js";

const TWICE_MS = 300;

export function listenKeys(line, lease) {
  const asked = () => Number(at("prompt").dataset.id || 0);
  let pressed = null; // the prompt that was on the screen when the finger came down
  let last = -TWICE_MS;

  function cancel() {
    if (at("cancel").checkVisibility()) {
      lease.stop();
      line.send({ type: "touch", key: "cancel", prompt: asked() });
    }
  }

  function touch(key, event) {
    const byFinger = event.detail > 0;
    if (event.timeStamp - last < TWICE_MS || (byFinger && pressed !== asked())) return;
    last = event.timeStamp;
    line.send({ type: "touch", key, prompt: asked() });
  }

  function typed(event) {
    const onCancel = event.target === at("cancel") && ["Enter", " "].includes(event.key);
    if (!onCancel && event.key !== "Escape") return;
    event.preventDefault(); // no click besides
    if (!event.repeat) cancel();
  }

  addEventListener("keydown", typed);
  at("cancel").addEventListener("pointerdown", cancel);
  at("cancel").addEventListener("click", (event) => event.detail === 0 && cancel()); // a screen reader's touch
  addEventListener("pointerdown", () => (pressed = asked()), { capture: true });
  for (const key of ["raise", "decline", "help", "lend", "return"]) {
    at(key).addEventListener("click", (event) => touch(key, event));
  }
}
