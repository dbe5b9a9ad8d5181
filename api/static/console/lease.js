// Confirms what is drawn, from an animation frame of the visible page. A page that is hidden, stuck or closed
// confirms nothing, and after Cancel it stops by itself, so that a lost message cancels too.
import { at, drawCancelled, drawn } from "./draw.js";

const EVERY_MS = 350;

export function confirmAlways(line) {
  const prompt = at("prompt").dataset; // `cancelled` names the prompt that the member cancelled
  let last = -EVERY_MS;
  let before = "";
  let unsaid = false; // that Cancel found no line

  function confirm(now) {
    // The daemon itself says that nothing is asked: numbers of prompts may begin again after its restart.
    if (prompt.id === "0") delete prompt.cancelled;
    if (prompt.cancelled && prompt.cancelled === prompt.id) return say();
    const word = JSON.stringify(drawn());
    if (word === before && now - last < EVERY_MS) return;
    if (line.send({ type: "confirm", ...JSON.parse(word) })) [last, before] = [now, word];
  }

  function say() {
    if (unsaid && line.send({ type: "touch", key: "cancel", prompt: Number(prompt.cancelled) })) unsaid = false;
  }

  function frame(now) {
    requestAnimationFrame(frame);
    if (document.visibilityState === "visible") confirm(now);
  }

  requestAnimationFrame(frame);
  return {
    cancel() {
      prompt.cancelled = prompt.id;
      unsaid = true;
      say();
      drawCancelled();
    },
  };
}
