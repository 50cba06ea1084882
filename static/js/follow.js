// Keeps the newest words in view while a reply grows, unless the visitor has scrolled up to read.

const NEAR = 64; // px from the end that still count as being there
const page = document.documentElement;
const turns = document.getElementById("turns");
const jump = document.getElementById("jump");
const gap = () => page.scrollHeight - window.innerHeight - window.scrollY;

let follows = true;
let arriving = 0; // parts of the page that came in this frame or the last one: other growth is the visitor's, who wraps something
let lastY = window.scrollY;
let lastGap = gap();

function toEnd(behavior) {
  window.scrollTo({ top: page.scrollHeight, behavior });
}

function show() {
  jump.hidden = follows || gap() < NEAR;
  if (jump.hidden) jump.classList.remove("has-news");
  lastGap = gap();
}

function look() {
  const y = window.scrollY;
  if (gap() < NEAR) follows = true;
  else if (y < lastY) follows = false;
  lastY = y;
  show();
}

// Called after layout and before paint: the words and the scrolling come in one frame.
new ResizeObserver(() => {
  const comes = arriving > 0 || document.readyState !== "complete";
  if (comes && follows) toEnd("instant");
  else if (comes && gap() > lastGap) jump.classList.add("has-news");
  show();
}).observe(turns);

// A field that grows, or a keyboard that comes up, hides nothing that was in view.
const keep = () => follows && toEnd("instant");
new ResizeObserver(keep).observe(document.querySelector(".chat-dock"));
window.addEventListener("resize", keep);

window.addEventListener("scroll", look, { passive: true });

jump.addEventListener("click", ({ detail }) => {
  follows = true;
  show();
  toEnd("smooth");
  if (detail === 0) document.getElementById("text")?.focus({ preventScroll: true }); // by the keyboard: the button is gone
});

// Who sends wants to see the answer.
document.addEventListener("htmx:before:request", ({ target }) => {
  if (target.id === "composer") follows = true;
});

document.addEventListener("htmx:before:swap", () => {
  arriving += 1;
  requestAnimationFrame(() => requestAnimationFrame(() => (arriving -= 1)));
});

// A page that is opened begins at its end; one that is reloaded, or come back to, stays where it was.
const { type } = performance.getEntriesByType("navigation")[0];
if (type === "navigate" && (!location.hash || location.hash === "#latest")) toEnd("instant");
else follows = gap() < NEAR;
