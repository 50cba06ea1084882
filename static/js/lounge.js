// The Lounge's shelves change in place. What htmx leaves to us: where the focus goes on, that Back finds the same order, and that
// on a narrow screen the current tab and category are in sight.

const shelves = () => document.getElementById("shelves");
let turnedPage = false;

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  turnedPage = ctx.sourceElement.closest(".paging") !== null;
});

// Who turned the page, or stood on a link that is gone now, goes on at the head of the shelf.
document.addEventListener("htmx:after:swap", () => {
  if (turnedPage || document.activeElement === document.body) {
    document.getElementById("shelf")?.focus({ preventScroll: true });
  }
  turnedPage = false;
  showCurrent();
});

function showCurrent() {
  for (const row of shelves().querySelectorAll(".tabs, .chips")) {
    const [seen, current] = [row, row.querySelector("[aria-current]")].map((each) => each.getBoundingClientRect());
    row.scrollLeft += current.left + current.width / 2 - seen.left - seen.width / 2;
  }
}
showCurrent();

// The address that one came in by names no order of the shelf: Back asks for the one that was seen.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const { action, body, headers } = ctx.request;
  if (!headers["HX-History-Restore-Request"] || new URL(action, location.href).searchParams.has("seed")) return;
  body.set("seed", shelves().querySelector("[name=seed]").value);
});

// A search waits for more letters. Who meanwhile follows a link asks with what is typed, too: the search must not come after it and
// take its place.
const words = () => document.getElementById("q").value;
let asked = words();

document.addEventListener("htmx:config:request", (event) => {
  const { sourceEvent, target } = event.detail.ctx;
  if (target?.id !== "shelves") return;
  if (sourceEvent?.type === "input" && words() === asked) event.preventDefault();
  asked = words();
});
