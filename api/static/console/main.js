// The member's screen: joins the line to the daemon, the drawing, the confirmations and the keys.
import { draw, drawLost, setScale } from "./draw.js";
import { listenKeys } from "./keys.js";
import { confirmAlways } from "./lease.js";
import { connect } from "./link.js";

setScale();
const line = connect({ told: draw, silent: drawLost });
const lease = confirmAlways(line);
listenKeys(line, lease);
