// One WebSocket to the daemon: signs in, comes back by itself, and says when nothing was heard for too long.
const SILENT_MS = 2000;
const FIRST_MS = 500;
const LONGEST_MS = 3000;
const NOT_SIGNED_IN = 4401;

// The kiosk's credential comes once behind the # and leaves the address bar at once.
function credential() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given) {
    sessionStorage.setItem("key", given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem("key") ?? "";
}

export function connect({ told, silent }) {
  const key = credential();
  let socket = null;
  let pause = FIRST_MS;
  let quiet = 0;

  function expect() {
    clearTimeout(quiet);
    quiet = setTimeout(() => silent("wait"), SILENT_MS);
  }

  function open() {
    socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/console/live`);
    socket.onopen = () => send({ type: "hello", key });
    socket.onmessage = (event) => {
      pause = FIRST_MS;
      expect();
      told(JSON.parse(event.data));
    };
    socket.onclose = (event) => {
      if (event.code === NOT_SIGNED_IN) {
        clearTimeout(quiet);
        silent("stranger");
        return;
      }
      setTimeout(open, pause);
      pause = Math.min(pause * 2, LONGEST_MS);
    };
  }

  function send(word) {
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(word));
    return true;
  }

  expect();
  open();
  return { send };
}
