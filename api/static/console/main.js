// The member's screen: joins the line to the daemon, the drawing, the confirmations and the keys.
import { draw, drawLost } from "./draw.js";
import { listenKeys } from "./keys.js";
import { confirmAlways } from "./lease.js";
import { connect } from "./link.js";
import { fit, setScale } from "./scale.js";
import { speak } from "./words.js";

setScale();
addEventListener("resize", () => {
  setScale();
  fit();
});
speak("", fit);
const line = connect({ told: draw, lost: drawLost });
listenKeys(line, confirmAlways(line));
