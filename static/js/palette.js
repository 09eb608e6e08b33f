// Ctrl/Cmd-K: pages and records; the server answers with what this person may see.
const box = () => document.getElementById("krm-palette");

class Palette extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.results = this.querySelector(".palette-results");
    this.input.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.load(), 120); });
    this.input.addEventListener("keydown", (event) => this.key(event));
  }
  async load() {
    this.abort?.abort();
    this.abort = new AbortController();
    const url = `${this.dataset.url}?q=${encodeURIComponent(this.input.value.trim())}`;
    try {
      const answer = await fetch(url, { signal: this.abort.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      this.results.innerHTML = await answer.text();
      this.options = [...this.results.querySelectorAll("[role=option]")];
      this.options.forEach((option, index) => { option.id = `palette-${index}`; });
      this.mark(0);
    } catch (error) {
      if (error.name !== "AbortError") this.results.replaceChildren();
    }
  }
  mark(index) {
    this.at = this.options.length ? (index + this.options.length) % this.options.length : -1;
    this.options.forEach((option, i) => option.setAttribute("aria-selected", String(i === this.at)));
    const option = this.options[this.at];
    if (option) { this.input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
    else this.input.removeAttribute("aria-activedescendant");
  }
  key(event) {
    if (event.key === "Escape") { event.preventDefault(); box().close(); return; }
    if (event.key === "ArrowDown") { event.preventDefault(); this.mark(this.at + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); this.mark(this.at - 1); }
    if (event.key === "Enter") { event.preventDefault(); this.options?.[this.at]?.click(); }
  }
  open() {
    box().showModal();
    this.input.value = "";
    this.input.focus();
    this.load();
  }
}
customElements.define("krm-palette", Palette);

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && box()) {
    event.preventDefault();
    if (box().open) box().close(); else box().querySelector("krm-palette").open();
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette]")) box()?.querySelector("krm-palette").open();
});
