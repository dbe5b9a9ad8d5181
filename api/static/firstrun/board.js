// A keyboard on the screen: a treadmill's computer has no other.
import { el } from "./dom.js";

const LETTERS = ["1234567890", "qwertyuiop", "asdfghjkl-", "⇧zxcvbnm.⌫", "± "];
const CAPITALS = ["1234567890", "QWERTYUIOP", "ASDFGHJKL-", "⇧ZXCVBNM.⌫", "± "];
const SIGNS = ["1234567890", "!\"#$%&'()*", "+,-./:;<=>", "?@[]_{|}~⌫", "ab "];
const DIGITS = ["123", "456", "789", "0⌫"];
const SPOKEN = { "⇧": "Capitals", "⌫": "Delete", "±": "Signs", " ": "Space" };

export function board(input, { digits = false } = {}) {
  const made = el("div", { className: "board" });

  function draw(rows) {
    made.replaceChildren(...rows.map((row) => el("div", { className: "row" }, ...keys(row, rows))));
  }

  function keys(row, rows) {
    if (row === "ab ") return [cap("abc", () => draw(LETTERS)), space()];
    return [...row].map((sign) => {
      if (sign === "⇧") return cap("⇧", () => draw(rows === LETTERS ? CAPITALS : LETTERS), SPOKEN["⇧"]);
      if (sign === "±") return cap("#+=", () => draw(SIGNS), SPOKEN["±"]);
      if (sign === "⌫") return cap("⌫", () => put(input.value.slice(0, -1)), SPOKEN["⌫"]);
      if (sign === " ") return space();
      return cap(sign, () => type(sign, rows));
    });
  }

  function space() {
    const made = cap("space", () => put(`${input.value} `));
    made.className = "space";
    return made;
  }

  // One capital, then small letters again, as a phone does it.
  function type(sign, rows) {
    put(input.value + sign);
    if (rows === CAPITALS) draw(LETTERS);
  }

  function put(text) {
    input.value = text.slice(0, input.maxLength);
    input.dispatchEvent(new Event("input"));
    input.scrollLeft = input.scrollWidth;
  }

  function cap(words, act, spoken) {
    const made = el("button", { type: "button", textContent: words, on: { click: act } });
    if (spoken) made.setAttribute("aria-label", spoken);
    made.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the caret
    return made;
  }

  draw(digits ? DIGITS : LETTERS);
  return made;
}
