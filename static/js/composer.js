// The field in which the visitor writes. Without this script the form posts and the page reloads.
//
// It sends only when no reply is live, never twice at once, and empties only when the server has taken the message:
// what was typed meanwhile stays. Until then the text is kept as a draft in this tab. With the message goes what the page shows
// last: if another tab went on since, the answer brings what is missing.

const form = document.getElementById("composer");
if (form) start(form, form.elements.text, form.querySelector("[type=submit]"));

function start(form, field, button) {
  const error = form.querySelector(".error");
  const touch = matchMedia("(hover: none) and (pointer: coarse)");
  let sent = null; // the text that is on its way

  const isBusy = () => sent !== null || document.querySelector("#turns :is([data-state=running], [data-state=pending])") !== null;

  function refresh() {
    const state = isBusy() ? "busy" : "free";
    button.disabled = state === "busy";
    button.setAttribute("aria-label", button.dataset[state]);
    field.placeholder = field.dataset[state];
  }

  function complain(text) {
    error.textContent = text;
    if (text) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }

  function grow() {
    if (CSS.supports("field-sizing", "content")) return;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }

  function fill(text) {
    field.value = text;
    keepDraft();
    grow();
  }

  function keepDraft() {
    if (field.value) sessionStorage.setItem(form.dataset.draft, field.value);
    else sessionStorage.removeItem(form.dataset.draft);
  }

  // Before htmx sees the form: only a message that can go now goes.
  form.addEventListener(
    "submit",
    (event) => {
      const isEmpty = field.value.trim() === "";
      form.elements.seen.value = lastShown();
      if (!isBusy() && !isEmpty) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (isEmpty) complain(form.dataset.empty);
      field.focus();
    },
    { capture: true },
  );

  field.addEventListener("keydown", (event) => {
    const isComposing = event.isComposing || event.keyCode === 229; // 229: Safari's Enter that ends a composition
    if (event.key !== "Enter" || event.shiftKey || event.altKey || isComposing || touch.matches) return;
    event.preventDefault();
    if (!isBusy()) form.requestSubmit();
  });

  field.addEventListener("input", () => {
    complain("");
    keepDraft();
    grow();
  });

  form.addEventListener("htmx:before:request", () => {
    sent = field.value;
    refresh();
  });

  form.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    if (ctx.response.status >= 300) return;
    fill(field.value.startsWith(sent) ? field.value.slice(sent.length) : field.value);
    form.elements.client_id.value = newId();
  });

  form.addEventListener("htmx:finally:request", () => {
    sent = null;
    refresh();
  });

  // A reply came, or was replaced by its end. What a live one takes in meanwhile changes nothing here, and comes often.
  document.addEventListener("htmx:after:swap", ({ target }) => {
    if (!(target instanceof Element && target.hasAttribute("hx-sse:connect"))) refresh();
  });
  document.addEventListener("lab:reply-ended", refresh);

  form.noValidate = true; // our sentence instead of the browser's
  if (!field.value) fill(sessionStorage.getItem(form.dataset.draft) ?? "");
  refresh();
}

/** The number of the last turn, a dot, the id of its reply. */
function lastShown() {
  const turn = document.querySelector("#turns > .turn-reply:last-of-type");
  return turn ? `${turn.id.replace("answer-", "")}.${turn.querySelector("article").dataset.replyId}` : "";
}

/** A random UUID, also where the page came by plain http and `crypto.randomUUID` is not there. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
