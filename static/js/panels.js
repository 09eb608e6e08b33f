// Parts that load by themselves fail by themselves; errors of requests become one clear sentence.
import { toast } from "./toast.js";
import { word } from "./words.js";

function failed(element) {
  const box = document.createElement("div");
  box.className = "panel-failed";
  box.setAttribute("role", "alert");
  const text = document.createElement("span");
  text.textContent = word("panelFailed");
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn btn-sm";
  again.textContent = word("retry");
  again.addEventListener("click", () => window.htmx.trigger(element, "load"));
  box.append(text, again);
  element.replaceChildren(box);
}

document.addEventListener("htmx:responseError", (event) => {
  const { elt, xhr } = event.detail;
  if (xhr.status === 401 || xhr.getResponseHeader("HX-Redirect")) return;
  if (elt.matches("[data-panel]")) { failed(elt); return; }
  let text = word("failed");
  if ((xhr.getResponseHeader("content-type") || "").includes("json")) {
    try { text = JSON.parse(xhr.responseText).detail || text; } catch { /* keep the general sentence */ }
  } else {
    const reason = new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector(".empty-state p, .form-summary li");
    if (reason?.textContent.trim()) text = reason.textContent.trim();
  }
  toast(text, "error");
});
document.addEventListener("htmx:sendError", (event) => {
  if (event.detail.elt.matches("[data-panel]")) failed(event.detail.elt);
  else toast(word("offline"), "error");
});

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-tab]");
  if (!tab) return;
  for (const other of tab.parentElement.querySelectorAll("a[aria-current]")) other.removeAttribute("aria-current");
  tab.setAttribute("aria-current", "page");
});

document.querySelector("[data-focus]")?.focus();
