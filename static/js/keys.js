// Keys: / search, j k x Enter in lists, g + letter goes to a page, ? shows all. Never while typing.
let going = 0;

const typing = (target) => target.isContentEditable || target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog[open]");
const rows = () => [...document.querySelectorAll(".table-krm tbody tr[data-row], [data-key-row]")];

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("is-current"));
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  all[at]?.classList.remove("is-current");
  next.classList.add("is-current");
  (next.querySelector("a.row-link") ?? next.querySelector("a, button"))?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
  if (Date.now() - going < 1200) {
    going = 0;
    const link = document.querySelector(`[data-goto="${CSS.escape(event.key)}"]`);
    if (link) { event.preventDefault(); link.click(); }
    return;
  }
  switch (event.key) {
    case "g": going = Date.now(); break;
    case "/": {
      const box = document.querySelector("[data-list-search]");
      if (box) { event.preventDefault(); box.focus(); box.select(); }
      break;
    }
    case "j": step(1); break;
    case "k": step(-1); break;
    case "x": {
      const box = document.querySelector("tr.is-current input[name=pk]");
      if (box) box.click();
      break;
    }
    case "?": document.getElementById("krm-shortcuts")?.showModal(); break;
    default:
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-shortcuts]")) document.getElementById("krm-shortcuts")?.showModal();
});
