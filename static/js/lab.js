// The Lab's forms: a slider says its number, a field how much of its room is taken. What is typed is kept by htmx, and in this
// tab until the server has it (lab-kept.js).

const formatted = ({ value }) => String(Number(value));

function count(field) {
  const most = Number(field.dataset.most);
  const taken = [...field.value].length;
  let shown = field.parentElement.querySelector(":scope > .count");
  if (!shown) {
    shown = document.createElement("span");
    shown.className = "count num";
    shown.setAttribute("aria-hidden", "true"); // the error says it in words
    field.after(shown);
  }
  shown.hidden = taken < 0.6 * most;
  shown.textContent = `${taken.toLocaleString()} / ${most.toLocaleString()}`;
  shown.classList.toggle("is-over", taken > most);
}

document.addEventListener("input", ({ target }) => {
  if (target.matches("input[type=range]")) target.parentElement.querySelector("output").value = formatted(target);
  if (target.matches("[data-most]")) count(target);
});

const PATIENCE = 8000; // then the page that a button asked for was stopped, or its line is cut: this one is used again

// With a button all goes that was typed. What would go by itself a moment later, would come after it; a second click would, too.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches("[data-lab]")) return;
    if ("leaving" in form.dataset) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.leaving = "";
    form.dispatchEvent(new Event("htmx:abort"));
    setTimeout(() => delete form.dataset.leaving, PATIENCE);
  },
  { capture: true },
);
document.addEventListener("htmx:before:request", (event) => {
  if ("leaving" in event.detail.ctx.sourceElement.dataset) event.preventDefault();
});

for (const field of document.querySelectorAll("[data-lab] [data-most]")) count(field);

// What was typed before htmx listened is kept like the rest.
document.addEventListener("DOMContentLoaded", () => {
  const typed = [...document.querySelectorAll("[data-lab] :is(textarea, input[type=text])")].find((field) => field.value !== field.defaultValue);
  typed?.dispatchEvent(new Event("input", { bubbles: true }));
});
