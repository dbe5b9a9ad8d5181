// Sizes in millimetres of the real screen: what matters is the height of a letter at one metre.

// Width and height in mm of the usual panels: 7" at 800x480 and 1024x600, 10.1" at 1280x800, 7" upright at 720x1280.
const SMALL = [154, 90];
const LARGE = [217, 136];
const UPRIGHT = [87, 155];

// Text is drawn as large as it fits. At 1 a headline's capitals are 22 minutes of arc at one metre or more; at the
// last one the body's are still 20 at arm's length, 0.6 m.
const SCALES = [1.5, 1.4, 1.3, 1.2, 1.1, 1, 0.94, 0.88, 0.82, 0.77, 0.72, 0.67, 0.62, 0.6];

export function setScale() {
  const given = Number(new URLSearchParams(location.search).get("mm"));
  document.documentElement.style.setProperty("--mm", `${given > 0 ? given : guessed(innerWidth, innerHeight)}px`);
}

function guessed(width, height) {
  const [across, down] = width < height ? UPRIGHT : width <= 1024 ? SMALL : LARGE;
  return Math.min(width / across, height / down);
}

export function fit() {
  const words = document.getElementById("words");
  for (const scale of SCALES) {
    document.documentElement.style.setProperty("--fit", scale);
    if (words.scrollHeight <= words.clientHeight && words.scrollWidth <= words.clientWidth) return;
  }
}
