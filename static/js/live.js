// Live updates: events of /events/stream name a subject; elements that show it are fetched again.
//   <tr data-live="creators.socialaccount:12" data-live-url="/creators/?row=12">
// Without data-live-url the element's own hx-get is asked again; `app.model:*` follows every object of a kind.
import { toast } from "./toast.js";

const QUIET = 400; // several events of one subject become one fetch

class Live extends HTMLElement {
  connectedCallback() {
    this.waiting = new Map();
    document.addEventListener("visibilitychange", (this.seen = () => (document.hidden ? this.close() : this.open())));
    window.addEventListener("pagehide", () => this.close());
    if (!document.hidden) this.open();
  }
  disconnectedCallback() { this.close(); document.removeEventListener("visibilitychange", this.seen); }
  open() {
    if (this.source || !document.querySelector("[data-live], [data-live-badge]")) return;
    this.source = new EventSource(this.dataset.url);
    this.source.onmessage = (event) => this.take(event);
    this.source.addEventListener("notification", (event) => {
      const note = JSON.parse(event.data);
      toast(note.title, "info", note.url);
      for (const badge of document.querySelectorAll("[data-live-badge]")) if (window.htmx) window.htmx.trigger(badge, "krm:notified");
    });
    // A stream that the server refuses (204, 404) is not asked again; a broken one reconnects by itself.
    this.source.onerror = () => { if (this.source?.readyState === EventSource.CLOSED) this.source = null; };
  }
  close() { this.source?.close(); this.source = null; }
  take(event) {
    let news;
    try { news = JSON.parse(event.data); } catch { return; }
    const type = String(news.subject_type || "").toLowerCase();
    if (!type) return;
    document.dispatchEvent(new CustomEvent("krm:event", { detail: news }));
    for (const key of [`${type}:${news.subject_id}`, `${type}:*`]) {
      clearTimeout(this.waiting.get(key));
      this.waiting.set(key, setTimeout(() => { this.waiting.delete(key); this.refresh(key); }, QUIET));
    }
  }
  refresh(key) {
    for (const element of document.querySelectorAll(`[data-live~="${CSS.escape(key)}"]`)) {
      if (element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) continue;
      const url = element.dataset.liveUrl || element.getAttribute("hx-get");
      if (!url || !window.htmx) continue;
      const picked = element.querySelector("input[name=pk]")?.checked;
      const swap = element.dataset.liveSwap || (element.dataset.liveUrl ? "outerHTML" : element.getAttribute("hx-swap") || "innerHTML");
      window.htmx.ajax("GET", url, { source: element, target: element, swap }).then(() => {
        const fresh = element.isConnected ? element : document.querySelector(`[data-live~="${CSS.escape(key)}"]`);
        fresh?.classList.add("just-changed");
        const box = fresh?.querySelector("input[name=pk]");
        if (box && picked) box.checked = true;
      }).catch(() => {});
    }
  }
}
customElements.define("krm-live", Live);
