// What is typed into the Lab's forms stays in this tab until the server has it: over a reload, a link that is clicked at once, a line
// that is cut, a visit that has ended. It comes back into its field if the server still has there what it had when one typed.

const FIELDS = "textarea[name], select[name], input[type=text][name], input[type=number][name], input[type=range][name], input[type=radio][name]";
const known = new Map(); // by place: what the server has there
const sent = new WeakMap(); // by request: what goes with it, by place

const SENT = "draft-sent"; // the form that a button sent along with its page; visit.js takes it back where it did not arrive

const placeOf = (field) => `draft-lab ${field.form.dataset.lab} ${field.name}`; // "draft-": erased when its writer signs out
const isRadio = ({ type }) => type === "radio";

function rendered(field) {
  if (field.options) return [...field.options].find(({ defaultSelected }) => defaultSelected)?.value ?? field.options[0]?.value ?? "";
  return field.defaultValue;
}

function pending(form) {
  const places = [...form.querySelectorAll(FIELDS)].map(placeOf);
  return new Map(places.map((place) => [place, sessionStorage.getItem(place)]).filter(([, kept]) => kept !== null));
}

function bringBack(field) {
  const place = placeOf(field);
  if (isRadio(field) ? field.defaultChecked : !known.has(place)) known.set(place, rendered(field));
  const kept = sessionStorage.getItem(place);
  if (kept === null) return false;
  const { was, is } = JSON.parse(kept);
  const server = isRadio(field) ? field.form.querySelector(`[name="${field.name}"][checked]`)?.value : rendered(field);
  if (was !== server) {
    sessionStorage.removeItem(place); // it arrived, or something newer is there
    return false;
  }
  if (isRadio(field)) {
    if (field.value === is) field.checked = true;
    return field.checked;
  }
  field.value = is;
  return true;
}

document.addEventListener("input", ({ target }) => {
  if (!target.form?.matches("[data-lab]") || !target.matches(FIELDS)) return;
  const place = placeOf(target);
  sessionStorage.setItem(place, JSON.stringify({ was: known.get(place) ?? "", is: target.value }));
});

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement.matches("[data-lab]")) sent.set(ctx, pending(ctx.sourceElement));
});
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.response.status < 300) arrived(sent.get(ctx) ?? []);
});

function arrived(fields) {
  for (const [place, kept] of fields) {
    known.set(place, JSON.parse(kept).is);
    if (sessionStorage.getItem(place) === kept) sessionStorage.removeItem(place);
  }
}

const forms = () => [...document.querySelectorAll("[data-lab]")].filter((form) => !("leaving" in form.dataset) && pending(form).size > 0);

async function send(form) {
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers:inherited")), "HX-Request": "true" };
  const body = new URLSearchParams(new FormData(form));
  const fields = pending(form);
  try {
    const { ok } = await fetch(form.getAttribute("hx-post"), { method: "POST", body, headers, keepalive: true });
    if (ok) arrived(fields);
  } catch {
    // too long for a page that goes, or no line: the tab has it
  }
}

// Who leaves within the moment that htmx waits, or while it sends: it goes once more, and nobody waits for the answer.
// A page that is put away on a phone may be ended without another word.
let isGone = false;
window.addEventListener("pagehide", () => {
  isGone = true;
  forms().forEach(send);
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && !isGone) forms().forEach(send);
});

// Signing out waits for it: afterwards nobody may save, and the tab has nothing any more.
document.addEventListener(
  "submit",
  async (event) => {
    const open = forms();
    if (!event.target.matches("[data-sign-out]") || open.length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    for (const form of open) form.dispatchEvent(new Event("htmx:abort"));
    await Promise.race([Promise.all(open.map(send)), new Promise((done) => setTimeout(done, 3000))]);
    for (const form of open) form.dataset.leaving = "";
    event.target.requestSubmit(event.submitter);
  },
  { capture: true },
);

document.addEventListener("submit", ({ target }) => {
  if (target.matches("[data-lab]")) sessionStorage.setItem(SENT, target.dataset.lab);
});
const [navigation] = performance.getEntriesByType("navigation");
if (navigation?.type === "navigate" && sessionStorage.getItem(SENT)) {
  const arrived = `draft-lab ${sessionStorage.getItem(SENT)} `;
  Object.keys(sessionStorage).filter((key) => key.startsWith(arrived)).forEach((key) => sessionStorage.removeItem(key));
}
sessionStorage.removeItem(SENT);

const back = [...document.querySelectorAll("[data-lab]")].flatMap((form) => [...form.querySelectorAll(FIELDS)]).filter(bringBack);
document.addEventListener("DOMContentLoaded", () => back.forEach((field) => field.dispatchEvent(new Event("input", { bubbles: true }))));
