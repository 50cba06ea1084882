// A form that says what it has done: `<form data-done="Saved.">`. What it stands in closes, and one goes on from where that opens.

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (!form.dataset.done || ctx.response.status >= 400) return;
  const details = form.closest("details");
  details.open = false;
  details.querySelector("summary").focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("lab:toast", { detail: form.dataset.done }));
});
