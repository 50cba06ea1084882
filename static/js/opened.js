// Who opens a form wants to write in it: `<details>` around a form. Opened by a script it leaves the focus where it is.

document.addEventListener(
  "toggle",
  ({ target }) => {
    const isPressed = target.open && document.activeElement === target.querySelector("summary");
    if (isPressed) target.querySelector("form :is(textarea, input:not([type=hidden]))")?.focus();
  },
  { capture: true }, // it does not bubble
);
