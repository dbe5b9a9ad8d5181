// Signing in with a token, which becomes a cookie that no script can read; and out again.
import { el } from "/static/el.js";
import { me, signIn, signOut } from "./ask.js";

export async function whoAmI() {
  try {
    return await me();
  } catch (error) {
    if (error.status === 401 || error.status === 403) return null;
    throw error;
  }
}

export function badge(who, changed) {
  const key = (words, act) => el("button", { type: "button", textContent: words, on: { click: act } });
  if (!who?.name) return [key("Sign in", () => ask(changed))];
  return [el("span", { textContent: `${who.name} (${who.role})` }), key("Sign out", async () => { await signOut().catch(() => null); changed(); })];
}

export function ask(changed, { close = true } = {}) {
  const dialog = document.getElementById("ask");
  const wrong = el("p", { className: "wrong", role: "alert" });
  const field = el("input", { type: "password", name: "token", required: true, autocomplete: "current-password", spellcheck: false });
  const user = el("input", { type: "text", name: "username", autocomplete: "username", value: "inclined", hidden: true });
  const keys = [el("button", { type: "submit", className: "yes", textContent: "Sign in" })];
  if (close) keys.push(el("button", { type: "button", textContent: "Cancel", on: { click: () => dialog.close() } }));
  const lead = el("p", { className: "quiet", textContent: "With the token that was made for you: inclined token add NAME --role ROLE. It lasts for 12 hours here." });
  const form = el("form", { method: "dialog" }, el("h2", { textContent: "Sign in" }), lead, user, el("label", {}, "Token", field), wrong, el("p", { className: "keys" }, ...keys));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong.textContent = "";
    try {
      await signIn(field.value.trim());
      dialog.close();
      changed();
    } catch (error) {
      wrong.textContent = error.message;
      field.select();
    }
  });
  dialog.oncancel = close ? null : (event) => event.preventDefault();
  dialog.replaceChildren(form);
  dialog.showModal();
  field.focus();
}
