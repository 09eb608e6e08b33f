// <details class="menu">: works without script; script adds closing by Escape, by a click elsewhere, and arrows.
const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  }
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const items = [...menu.querySelectorAll(".menu-item")];
    if (!items.length || event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    const at = items.indexOf(document.activeElement);
    items.at((at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length).focus();
  }
});
// A menu at the edge of the window turns to the side where it fits.
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLDetailsElement) || !menu.classList.contains("menu") || !menu.open) return;
  for (const other of openMenus()) if (other !== menu && !other.contains(menu)) other.open = false;
  const body = menu.querySelector(".menu-body");
  if (!body) return;
  body.style.translate = "";
  const box = body.getBoundingClientRect();
  const over = box.right - (document.documentElement.clientWidth - 8);
  if (over > 0) body.style.translate = `${-over}px 0`;
  else if (box.left < 8) body.style.translate = `${8 - box.left}px 0`;
}, true);

document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-rail-toggle]");
  if (!toggle) return;
  const open = document.body.classList.toggle("rail-open");
  document.querySelector("button[data-rail-toggle]")?.setAttribute("aria-expanded", String(open));
  if (open) document.querySelector("#rail a, #rail button")?.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("rail-open")) {
    document.body.classList.remove("rail-open");
    const button = document.querySelector("button[data-rail-toggle]");
    button?.setAttribute("aria-expanded", "false");
    button?.focus();
  }
});

// A group of the rail stays as the person left it; the server reads the cookie, so the page does not jump.
document.addEventListener("click", (event) => {
  const group = event.target.closest("[data-rail-group] > summary")?.parentElement;
  if (!group) return;
  const kept = new Map((document.cookie.match(/(?:^|; )rail=([\w:.]*)/)?.[1] ?? "").split(".").filter(Boolean).map((part) => part.split(":")));
  kept.set(group.dataset.railGroup, group.open ? "0" : "1");  // the click is about to turn it
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `rail=${[...kept].map((pair) => pair.join(":")).join(".")}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
});

// Theme: at once on the page, then kept on the user.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-theme-form]") || !event.submitter) return;
  event.preventDefault();
  const wanted = event.submitter.value;
  for (const button of document.querySelectorAll("[data-theme-form] button")) button.setAttribute("aria-pressed", String(button.value === wanted));
  document.dispatchEvent(new CustomEvent("krm:set-theme", { detail: wanted }));
  const body = new FormData(form);
  body.set("theme", wanted);
  fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
});
