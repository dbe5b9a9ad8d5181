// Sizes in millimetres of the real screen: what matters is the height of a letter at one metre.

// Long and short side in mm of the usual panels, which may hang either way: 7" at 800x480 and 1024x600, 7" at 1280x720,
// 10.1" at 1280x800.
const SMALL = [154, 90];
const FINE = [155, 87];
const LARGE = [217, 136];

// Text is drawn as large as it fits. At 1 a headline's capitals are 28 minutes of arc at one metre and the body's 20;
// at the last one, for the longest text that is allowed, the body's are still 20 at arm's length.
const SCALES = [1.3, 1.2, 1.1, 1, 0.94, 0.88, 0.82, 0.77, 0.72, 0.67, 0.62, 0.57, 0.52, 0.47, 0.43, 0.41];
const NOTES = [1, 0.9, 0.8, 0.7, 0.65];
const DIGITS_EM = 2.42; // how wide "12.5" is in its own height

// Pixels per mm: from the address (?mm=), else as staff measured them, else guessed.
let measured = 0;

export function setMeasured(mm) {
  if (!mm || mm === measured) return;
  measured = mm;
  setScale();
}

export function setScale() {
  const given = Number(new URLSearchParams(location.search).get("mm")) || measured;
  const wide = Math.min(innerWidth, screen.width); // Chromium's window is never less than 500 wide, an upright panel may be
  const mm = given > 0 ? given : guessed(wide, innerHeight);
  const [across, down] = [wide / mm, innerHeight / mm];
  const [width, height] = across < down ? [across - 8, down / 5.2] : [(across - 16) / 2, down / 2.8];
  set("--mm", `${mm}px`);
  set("--width", `${wide}px`);
  set("--numeral", Math.min(width / DIGITS_EM, height));
}

function guessed(width, height) {
  const [long, short] = [Math.max(width, height), Math.min(width, height)];
  const [across, down] = long <= 1024 ? SMALL : long <= 1280 && short <= 720 ? FINE : LARGE;
  return Math.min(long / across, short / down);
}

export function fit() {
  largest("--fit", SCALES, "words");
  largest("--note", NOTES, "notice", "numbers");
}

function largest(name, scales, ...boxes) {
  for (const scale of scales) {
    set(name, scale);
    if (boxes.every((id) => holds(document.getElementById(id)))) return;
  }
}

function holds(box) {
  return box.scrollHeight <= box.clientHeight && box.scrollWidth <= box.clientWidth;
}

function set(name, value) {
  document.documentElement.style.setProperty(name, value);
}
