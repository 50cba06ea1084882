// A button that makes sense only after a while counts the seconds down: `<button data-wait="20" data-waiting="Try again in # s">`.
// The sentence in its banner that says when is not needed then. Without this script the button can be pressed at any time.

function count(button) {
  const words = button.innerHTML;
  const end = Date.now() + 1000 * Number(button.dataset.wait);
  button.removeAttribute("data-wait");
  button.disabled = true;
  button.closest(".banner")?.querySelector(".when")?.remove();
  const tick = () => {
    const seconds = Math.ceil((end - Date.now()) / 1000);
    if (seconds > 0) {
      button.textContent = button.dataset.waiting.replace("#", seconds);
      setTimeout(tick, 250);
    } else {
      button.innerHTML = words;
      button.disabled = false;
    }
  };
  tick();
}

const look = () => document.querySelectorAll("[data-wait]").forEach(count);
document.addEventListener("htmx:after:swap", look);
look();
