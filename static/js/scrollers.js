// A table that is wider than its place scrolls; whoever works by keyboard has to be able to stop at it.
const watch = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const box = target.closest(".table-scroll");
    if (!box || box.getAttribute("role") === "region") continue; // has its stop and its name already
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
});
const look = (root) => {
  for (const box of root.querySelectorAll?.(".table-scroll") ?? []) {
    watch.observe(box);
    if (box.firstElementChild) watch.observe(box.firstElementChild);
  }
};
look(document);
document.addEventListener("htmx:load", (event) => look(event.detail.elt.parentElement ?? document));
