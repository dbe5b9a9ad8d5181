// Asks the daemon. The secret is the kiosk's key, which comes behind the #, or what the right code was answered with.
const NAME = "key"; // as in the member's screen, which takes over at this address

// It comes once and leaves the address bar at once.
const given = new URLSearchParams(location.hash.slice(1)).get("key");
if (given) {
  keepSecret(given);
  history.replaceState(null, "", location.pathname + location.search);
}
addEventListener("hashchange", () => location.reload()); // staff typed the address with its key

export function keepSecret(secret) {
  sessionStorage.setItem(NAME, secret);
}

// Status 0: nobody answered.
export async function ask(method, path, body) {
  const secret = sessionStorage.getItem(NAME);
  const headers = {};
  if (secret) headers.authorization = `Bearer ${secret}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  try {
    const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const json = answer.status !== 204 && answer.headers.get("content-type")?.includes("json");
    return { status: answer.status, ok: answer.ok, told: json ? await answer.json() : null };
  } catch {
    return { status: 0, ok: false, told: null };
  }
}

export function why({ status, told }) {
  if (status === 0) return "The computer beside the treadmill does not answer. Try again in a moment.";
  return [told?.detail ?? "That did not work.", ...(told?.errors ?? [])].join(" ");
}
