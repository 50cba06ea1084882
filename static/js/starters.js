// A conversation starter begins a chat and waits there in the field: the assistant speaks first. (composer.js takes it up.)

document.getElementById("start-form")?.addEventListener("submit", ({ submitter }) => {
  if (submitter?.matches("[data-starter]")) sessionStorage.setItem("draft-starter", submitter.textContent.trim());
  else sessionStorage.removeItem("draft-starter");
});
