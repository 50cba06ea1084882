// Replies side by side: as many streams as a browser has lines for, the others when those have ended. A line each for two replies
// of two messages leaves two for what the visitor presses. And who stood on a button that is gone now goes on at its message.

const STREAMS_MOST = 4;
const live = () => [...document.querySelectorAll("article[hx-sse\\:connect]")].filter(({ dataset }) => dataset.state !== "signed_out");

function open() {
  const articles = live();
  let free = STREAMS_MOST - articles.filter(({ dataset }) => "opened" in dataset).length;
  for (const article of articles) {
    if (free <= 0) return;
    if ("opened" in article.dataset) continue;
    article.dataset.opened = "";
    article.dispatchEvent(new Event("reopen"));
    free -= 1;
  }
}

document.addEventListener("lab:reply-ended", open);
document.addEventListener("DOMContentLoaded", open); // after htmx, which listens for the same

let stoodIn = null;
document.addEventListener("htmx:before:swap", () => {
  stoodIn ??= document.activeElement.closest("#messages > li, #run-all")?.id ?? null;
});
document.addEventListener("htmx:after:swap", ({ target }) => {
  if (target instanceof Element && target.hasAttribute("hx-sse:connect")) return;
  if (stoodIn !== null && document.activeElement === document.body) {
    const place = document.getElementById(stoodIn) ?? document.getElementById("messages-title");
    (place.querySelector(":scope > button, :scope > form > button") ?? place).focus({ preventScroll: true });
  }
  stoodIn = null;
  open();
});
