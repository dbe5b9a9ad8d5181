// Confirms what is drawn, from an animation frame of the visible page. A page that is hidden, stuck or closed
// confirms nothing, and after Cancel it stops by itself, so that a lost message cancels too.
const EVERY_MS = 400;

export function confirmAlways(line) {
  const prompt = document.getElementById("prompt");
  let last = -EVERY_MS;
  let cancelled = null;

  function frame(now) {
    requestAnimationFrame(frame);
    if (document.visibilityState !== "visible" || now - last < EVERY_MS) return;
    const id = prompt.dataset.id ?? "0";
    if (id === cancelled) return;
    last = now;
    line.send({ type: "confirm", prompt: Number(id), digit: Number(prompt.dataset.shown ?? 0) });
  }

  requestAnimationFrame(frame);
  return {
    stop() {
      cancelled = prompt.dataset.id ?? null;
    },
  };
}
