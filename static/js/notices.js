// Says what went wrong with a form, and shows toasts. Every page.
//
// htmx 4 swaps error answers too. A form that is shown again belongs where it was; every other error goes to #notice: the server's
// banner, and where there is none, or a whole page, one of ours. Where the visit has ended, that is the form to sign in again.
// What a page asks for by itself (a stream, a title to come) fails in silence: the visitor's next step meets the same trouble.
// Other scripts ask for a toast with the event "lab:toast", detail: the text; or "lab:trouble", detail: which template.

const TOAST_SECONDS = 6;
const notice = document.getElementById("notice");
const toasts = document.getElementById("toasts");

const writing = "textarea, input[type=text], input:not([type])";

/** Our banner. It says that what was written is kept only to who has written something. */
function banner(name, source) {
  const content = document.getElementById(`notice-${name}`).content.cloneNode(true);
  const hasWritten = source?.matches("form") && [...source.querySelectorAll(writing)].some((field) => field.value.trim());
  if (!hasWritten) content.querySelector("[data-kept]")?.remove();
  const holder = document.createElement("div");
  holder.append(content);
  return holder.innerHTML;
}

const isStream = (element) => element.hasAttribute("hx-sse:connect");
const isStep = ({ sourceEvent }) => ["click", "submit", "input", "change"].includes(sourceEvent?.type);

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (isStep(ctx) && !notice.contains(ctx.sourceElement)) notice.replaceChildren();
});

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const { status } = ctx.response;
  if (status < 400 || isStream(ctx.sourceElement)) return;
  if (!isStep(ctx)) {
    // Back to a place of the Lounge whose visit has ended: as a whole page, for a stranger.
    if (status === 401 && ctx.request.headers["HX-History-Restore-Request"]) location.reload();
    ctx.hx.reswap = "none";
    return;
  }
  const isPart = !/<html[\s>]/i.test(ctx.text);
  const isNotice = isPart && ctx.text.includes("data-notice");
  if (isPart && !isNotice && (status === 422 || ctx.text.includes("<form"))) return;
  if (status === 401 && document.getElementById("notice-signed-out")) ctx.text = banner("signed-out");
  else if (!isNotice) ctx.text = banner({ 403: "stale", 413: "large" }[status] ?? "broken", ctx.sourceElement);
  ctx.hx.retarget = "#notice";
  ctx.hx.reswap = "innerHTML";
});

/** Whether a field of this page has words that were not sent: composer.js and drafts.js keep them. */
const hasDrafts = () =>
  [...document.querySelectorAll("[data-draft], [data-keep]")].some(({ dataset }) => sessionStorage.getItem(dataset.draft ?? dataset.keep) !== null);

// The form to sign in again leads back to the page as it is called now. It begins with its field, like any form that is refused.
function begin() {
  const form = notice.querySelector("[data-again=new]");
  if (!form) return;
  if (!hasDrafts()) form.querySelector("[data-drafts]").remove();
  form.dataset.again = "begun";
  form.elements.next.value = location.pathname + location.search;
  form.elements.api_key.focus({ preventScroll: true });
}
document.addEventListener("htmx:after:swap", begin);

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-sign-in-again]") || !document.getElementById("notice-signed-out")) return;
  event.preventDefault();
  notice.innerHTML = banner("signed-out");
  htmx.process(notice);
  begin();
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && !ctx.response && isStep(ctx)) notice.innerHTML = banner("offline", ctx.sourceElement);
});

/** A toast goes by itself, but not while it is pointed at or has the focus. */
function leaveInTime(toast) {
  let timer;
  const wait = () => (timer = setTimeout(() => toast.remove(), TOAST_SECONDS * 1000));
  const stay = () => clearTimeout(timer);
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, stay);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, wait);
  wait();
}

function show(toast) {
  toasts.replaceChildren(toast);
  leaveInTime(toast);
}

document.addEventListener("lab:toast", ({ detail: text }) => {
  const toast = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  toast.querySelector("span").textContent = text;
  show(toast);
});

document.addEventListener("lab:trouble", ({ detail: id }) => {
  show(document.getElementById(id).content.firstElementChild.cloneNode(true));
});

toasts.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast-card").remove());
[...toasts.children].forEach(leaveInTime);
