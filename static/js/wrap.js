// Breaks the long lines of a piece of code, or lets it scroll: `<button data-wrap>` in its head.

// Which pieces of a live reply the visitor has wrapped, by the id of its element: words that arrive draw them anew.
const wrapped = new Map();
const pieces = (article) => [...article.querySelectorAll(".prose figure")];

function wrap(figure, isWrapped) {
  figure.classList.toggle("is-wrapped", isWrapped);
  figure.querySelector("[data-wrap]").setAttribute("aria-pressed", isWrapped);
}

function wrapAgain(article) {
  const figures = pieces(article);
  for (const place of wrapped.get(article.id) ?? []) if (figures[place]) wrap(figures[place], true);
}

function remember(article, place, isWrapped) {
  const places = wrapped.get(article.id) ?? new Set();
  places[isWrapped ? "add" : "delete"](place);
  wrapped.set(article.id, places);
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-wrap]");
  if (!button) return;
  const figure = button.closest("figure");
  const isWrapped = button.getAttribute("aria-pressed") !== "true";
  const live = figure.closest("article[hx-sse\\:connect]");
  if (live) remember(live, pieces(live).indexOf(figure), isWrapped);
  wrap(figure, isWrapped);
});

document.addEventListener("htmx:after:swap", ({ target }) => {
  if (wrapped.has(target.id)) wrapAgain(target);
});

// The end of a live reply takes the place of all of it.
document.addEventListener("htmx:sse:close", ({ target: { id } }) => {
  queueMicrotask(() => {
    const ended = document.getElementById(id);
    if (ended) wrapAgain(ended);
    wrapped.delete(id);
  });
});
