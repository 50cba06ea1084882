// Breaks the long lines of a piece of code, or lets it scroll: `<button data-wrap>` in its head.

const wrapped = (article) => [...article.querySelectorAll(".prose figure")].map((figure) => figure.classList.contains("is-wrapped"));

function wrap(figure, isWrapped) {
  figure.classList.toggle("is-wrapped", isWrapped);
  figure.querySelector("[data-wrap]").setAttribute("aria-pressed", isWrapped);
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-wrap]");
  if (button) wrap(button.closest("figure"), button.getAttribute("aria-pressed") !== "true");
});

// The end of a live reply takes the place of all of it: what the visitor had wrapped stays so.
document.addEventListener("htmx:sse:close", ({ target }) => {
  const { id } = target;
  const before = wrapped(target);
  if (!before.includes(true)) return;
  queueMicrotask(() => {
    const figures = document.getElementById(id)?.querySelectorAll(".prose figure") ?? [];
    before.forEach((isWrapped, at) => isWrapped && figures[at] && wrap(figures[at], true));
  });
});
