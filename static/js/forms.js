// A form is sent once, and what was typed survives a login in between.
import { toast } from "./toast.js";
import { word } from "./words.js";

const RELEASE = 8000; // an answer that is a file leaves the page as it is
const KEPT = 30 * 60 * 1000;
const STORE = "krm-typed";

// A field may be called "action" or "method", and then hides the form's own.
const posts = (form) => (form.getAttribute("method") || "").toLowerCase() === "post";
const target = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;

const release = (form) => { delete form.dataset.sent; form.removeAttribute("aria-busy"); };
const take = (form) => {
  if (form.dataset.sent) return false;
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), RELEASE);
  return true;
};

// -- once ---------------------------------------------------------------------------------------------------------
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !posts(form) || form.hasAttribute("target")) return;
  if (take(form)) keep(form);
  else event.preventDefault();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  if (form.tagName === "FORM" && form.getAttribute("hx-post") && !take(form)) event.preventDefault();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.tagName === "FORM") release(event.detail.elt);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
});

// -- kept ---------------------------------------------------------------------------------------------------------
const user = document.body.dataset.user || "";
const store = {
  get() { try { return JSON.parse(sessionStorage.getItem(STORE)); } catch { return null; } },
  set(value) { try { sessionStorage.setItem(STORE, JSON.stringify(value)); } catch { /* full or forbidden */ } },
  drop() { try { sessionStorage.removeItem(STORE); } catch { /* forbidden */ } },
};
const fields = (form) => [...form.elements].filter((e) => e.name && !e.disabled
  && !["hidden", "password", "file", "submit", "button", "image"].includes(e.type) && !e.closest("[data-private]"));

function keep(form) {
  if (!user) return; // the login itself, and pages without an account
  const typed = fields(form).map((e) => [e.name, e.value, "checked" in e && ["checkbox", "radio"].includes(e.type) ? e.checked : null]);
  store.set({ user, path: location.pathname, action: target(form), at: Date.now(), out: false, typed });
}

function put(form, typed) {
  const left = [...typed];
  for (const element of fields(form)) {
    const box = ["checkbox", "radio"].includes(element.type);
    const found = left.findIndex(([name, value, checked]) => name === element.name && (checked === null || value === element.value));
    if (found < 0) continue;
    const [, value, checked] = left.splice(found, 1)[0];
    if (box) element.checked = checked;
    else element.value = value;
    element.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return left.length < typed.length;
}

function giveBack() {
  const kept = store.get();
  if (!kept) return;
  if (Date.now() - kept.at > KEPT || (user && user !== kept.user)) { store.drop(); return; }
  const entrance = !user || document.querySelector("[data-typed-kept]");
  if (entrance) { store.set({ ...kept, out: true }); return; }
  if (!kept.out) { store.drop(); return; } // it arrived: the server has the values
  if (location.pathname !== kept.path) return;
  store.drop();
  const forms = [...document.querySelectorAll("main form")].filter(posts);
  const form = forms.find((f) => target(f) === kept.action);
  if (form && put(form, kept.typed)) toast(word("typedBack"), "info");
}
giveBack();
