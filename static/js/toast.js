// Flash messages and live notifications. They stay while the pointer or focus is on them.
const STAY = 6000;

class Toast extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("button")) return;
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", document.getElementById("krm-words")?.dataset.close || "Close");
    close.addEventListener("click", () => this.remove());
    this.append(close);
    if (!this.classList.contains("toast-error")) this.wait();
    this.addEventListener("pointerenter", () => clearTimeout(this.timer));
    this.addEventListener("pointerleave", () => this.wait());
    this.addEventListener("focusin", () => clearTimeout(this.timer));
  }
  wait() {
    clearTimeout(this.timer);
    if (!this.classList.contains("toast-error")) this.timer = setTimeout(() => this.remove(), STAY);
  }
  disconnectedCallback() { clearTimeout(this.timer); }
}
customElements.define("krm-toast", Toast);

export function toast(text, level = "info", url = "") {
  const element = document.createElement("krm-toast");
  element.className = `toast-item toast-${level}`;
  if (url) {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = text;
    element.append(link);
  } else {
    element.textContent = text;
  }
  document.getElementById("toasts")?.append(element);
}
