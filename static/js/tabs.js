// A row of tabs that is wider than its place scrolls, with its edges faded; a menu at its end offers those out of sight.
class Tabs extends HTMLElement {
  connectedCallback() {
    this.strip = this.querySelector(".tabs");
    this.menu = this.querySelector("details");
    if (!this.strip || !this.menu) return;
    this.sizes = new ResizeObserver(() => this.edges());
    this.sizes.observe(this.strip);
    this.strip.addEventListener("scroll", () => this.edges(), { passive: true });
    this.strip.addEventListener("click", (event) => { const tab = event.target.closest("a"); if (tab) this.show(tab); });
    // before it opens: entries that are replaced under somebody's fingers lose the focus
    this.menu.querySelector("summary").addEventListener("click", () => { if (!this.menu.open) this.fill(); });
    const open = this.strip.querySelector("[aria-current]");
    if (open) this.show(open);
  }
  disconnectedCallback() { this.sizes?.disconnect(); }
  edges() {
    const { scrollWidth, clientWidth, scrollLeft } = this.strip;
    const over = scrollWidth > clientWidth + 1;
    this.classList.toggle("is-over", over);
    this.classList.toggle("fade-start", over && scrollLeft > 1);
    this.classList.toggle("fade-end", over && scrollLeft + clientWidth < scrollWidth - 1);
  }
  outOfSight() {
    const box = this.strip.getBoundingClientRect();
    return [...this.strip.querySelectorAll("a")].filter((tab) => {
      const at = tab.getBoundingClientRect();
      return at.right > box.right + 1 || at.left < box.left - 1;
    });
  }
  fill() {
    this.menu.querySelector(".menu-body").replaceChildren(...this.outOfSight().map((tab) => this.item(tab)));
  }
  item(tab) {
    const item = document.createElement("a");
    item.className = "menu-item";
    item.href = tab.getAttribute("hx-push-url") || tab.href;
    item.textContent = tab.textContent;
    if (tab.hasAttribute("aria-current")) item.setAttribute("aria-current", "page");
    item.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a window of its own, as with any link
      event.preventDefault();
      this.menu.open = false;
      tab.click();
      tab.focus({ preventScroll: true });
    });
    return item;
  }
  show(tab) {
    const box = this.strip.getBoundingClientRect(), at = tab.getBoundingClientRect();
    if (at.left < box.left || at.right > box.right) this.strip.scrollLeft += at.left - box.left - (box.width - at.width) / 2;
  }
}
customElements.define("krm-tabs", Tabs);
