// Who has just changed the notes stood on a button that is gone now: on to the line that they open from.

let stoodThere = false;
document.addEventListener("htmx:before:swap", () => {
  stoodThere ||= document.activeElement.closest("#condensed") !== null;
});
document.addEventListener("htmx:after:swap", () => {
  const isLost = stoodThere && document.activeElement.closest("#condensed") === null;
  if (isLost) document.querySelector("#condensed summary")?.focus({ preventScroll: true });
  stoodThere = false;
});
