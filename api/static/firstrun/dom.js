// The page's one frame: a title, a lead, what stands between, what is wrong, and the keys below. Text is only ever text.
const at = (id) => document.getElementById(id);

export function el(tag, { on = {}, data = {}, ...props } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), props);
  Object.assign(made.dataset, data);
  for (const [event, act] of Object.entries(on)) made.addEventListener(event, act);
  made.append(...children);
  return made;
}

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
