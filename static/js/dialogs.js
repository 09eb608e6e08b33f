// Native dialogs: confirmation of forms and buttons with data-confirm, and forms fetched into #krm-dialog.
import { word } from "./words.js";

const dialog = () => document.getElementById("krm-dialog");

export function confirm(text, { danger = false, label = "" } = {}) {
  const box = dialog();
  const title = document.createElement("p");
  title.className = "dialog-title";
  title.id = "confirm-text";
  title.textContent = text;
  const foot = document.createElement("div");
  foot.className = "dialog-foot";
  const no = document.createElement("button");
  no.type = "button";
  no.className = "btn btn-ghost";
  no.textContent = word("cancel");
  const yes = document.createElement("button");
  yes.type = "button";
  yes.className = danger ? "btn btn-danger" : "btn btn-primary";
  yes.textContent = label || word("confirm");
  foot.append(no, yes);
  box.replaceChildren(title, foot);
  box.setAttribute("aria-label", text);
  box.showModal();
  (danger ? no : yes).focus();
  return new Promise((resolve) => {
    let answer = false;
    yes.addEventListener("click", () => { answer = true; box.close(); });
    no.addEventListener("click", () => box.close());
    box.addEventListener("close", () => resolve(answer), { once: true });
  });
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const asker = event.submitter?.dataset.confirm ? event.submitter : form.dataset.confirm ? form : null;
  if (!asker || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  const danger = "danger" in asker.dataset || submitter?.classList.contains("btn-danger");
  if (await confirm(asker.dataset.confirm, { danger, label: submitter?.textContent.trim() })) {
    form.dataset.confirmed = "1";
    form.requestSubmit(submitter ?? undefined);
    delete form.dataset.confirmed;
  }
}, true);

document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  confirm(event.detail.question).then((yes) => { if (yes) event.detail.issueRequest(true); });
});

document.addEventListener("htmx:afterSwap", (event) => {
  const box = dialog();
  if (event.detail.target === box) {
    const heading = box.querySelector(".dialog-title");
    if (heading) box.setAttribute("aria-label", heading.textContent.trim());
    if (!box.open) box.showModal();
    box.querySelector("[data-focus], [aria-invalid], input:not([type=hidden]), select, textarea")?.focus();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
  if (event.target.tagName === "DIALOG" && event.target.open && event.target.id !== "krm-dialog") event.target.close();
});
