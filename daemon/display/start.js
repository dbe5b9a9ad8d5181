// Looks each second whether go.js lies beside this page: it leads on to the daemon's page. After half a minute staff
// are told what to do.
"use strict";
const LOOK_MS = 1000;
const PATIENCE_MS = 30000;

let looks = 0;
function look() {
  const go = document.createElement("script");
  go.src = `go.js?${(looks += 1)}`;
  go.onerror = () => go.remove();
  document.head.append(go);
}

for (const event of ["keydown", "contextmenu", "wheel"]) {
  addEventListener(event, (told) => told.preventDefault(), { passive: false });
}
setInterval(look, LOOK_MS);
setTimeout(() => (document.getElementById("staff").hidden = false), PATIENCE_MS);
look();
