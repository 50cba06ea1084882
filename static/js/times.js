// Puts times that the server told in its own zone into the reader's: `<time data-show="clock">`, "when", "day".

const { lang } = document.documentElement;
const language = navigator.languages.find((one) => one.split("-")[0] === lang.split("-")[0]) ?? lang; // en-GB, not just en
const formats = {
  clock: new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }),
  when: new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }),
  day: new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", year: "numeric" }),
  whole: new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" }),
};

function tell(root) {
  for (const time of root.querySelectorAll("time[data-show]")) {
    const moment = new Date(time.dateTime);
    time.textContent = formats[time.dataset.show].format(moment);
    if (time.dataset.show === "clock") time.title = formats.whole.format(moment);
    delete time.dataset.show;
  }
}

tell(document);

// What comes later: turns in a chat, elsewhere what is changed in place. What a live reply takes in has no times in it, and comes many times a second.
const changing = document.getElementById("turns") ?? document.getElementById("main");
const isTold = (node) => node.nodeType !== Node.ELEMENT_NODE || node.closest(".prose");
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) [...addedNodes].filter((node) => !isTold(node)).forEach(tell);
}).observe(changing, { childList: true, subtree: true });
