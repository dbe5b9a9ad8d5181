// Confirms what is drawn, from an animation frame of the visible page. A page that is hidden, stuck or closed
// confirms nothing, and after Cancel it stops by itself, so that a lost message cancels too.
import { at, drawn } from "./draw.js";

const EVERY_MS = 350;

export function confirmAlways(line) {
  const prompt = at("prompt");
  let last = -EVERY_MS;
  let before = "";
  let cancelled = null;

  function confirm(now) {
    // The daemon itself says that nothing is asked: numbers of prompts may begin again after its restart.
    if (prompt.dataset.id === "0") cancelled = null;
    const word = JSON.stringify(drawn());
    if (cancelled !== null && prompt.dataset.id === cancelled) return;
    if (word === before && now - last < EVERY_MS) return;
    if (line.send({ type: "confirm", ...JSON.parse(word) })) [last, before] = [now, word];
  }

  function frame(now) {
    requestAnimationFrame(frame);
    if (document.visibilityState === "visible") confirm(now);
  }

  requestAnimationFrame(frame);
  return {
    stop() {
      cancelled = prompt.dataset.id;
    },
  };
}
