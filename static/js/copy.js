// Copies a reply or a piece of code: `<button data-copy="reply">`, `<button data-copy="code">`.

const sources = {
  reply: (button) => button.closest("article").querySelector(".prose"),
  code: (button) => button.closest("figure").querySelector("pre"),
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = sources[button.dataset.copy](button);
  const text = button.dataset.copy === "code" ? source.textContent : source.innerText;
  if (navigator.clipboard) await navigator.clipboard.writeText(text);
  else copySelected(source); // a page that came by plain http
  document.dispatchEvent(new CustomEvent("lab:toast", { detail: document.getElementById("turns").dataset.copied }));
});

function copySelected(source) {
  const selection = getSelection();
  selection.selectAllChildren(source);
  document.execCommand("copy");
  selection.removeAllRanges();
}
