// The bench is a drawer on narrow screens. Without this script a link to #bench opens it and any other fragment closes it;
// with it nothing scrolls, Escape closes it too, and the focus stays inside and is given back.

const bench = document.getElementById("bench");
const opener = document.querySelector(".drawer-open");
const closer = bench.querySelector(".drawer-close");
const isOpen = () => bench.classList.contains("is-open");

function open(event) {
  event.preventDefault();
  bench.classList.add("is-open");
  closer.focus({ preventScroll: true });
}

function close(event) {
  event.preventDefault();
  bench.classList.remove("is-open");
  opener.focus({ preventScroll: true });
}

function keepInside(event) {
  const stops = [...bench.querySelectorAll("a[href], button")];
  const [first, last] = event.shiftKey ? [stops.at(-1), stops[0]] : [stops[0], stops.at(-1)];
  if (document.activeElement !== last && bench.contains(document.activeElement)) return;
  event.preventDefault();
  first.focus();
}

opener.addEventListener("click", open);
closer.addEventListener("click", close);
document.addEventListener("click", (event) => {
  if (isOpen() && !bench.contains(event.target) && !opener.contains(event.target)) close(event);
});
document.addEventListener("keydown", (event) => {
  if (!isOpen()) return;
  if (event.key === "Escape") close(event);
  if (event.key === "Tab") keepInside(event);
});
