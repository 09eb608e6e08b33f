// Live updates: events of /events/stream name a subject; elements that show it are fetched again.
//   <tr data-live="creators.socialaccount:12" data-live-url="/creators/?row=12">
// Without data-live-url the element's own hx-get is asked again, else the panel, tab or page it came with.
// `app.model:*` follows every object of a kind.
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
    const origins = new Set();
    for (const element of document.querySelectorAll(`[data-live~="${CSS.escape(key)}"]`)) {
      if (element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) continue;
      const url = element.dataset.liveUrl || element.getAttribute("hx-get");
      if (!window.htmx) continue;
      if (!url) { origins.add(this.originOf(element)); continue; }
      const picked = element.querySelector("input[name=pk]")?.checked;
      const swap = element.dataset.liveSwap || (element.dataset.liveUrl ? "outerHTML" : element.getAttribute("hx-swap") || "innerHTML");
      window.htmx.ajax("GET", url, { source: element, target: element, swap }).then(() => {
        const fresh = element.isConnected ? element : document.querySelector(`[data-live~="${CSS.escape(key)}"]`);
        fresh?.classList.add("just-changed");
        const box = fresh?.querySelector("input[name=pk]");
        if (box && picked) box.checked = true;
      }).catch(() => {});
    }
    for (const origin of origins) {
      if (origin === document) this.renewPage(key);
      else window.htmx.ajax("GET", origin.url, { target: origin.frame, swap: origin.swap }).catch(() => {});
    }
  }
  // Where an element without an address of its own was fetched from.
  originOf(element) {
    const frame = element.closest("[hx-get][hx-trigger~=load]");
    if (frame) return (frame.liveOrigin ??= { url: frame.getAttribute("hx-get"), frame, swap: frame.getAttribute("hx-swap") || "innerHTML" });
    const panel = element.closest("#tab-panel");
    const tab = panel && document.querySelector("a[data-tab][aria-current=page]");
    if (tab) return (tab.liveOrigin ??= { url: tab.getAttribute("hx-get"), frame: panel, swap: "innerHTML" });
    return document;
  }
  // The page is asked again; its head and the elements that show the object are put in place of the old ones.
  async renewPage(key) {
    const answer = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const chosen = `main > .page-header, [data-live~="${CSS.escape(key)}"]`;
    const fresh = [...page.querySelectorAll(chosen)];
    const stale = [...document.querySelectorAll(chosen)].filter((e) => !(e.dataset.liveUrl || e.getAttribute("hx-get")) && this.originOf(e) === document);
    if (fresh.length !== stale.length) {
      const main = page.querySelector("main"), old = document.querySelector("main");
      if (main && old && !typing(old)) { old.replaceWith(document.adoptNode(main)); window.htmx.process(main); }
      return;
    }
    stale.forEach((element, place) => {
      if (typing(element)) return;
      const open = [...element.querySelectorAll("details")].map((d) => d.open);
      const next = document.adoptNode(fresh[place]);
      element.replaceWith(next);
      next.querySelectorAll("details").forEach((d, n) => { if (open[n]) d.open = true; });
      window.htmx.process(next);
      if (next.matches("[data-live]")) next.classList.add("just-changed");
    });
  }
}
// Somebody has written or chosen something there that is not sent yet.
function typing(element) {
  if (element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return true;
  return [...element.querySelectorAll("textarea, input:not([type=hidden])")].some((f) => (f.type === "checkbox" || f.type === "radio" ? f.checked !== f.defaultChecked : f.value !== f.defaultValue));
}
customElements.define("krm-live", Live);
