// One WebSocket to the daemon: signs in, comes back by itself, and tells when nothing was heard for too long.
const SILENT_MS = 2000;
const FIRST_MS = 500;
const LONGEST_MS = 3000;
const NOT_SIGNED_IN = 4401;
const ANOTHER_PAGE = 4404; // the address shows something else now

// The kiosk's credential comes once behind the # and leaves the address bar at once.
function credential() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given) {
    sessionStorage.setItem("key", given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem("key") ?? "";
}

export function connect({ told, lost }) {
  const key = credential();
  let socket = null;
  let pause = FIRST_MS;
  let stale = 0; // what is drawn is too old
  let patience = 0; // this socket has had its time

  function open() {
    socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/console/live`);
    socket.onopen = () => send({ type: "hello", key });
    socket.onmessage = (event) => {
      told(JSON.parse(event.data)); // first: what cannot be drawn was not heard
      heard();
    };
    socket.onclose = ended;
    wait();
  }

  function heard() {
    pause = FIRST_MS;
    clearTimeout(stale);
    stale = setTimeout(lost, SILENT_MS, "wait");
    wait();
  }

  function wait() {
    clearTimeout(patience);
    patience = setTimeout(giveUp, SILENT_MS);
  }

  function giveUp() {
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    again();
  }

  function ended(event) {
    if (event.code === ANOTHER_PAGE) return location.reload();
    if (event.code !== NOT_SIGNED_IN) return again();
    clearTimeout(stale);
    clearTimeout(patience);
    lost("stranger");
  }

  function again() {
    clearTimeout(patience);
    setTimeout(open, pause);
    pause = Math.min(pause * 2, LONGEST_MS);
  }

  function send(word) {
    if (socket.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(word));
    return true;
  }

  addEventListener("hashchange", () => location.reload()); // staff typed the address with its key
  stale = setTimeout(lost, SILENT_MS, "wait");
  open();
  return { send };
}
