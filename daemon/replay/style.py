"""How the page looks: light and dark, on paper, from a phone to a wide screen."""

STYLE = """
:root { color-scheme: light dark; --ink: #1c2329; --soft: #5a6670; --line: #d5dbe0; --paper: #fff; --flat: #f3d9a4;
  --veil: #00000012; --speed: #1f6fb2; --incline: #19784a; --nudge: #1f5fbf; --count: #a35200; --deck: #19784a;
  --end: #8a2f6b; --limit: #6b4bb0; --suggest: #00757d; --bad: #a32020; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaee; --soft: #9fabb5; --line: #37414a; --paper: #14191d;
  --flat: #5a4718; --veil: #ffffff14; --speed: #6cb4ee; --incline: #5cc78f; --nudge: #7fb0ff; --count: #f0a050;
  --deck: #5cc78f; --end: #e08fc4; --limit: #b49cf0; --suggest: #58c4cc; --bad: #ff8d85; } }
@media print { :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --flat: #e8d9b8;
  --veil: #00000012; --speed: #1f6fb2; --incline: #19784a; --nudge: #1f5fbf; --count: #a35200; --deck: #19784a;
  --end: #8a2f6b; --limit: #6b4bb0; --suggest: #00757d; --bad: #a32020; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } tr, figure { break-inside: avoid; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1100px; margin: 0 auto; padding: 16px; }
h1 { font-size: 1.5rem; margin: 0; }
p { margin: 4px 0; max-width: 75ch; overflow-wrap: anywhere; }
.file { color: var(--soft); }
.note { border-left: 4px solid var(--line); padding-left: 10px; margin: 10px 0; }
.bad { border-color: var(--bad); }
figure { margin: 20px 0; }
svg { display: block; }
.plot { overflow: visible; }
.plot text { fill: var(--soft); font-size: 13px; }
.plot .title { fill: var(--ink); font-weight: 600; }
.grid, .tick { stroke: var(--line); }
.least { stroke: var(--incline); stroke-dasharray: 2 4; }
.flat { fill: var(--flat); }
.doubtful { fill: var(--veil); }
.parted { stroke: var(--bad); stroke-width: 2; stroke-dasharray: 6 4; }
.curve { fill: none; stroke-width: 2; }
.speed { stroke: var(--speed); }
.incline { stroke: var(--incline); }
.mark { --c: var(--soft); fill: var(--c); stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
.mark.nudge { --c: var(--nudge); }
.mark.countdown { --c: var(--count); }
.mark.raise, .mark.control { --c: var(--deck); }
.mark.command { --c: var(--end); }
.mark.limit { --c: var(--limit); }
.mark.suggestion { --c: var(--suggest); }
.mark.stop { --c: var(--bad); }
.mark.link, .mark.control { fill: none; }
.mark.control { stroke-width: 1.5; }
.legend { list-style: none; margin: 12px 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 18px;
  font-size: .9rem; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: 6px; }
.legend svg { flex: none; }
.swatch { width: 18px; height: 12px; flex: none; }
.swatch.flat { background: var(--flat); }
.swatch.least { height: 0; border-top: 2px dotted var(--incline); }
.swatch.doubtful { background: var(--veil); border-left: 2px dashed var(--bad); }
table { border-collapse: collapse; margin: 20px 0; width: 100%; max-width: 760px; }
caption { text-align: left; font-weight: 600; padding-bottom: 4px; }
th, td { text-align: left; padding: 4px 10px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th[scope=row] { font-weight: 400; }
.summary td, .summary th[scope=col] { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.when { font-variant-numeric: tabular-nums; white-space: nowrap; }
.who { color: var(--soft); }
.late { background: var(--veil); }
@media (max-width: 480px) { body { font-size: 15px; } main { padding: 12px; } }
"""
