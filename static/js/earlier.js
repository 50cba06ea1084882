// Earlier turns come in above what is being read, and nothing of that moves.
//
// And turns cost only what one sees of them: those that have been laid out once are skipped while they are out of sight
// (`content-visibility`). Before, their height would be a guess, and the page would jump when they come into view.

const turns = document.getElementById("turns");
const page = document.documentElement;
let reading = null; // {turn, top, held}: what stays where it is while earlier turns come in

document.addEventListener("htmx:before:swap", ({ target }) => {
  if (target.id !== "earlier-link") return;
  const turn = target.closest("li").nextElementSibling;
  reading = { turn, top: turn.getBoundingClientRect().top, held: document.activeElement === target };
  page.style.overflowAnchor = "none"; // not every browser keeps the place by itself, and none at the very top: we do
});

document.addEventListener("htmx:after:swap", () => {
  if (!reading) return;
  const { turn, top, held } = reading;
  reading = null;
  window.scrollBy({ top: turn.getBoundingClientRect().top - top, behavior: "instant" });
  if (held && !document.getElementById("earlier-link")) document.getElementById("main").focus({ preventScroll: true });
  requestAnimationFrame(() => page.style.removeProperty("overflow-anchor"));
});

const laidOut = new ResizeObserver((entries) => {
  for (const { target } of entries) laidOut.unobserve(target);
  requestAnimationFrame(() => entries.forEach(({ target }) => target.classList.add("is-settled")));
});

/** All but the last turns, which may still grow. */
function settle() {
  const last = [...turns.children].slice(-2);
  for (const turn of turns.querySelectorAll(":scope > li:not(.is-settled)")) {
    if (!last.includes(turn) && !turn.querySelector("[data-state=running], [data-state=pending]")) laidOut.observe(turn);
  }
}

new MutationObserver(settle).observe(turns, { childList: true });
settle();
