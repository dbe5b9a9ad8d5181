// An element with its properties, data, listeners and children. Text is only ever text.
export function el(tag, { on = {}, data = {}, aria = {}, ...props } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), props);
  Object.assign(made.dataset, data);
  for (const [name, value] of Object.entries(aria)) made.setAttribute(`aria-${name}`, value);
  for (const [event, act] of Object.entries(on)) made.addEventListener(event, act);
  made.append(...children);
  return made;
}
