// Earlier turns come in above what is being read, and nothing of that moves.
//
// And turns cost only while one sees them: those that were laid out once, and left the view, are skipped until they come into
// it again (`content-visibility`). Skipped from the start their height would be a guess, and the page would jump.

const turns = document.getElementById("turns");
let reading = null; // {turn, top}: what stays where it is while earlier turns come in
let held = false; // whether the focus was on the link that their coming takes away

document.addEventListener("htmx:before:swap", ({ target }) => {
  if (target.id !== "earlier-link") return;
  held = document.activeElement === target;
  // Most browsers keep the place by themselves, and a scrolling that is under way goes on. But none does so at the very top.
  if (CSS.supports("overflow-anchor", "auto") && window.scrollY > 0) return;
  const turn = target.closest("li").nextElementSibling;
  reading = { turn, top: turn.getBoundingClientRect().top };
});

document.addEventListener("htmx:after:swap", () => {
  if (reading) window.scrollBy({ top: reading.turn.getBoundingClientRect().top - reading.top, behavior: "instant" });
  if (held && !document.getElementById("earlier-link")) document.getElementById("main").focus({ preventScroll: true });
  reading = null;
  held = false;
});

const leaving = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting || target.querySelector("[data-state=running], [data-state=pending]")) continue;
      target.classList.add("is-settled");
      leaving.unobserve(target);
    }
  },
  { rootMargin: "100%" },
);

function watch(nodes) {
  for (const node of nodes) if (node.nodeType === Node.ELEMENT_NODE) leaving.observe(node);
}

new MutationObserver((changes) => changes.forEach(({ addedNodes }) => watch(addedNodes))).observe(turns, { childList: true });
watch(turns.children);
