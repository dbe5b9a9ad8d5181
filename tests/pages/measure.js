// What stands where on the console page, as a person with a ruler would see it; run in the page by the tests.
() => {
  const mm = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm"));
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\d.]+/g).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (one, other) => {
    const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const pen = document.createElement("canvas").getContext("2d");
  const capital = (style) => {
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    return pen.measureText("H").actualBoundingBoxAscent / mm;
  };
  const seen = (e) => e.checkVisibility() && !e.closest(".spoken") && e.getClientRects().length > 0;
  const worded = (e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim());

  const parts = [...document.body.querySelectorAll("*")].filter((e) => seen(e) && (worded(e) || e.tagName === "BUTTON"));
  return {
    mm,
    scrolls: ["scrollWidth", "scrollHeight"].some((side) => document.documentElement[side] > window[side === "scrollWidth" ? "innerWidth" : "innerHeight"]),
    cut: [...document.body.querySelectorAll("*")]
      .filter((e) => seen(e) && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1) && getComputedStyle(e).overflow !== "visible")
      .map((e) => e.id || e.tagName),
    parts: parts.map((e) => {
      const style = getComputedStyle(e);
      const words = document.createRange();
      words.selectNodeContents(e);
      const [box, text] = [e.getBoundingClientRect(), words.getBoundingClientRect()];
      return {
        id: e.id || e.className || e.tagName,
        key: e.tagName === "BUTTON",
        text: e.textContent,
        // the words may be wider than their box, or the box than its words: what counts is both together
        left: Math.min(box.left, text.left) / mm,
        top: box.top / mm,
        right: Math.max(box.right, text.right) / mm,
        bottom: box.bottom / mm,
        inside: text.left >= box.left - 1 && text.right <= box.right + 1 || e.tagName !== "BUTTON",
        font: parseFloat(style.fontSize) / mm,
        capital: capital(style),
        contrast: contrast(style.color, behind(e)),
        edge: contrast(e.classList.contains("yes") ? behind(e) : style.borderTopColor, behind(e.parentElement)),
      };
    }),
    width: innerWidth / mm,
    height: innerHeight / mm,
  };
}
