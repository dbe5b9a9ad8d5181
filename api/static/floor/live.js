// All machines as they are now, kept by a WebSocket that comes back by itself.
const RETRY_MS = [500, 1000, 2000, 5000, 10_000];

export function live({ changed, lost, joined }) {
  const machines = new Map();
  let tries = 0;
  let timer = null;
  let socket = null;
  let ended = false;

  function open() {
    timer = null;
    const place = new URL("/api/v1/live", location.href);
    place.protocol = place.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(place);
    socket.onmessage = ({ data }) => heard(JSON.parse(data));
    socket.onclose = again;
  }

  function heard(message) {
    if (message.type === "all") {
      tries = 0;
      machines.clear();
      for (const one of message.machines) machines.set(one.machine, one);
      joined(message);
    } else if (message.type === "machine") {
      machines.set(message.machine.machine, message.machine);
    }
    changed(machines, message.type === "machine" ? message.machine : null);
  }

  function again() {
    if (ended || timer) return;
    lost();
    timer = setTimeout(open, RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)]);
  }

  open();
  return {
    machines,
    end() {
      ended = true;
      clearTimeout(timer);
      socket?.close();
    },
  };
}
