// The keys: Cancel acts when it is touched, all others when they are let go, and none twice within 300 ms.
const TWICE_MS = 300;

export function listenKeys(line, lease) {
  const at = (id) => document.getElementById(id);
  let last = -TWICE_MS;

  function touch(key) {
    line.send({ type: "touch", key, prompt: Number(at("prompt").dataset.id ?? 0) });
  }

  function cancel() {
    lease.stop();
    touch("cancel");
  }

  at("cancel").addEventListener("pointerdown", cancel);
  at("cancel").addEventListener("click", cancel); // a keyboard has no pointer
  for (const key of ["raise", "decline", "help", "lend", "return"]) {
    at(key).addEventListener("click", (event) => {
      if (event.timeStamp - last < TWICE_MS) return;
      last = event.timeStamp;
      touch(key);
    });
  }
}
