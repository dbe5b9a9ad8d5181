// The page's one frame: a title, a lead, what stands between, what is wrong, and the keys below. Text is only ever text.
import { el } from "/static/el.js";

export { el };

const at = (id) => document.getElementById(id);

export function key(words, act, { yes = false, disabled = false, id = "" } = {}) {
  return el("button", { type: "button", textContent: words, className: yes ? "yes" : "", disabled, id, on: { click: act } });
}

export function show({ view, title, lead = "", content = [], keys = [] }) {
  at("page").dataset.view = view;
  at("title").textContent = title;
  at("lead").textContent = lead;
  at("content").replaceChildren(...content);
  at("content").scrollTop = 0;
  at("keys").replaceChildren(...keys);
  wrong("");
}

export function wrong(words) {
  at("wrong").textContent = words;
}
