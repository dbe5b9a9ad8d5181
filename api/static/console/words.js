// The page's own words, in the language that the daemon says; until they came, as they stand in console.html.
let words = {
  language: "",
  decimal: ".",
  labels: { raise: "Raise it", take: "I will", cancel: "Cancel", cancelling: "Cancelling" },
  lost: { wait: ["Reconnecting", "The treadmill works as always. So do its safety key and Stop."] },
  disclaimer: "",
};
let asked = "";

export const label = (name, places = {}) => filled(words.labels[name] ?? "", places);
export const lostWords = (why) => words.lost[why] ?? words.lost.wait;
export const disclaimer = () => words.disclaimer;
export const decimal = (number, digits) => number.toFixed(digits).replace(".", words.decimal);

function filled(text, places) {
  return text.replace(/\{(\w)\}/g, (whole, name) => places[name] ?? whole);
}

// Asks for the words of a language, once, and calls spoken when they are there; "" is the site's own.
export async function speak(language, spoken) {
  if (asked === (language || "site") || (language && language === words.language)) return;
  asked = language || "site";
  try {
    const answer = await fetch(`/console/words${language ? `?language=${language}` : ""}`);
    if (!answer.ok) throw new Error(answer.status);
    words = await answer.json();
  } catch {
    asked = ""; // the next message asks again
    return;
  }
  document.documentElement.lang = words.language;
  for (const one of document.querySelectorAll("[data-label]")) one.textContent = label(one.dataset.label);
  for (const one of document.querySelectorAll("[data-aria]")) one.setAttribute("aria-label", label(one.dataset.aria));
  spoken();
}
