// Copies: `<button data-copy="message">` the words of a message, "reply" a reply as its Markdown, "code" a piece of code,
// "text" what stands beside the button. What is said then stands in `data-copied`, around the button.

const texts = {
  message: (button) => button.closest("li").querySelector(".bubble").textContent,
  code: (button) => button.closest("figure").querySelector("pre").textContent,
  text: (button) => button.parentElement.querySelector(".copyable").textContent,
  reply: (button) => source(button.dataset.source).catch(() => button.closest("article").querySelector(".prose").innerText),
};

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const isCopied = await put(texts[button.dataset.copy](button));
  const { copied } = button.closest("[data-copied]").dataset;
  const said = isCopied ? ["lab:toast", { detail: copied }] : ["lab:trouble", { detail: "toast-not-copied" }];
  document.dispatchEvent(new CustomEvent(...said));
});

/** The page has the reply rendered; the server has what the model wrote. */
async function source(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.text();
}

/** `text` may still be on its way: the clipboard opens only during a click, and takes the promise then. */
async function put(text) {
  try {
    const blob = Promise.resolve(text).then((words) => new Blob([words], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return true;
  } catch {
    return putSelected(await text); // refused, or not there: a page that came by plain http
  }
}

function putSelected(text) {
  const area = document.createElement("textarea");
  const { activeElement } = document;
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  activeElement.focus({ preventScroll: true });
  return isCopied;
}
