// What htmx's stream extension leaves to us: a first connection that fails, a line that breaks, and the end.
//
// hx-sse reconnects a stream that was once open, but never one whose first request failed. Its elements are the live
// replies, `article[data-reply-id]`; their final part replaces the whole article and so ends the stream.

const FIRST_DELAY = 500; // ms, doubled with each failure
const LONGEST_DELAY = 15_000;
const announcer = document.getElementById("announcer");
const failures = new WeakMap();

const liveReply = (element) => element?.closest?.("article[data-reply-id]");

function reopenLater(article) {
  const count = failures.get(article) ?? 0;
  failures.set(article, count + 1);
  article.dataset.line = "lost";
  const delay = Math.min(FIRST_DELAY * 2 ** count, LONGEST_DELAY) * (0.7 + 0.6 * Math.random());
  setTimeout(() => article.isConnected && article.dispatchEvent(new Event("reopen")), delay);
}

// An answer that is no stream, or none at all. (A stream never gets as far as htmx:after:request.)
for (const name of ["htmx:after:request", "htmx:error"]) {
  document.addEventListener(name, ({ detail: { ctx } }) => {
    if (ctx?.sourceElement.hasAttribute("hx-sse:connect")) reopenLater(ctx.sourceElement);
  });
}

document.addEventListener("htmx:sse:error", ({ target }) => {
  const article = liveReply(target);
  if (article) article.dataset.line = "lost";
});

document.addEventListener("htmx:sse:after:connection", ({ target }) => {
  failures.delete(target);
  delete target.dataset.line;
});

// Only where the final part did not replace the article: the visit has ended.
document.addEventListener("done", ({ target, detail }) => {
  target.dataset.state = JSON.parse(detail.data).state;
  document.dispatchEvent(new Event("lab:reply-ended"));
});

// While the final part takes the article's place, both are there: look at what is left a moment later.
document.addEventListener("htmx:sse:close", ({ target }) => {
  const id = target.id;
  queueMicrotask(() => tell(document.getElementById(id)));
});

// A reply that ended before its message was answered has no stream to tell of it.
document.addEventListener("htmx:after:swap", ({ target }) => {
  if (target.id !== "composer") return;
  const last = [...document.querySelectorAll("#turns article[data-reply-id]")].at(-1);
  if (last?.dataset.announce) tell(last);
});

function tell(ended) {
  if (ended?.dataset.announce) announcer.textContent = ended.dataset.announce;
  document.dispatchEvent(new Event("lab:reply-ended")); // the heading asks whether the chat has a title now
}

// Who pressed Stop or Try again stood on a button that is gone now: on to the field. (A button that came back has the focus.)
let stoodOn = null;
document.addEventListener("htmx:before:swap", () => {
  stoodOn ??= document.activeElement.closest("article[data-reply-id]");
});
document.addEventListener("htmx:after:swap", () => {
  if (stoodOn && !stoodOn.isConnected && document.activeElement === document.body) document.getElementById("text")?.focus({ preventScroll: true });
  stoodOn = null;
});

// Words that were appended join the text before them: a word that wraps at its end is then no element that moves.
document.addEventListener("htmx:after:swap", ({ target }) => {
  if (liveReply(target)) document.getElementById(`${target.id}-cursor`)?.normalize();
});

// Seconds since the message was sent, by the server's clock up to now and by ours from here.
setInterval(() => {
  for (const article of document.querySelectorAll("article[hx-sse\\:connect]")) {
    const { dataset } = article;
    dataset.since ??= String(Date.now() - 1000 * (dataset.shownAt - dataset.askedAt));
    const seconds = Math.floor((Date.now() - dataset.since) / 1000);
    const elapsed = article.querySelector(".elapsed");
    elapsed?.replaceChildren(elapsed.dataset.pattern.replace("#", seconds));
  }
}, 1000);
