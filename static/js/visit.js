// The visit, as the browser sees it: how long it still lasts, and that nothing of it stays after signing out. Every page.

const SIGNING_OUT = "signing-out";
const OWNER = "draft-owner"; // erased with the drafts
const isOpen = document.body.dataset.visit === "open";
const otherTabs = new BroadcastChannel("visit");

/** Drafts are the only words that the browser keeps: in this tab, until they are sent or their writer signs out. */
function eraseDrafts() {
  Object.keys(sessionStorage)
    .filter((key) => key.startsWith("draft-"))
    .forEach((key) => sessionStorage.removeItem(key));
}

// Another account's drafts are not for who signs in now.
const { visitor } = document.body.dataset;
if (visitor) {
  if (sessionStorage.getItem(OWNER) !== visitor) eraseDrafts();
  sessionStorage.setItem(OWNER, visitor);
}

// A page that Back takes from memory may show a visit that has ended: ask the server again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-sign-out]")) return;
  eraseDrafts();
  sessionStorage.setItem(SIGNING_OUT, "1");
});

// What a form of the Lab took along did not arrive where a page like this is the answer (lab-kept.js).
if (!isOpen || document.querySelector(".error-page")) sessionStorage.removeItem("draft-sent");

if (isOpen) {
  otherTabs.addEventListener("message", () => {
    eraseDrafts();
    location.reload();
  });
} else if (sessionStorage.getItem(SIGNING_OUT)) {
  sessionStorage.removeItem(SIGNING_OUT);
  otherTabs.postMessage("signed out");
}

// The seal counts down. Whatever is asked of the server, but for a stream, begins the idle time anew.
const seal = document.querySelector(".seal");
if (seal) {
  const left = seal.querySelector("[data-minutes-left]");
  const whole = Number(seal.dataset.minutes) * 60_000;
  let end = Date.now() + whole;
  const show = () => {
    const minutes = Math.max(0, Math.ceil((end - Date.now()) / 60_000));
    left.textContent = minutes;
    seal.classList.toggle("seal-ending", minutes <= 5);
  };
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    const { status } = ctx.response;
    if (status === 401) end = Date.now();
    else if (status < 400 && !ctx.sourceElement.hasAttribute("hx-sse:connect")) end = Date.now() + whole;
    show();
  });
  setInterval(show, 20_000);
}
