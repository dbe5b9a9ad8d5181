// Questions to the floor's API. What it refuses comes back as an Error whose message is its own sentence.
const WORD = "X-Inclined-CSRF";
let word = null; // the sign-in's second word, for what changes anything

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function get(path, query = {}) {
  return answer(await send(address(path, query)));
}

export async function post(path, body) {
  const headers = { "Content-Type": "application/json", ...(word ? { [WORD]: word } : {}) };
  return answer(await send(`/api/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

// Lists stand several times, as the API wants them.
export function address(path, query = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) if (one !== undefined && one !== "") search.append(name, one);
  }
  const words = search.toString();
  return `/api/v1/${path}${words ? `?${words}` : ""}`;
}

// All rows of an answer in pages.
export async function rows(path, query) {
  const found = [];
  for (let cursor; ; ) {
    const page = await get(path, { ...query, cursor, limit: 5000 });
    found.push(...page.rows);
    if (!page.next) return found;
    cursor = page.next;
  }
}

export async function me() {
  const found = await get("me");
  word = found.csrf;
  return found;
}

export async function signIn(token) {
  const found = await post("sign-in", { token });
  word = found.csrf;
  return found;
}

export async function signOut() {
  await post("sign-out", {});
  word = null;
}

async function send(url, options) {
  try {
    return await fetch(url, options);
  } catch {
    throw new Refused(0, "The floor does not answer. See whether its computer runs, and the network.");
  }
}

async function answer(response) {
  if (response.status === 204) return null;
  const told = await response.json().catch(() => null);
  if (response.ok && told !== null) return told;
  const words = told?.detail || told?.title || `It answered ${response.status}.`;
  const errors = (told?.errors ?? []).join("; ");
  throw new Refused(response.status, errors ? `${words} ${errors}` : words);
}
