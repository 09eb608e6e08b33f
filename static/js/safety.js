// Safety review: words are masked until asked for; c d e r n decide without the mouse.
const reveal = (root, on) => {
  for (const mark of root.querySelectorAll(".masked")) {
    mark.dataset.mask ??= mark.textContent;
    mark.textContent = on ? mark.dataset.word : mark.dataset.mask;
  }
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal]");
  if (!button) return;
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  reveal(button.closest("[data-masked]") ?? document, on);
});

const typing = (target) => target.isContentEditable || target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog[open]");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, textarea, select")) target.focus();
  else target.click();
});
