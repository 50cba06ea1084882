// Keeps the newest words in view while a reply grows, unless the visitor has scrolled up to read.

const NEAR = 64; // px from the end that still count as being there
const page = document.documentElement;
const turns = document.getElementById("turns");
const jump = document.getElementById("jump");
const gap = () => page.scrollHeight - window.innerHeight - window.scrollY;

let follows = true;
let lastY = window.scrollY;

function toEnd(behavior) {
  window.scrollTo({ top: page.scrollHeight, behavior });
}

function look() {
  const y = window.scrollY;
  if (gap() < NEAR) follows = true;
  else if (y < lastY) follows = false;
  lastY = y;
  jump.hidden = follows;
}

// Called after layout and before paint: the words and the scrolling come in one frame.
new ResizeObserver(() => {
  if (follows) toEnd("instant");
  else jump.hidden = gap() < NEAR;
}).observe(turns);

window.addEventListener("scroll", look, { passive: true });

jump.addEventListener("click", () => {
  follows = true;
  jump.hidden = true;
  toEnd("smooth");
});

// Who sends wants to see the answer.
document.addEventListener("htmx:before:request", ({ target }) => {
  if (target.id === "composer") follows = true;
});

// A page that is opened begins at its end; one that is reloaded, or come back to, stays where it was.
const { type } = performance.getEntriesByType("navigation")[0];
if (type === "navigate" && (!location.hash || location.hash === "#latest")) toEnd("instant");
else follows = gap() < NEAR;
