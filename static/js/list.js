// Selection and bulk bar of a list. The list itself works without this.
import { word } from "./words.js";

class List extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => this.changed(event));
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-bulk-clear]")) this.pick(false);
      if (event.shiftKey && event.target.matches("input[name=pk]")) this.range(event.target);
      if (event.target.matches("input[name=pk]")) this.last = event.target;
    });
    document.addEventListener("htmx:afterSettle", (this.settled = () => {
      const list = this.querySelector("#list");
      const search = this.querySelector("[data-list-search]");
      if (list && search && document.activeElement !== search) search.value = list.dataset.term;
      this.show();
    }));
    window.addEventListener("pageshow", () => this.show());
    this.show();
  }
  disconnectedCallback() { document.removeEventListener("htmx:afterSettle", this.settled); }
  get boxes() { return [...this.querySelectorAll("input[name=pk]")]; }
  changed(event) {
    if (event.target.matches("[data-check-all]")) this.pick(event.target.checked);
    else if (event.target.matches("input[name=pk], [data-bulk-all]")) this.show();
  }
  range(target) {
    const { boxes } = this;
    const [from, to] = [boxes.indexOf(this.last), boxes.indexOf(target)].sort((a, b) => a - b);
    if (from >= 0) for (const box of boxes.slice(from, to + 1)) box.checked = target.checked;
    this.show();
  }
  pick(on) {
    for (const box of this.boxes) box.checked = on;
    const every = this.querySelector("[data-bulk-all]");
    if (every && !on) every.checked = false;
    this.show();
  }
  show() {
    const bar = this.querySelector("[data-bulk-bar]");
    if (!bar) return;
    const { boxes } = this;
    const picked = boxes.filter((box) => box.checked);
    for (const box of boxes) box.closest("tr")?.classList.toggle("is-picked", box.checked);
    const all = this.querySelector("[data-check-all]");
    if (all) { all.checked = picked.length > 0 && picked.length === boxes.length; all.indeterminate = picked.length > 0 && !all.checked; }
    bar.classList.toggle("is-open", picked.length > 0);
    bar.querySelector("[data-bulk-count]").textContent = picked.length ? word("selected", { n: picked.length }) : "";
  }
}
customElements.define("krm-list", List);

// A form of filters asks only for what was filled in: the address stays short enough to read and to share.
document.addEventListener("htmx:configRequest", (event) => {
  const { verb, parameters, elt } = event.detail;
  if (verb !== "get" || !elt.matches("form")) return;
  for (const name of new Set([...Object.keys(parameters)])) {
    const given = parameters[name];
    const share = name.endsWith("_share") && !parameters[name.slice(0, -6)];
    if (given === "" || share) delete parameters[name];
    else if (Array.isArray(given) && given.includes("")) parameters[name] = given.filter(Boolean);
  }
});
