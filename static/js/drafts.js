// What is written in other fields than the composer's is kept in this tab until it is sent, like the composer's draft:
// `<textarea data-keep="draft-…">` in a form of htmx. So a page that is loaded again, as after signing in again, has it still.

const filled = new WeakSet();
const keep = ({ dataset, value, defaultValue }) => {
  if (value === defaultValue) sessionStorage.removeItem(dataset.keep);
  else sessionStorage.setItem(dataset.keep, value);
};

/** Once for each field, so that nothing is taken back that its writer changes meanwhile. */
function fill(field) {
  if (filled.has(field)) return;
  filled.add(field);
  const kept = sessionStorage.getItem(field.dataset.keep);
  if (kept === null || kept === field.value) return;
  field.value = kept;
  for (let outer = field.closest("details"); outer; outer = outer.parentElement.closest("details")) outer.open = true;
}

const look = () => document.querySelectorAll("[data-keep]").forEach(fill);

document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-keep]")) keep(target);
});

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.response.status >= 300) return;
  ctx.sourceElement.querySelectorAll?.("[data-keep]").forEach(({ dataset }) => sessionStorage.removeItem(dataset.keep));
});

// A stream's pieces bring no such field, and come often.
document.addEventListener("htmx:after:swap", ({ target }) => {
  if (!(target instanceof Element && target.hasAttribute("hx-sse:connect"))) look();
});
look();
