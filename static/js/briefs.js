// Pages of what is made: resumable upload, and comments pinned to a place or a moment.

const csrf = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Sends a file in pieces; a lost connection only means that it carries on from where the server is. */
class KrmUpload extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.asset = this.querySelector("input[name=asset]");
    this.state = this.querySelector("[data-state]");
    this.bar = this.querySelector("[data-bar]");
    this.words = this.querySelector("[data-text]");
    this.stop = this.querySelector("[data-cancel]");
    this.form = this.closest("form");
    this.input.addEventListener("change", () => this.input.files[0] && this.send(this.input.files[0]));
    this.stop.addEventListener("click", () => this.cancel());
    this.form.addEventListener("submit", (event) => {
      if (!this.busy) return;
      event.preventDefault();
      this.say(this.dataset.textBusy);
      this.state.scrollIntoView({ block: "center" });
    });
  }

  say(text) { this.words.textContent = text; }

  async send(file) {
    await this.cancel();
    const mine = (this.run = {});
    this.busy = true;
    this.state.hidden = false;
    this.stop.hidden = false;
    this.bar.value = 0;
    this.asset.value = "";
    this.input.setCustomValidity("");
    try {
      const body = new URLSearchParams({ filename: file.name, size: file.size, content_type: file.type, deliverable: this.dataset.deliverable });
      let upload = await this.call(this.dataset.start, { method: "POST", body });
      this.url = `${this.dataset.start}${upload.id}/`;
      while (upload.state === "open" && this.run === mine) {
        const piece = file.slice(upload.offset, upload.offset + upload.chunk);
        this.say(`${this.dataset.textSending} ${file.name} · ${Math.floor((100 * upload.offset) / upload.size)} %`);
        upload = await this.piece(piece, upload.offset, upload.size);
        this.bar.value = (100 * upload.offset) / upload.size;
      }
      for (let wait = 400; upload.state === "assembling" && this.run === mine; wait = Math.min(wait * 1.5, 4000)) {
        this.say(this.dataset.textChecking);
        await pause(wait);
        upload = await this.call(this.url);
      }
      if (this.run !== mine) return;
      if (upload.state !== "done") throw new Refused(upload.error);
      this.asset.value = upload.asset;
      this.bar.value = 100;
      this.say(`${this.dataset.textDone} ${upload.asset_name}`);
      this.input.value = "";
      this.form.dispatchEvent(new CustomEvent("krm-upload-done"));
    } catch (error) {
      if (this.run !== mine) return;
      this.say(error instanceof Refused && error.message ? error.message : this.dataset.textFailed);
      this.words.className = "text-bad";
      this.bar.value = 0;
      this.input.value = "";
    } finally {
      if (this.run === mine) { this.busy = false; this.stop.hidden = true; this.url = null; }
    }
  }

  /** One piece; after a break ask the server where it is, and go on from there. */
  async piece(blob, offset, size) {
    this.words.className = "";
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.call(this.url, {
          method: "PATCH",
          body: blob,
          headers: { "Upload-Offset": String(offset), "Content-Type": "application/octet-stream" },
          progress: (sent) => { this.bar.value = (100 * (offset + sent)) / size; },
        });
      } catch (error) {
        if (error instanceof Refused && error.status !== 409) throw error;
        if (attempt >= 30 || !this.url) throw error;
        this.say(this.dataset.textWaiting);
        await pause(Math.min(1000 * 1.6 ** attempt, 15000));
        try {
          const now = await this.call(this.url);
          if (now.offset !== offset || now.state !== "open") return now;
        } catch (again) { if (again instanceof Refused) throw again; }
      }
    }
  }

  /** XMLHttpRequest, because fetch cannot tell how far an upload is. */
  call(url, { method = "GET", body = null, headers = {}, progress = null } = {}) {
    return new Promise((resolve, reject) => {
      const request = (this.request = new XMLHttpRequest());
      request.open(method, url);
      request.setRequestHeader("X-CSRFToken", csrf());
      request.setRequestHeader("Accept", "application/json");
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      if (progress) request.upload.addEventListener("progress", (event) => progress(event.loaded));
      request.addEventListener("error", () => reject(new Error("network")));
      request.addEventListener("abort", () => reject(new Error("stopped")));
      request.addEventListener("load", () => {
        let data = {};
        try { data = JSON.parse(request.responseText || "{}"); } catch { /* an error page */ }
        if (request.status >= 500 || request.status === 0) reject(new Error("server"));
        else if (request.status >= 400) reject(new Refused(data.detail, request.status));
        else resolve(data);
      });
      request.send(body);
    });
  }

  async cancel() {
    if (!this.busy) return;
    this.run = null;
    this.request?.abort();
    const url = this.url;
    this.url = null;
    this.busy = false;
    this.state.hidden = true;
    if (url) await this.call(url, { method: "DELETE" }).catch(() => {});
  }
}

class Refused extends Error {
  constructor(message, status) { super(message ?? ""); this.status = status; }
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** Pins on a picture or a video. Click or press Pin, then move the new pin with the arrow keys. */
class KrmPins extends HTMLElement {
  connectedCallback() {
    this.stage = this.querySelector("[data-stage]");
    if (!this.stage) return;
    this.media = this.stage.querySelector("[data-media]");
    this.isVideo = this.media?.tagName === "VIDEO";
    for (const pin of this.stage.querySelectorAll("[data-pin]")) this.place(pin);
    this.stage.addEventListener("click", (event) => {
      const pin = event.target.closest("[data-pin]");
      if (pin) this.show(pin.dataset.pin);
      else if (event.target === this.media && !this.isVideo) this.mark(...this.at(event));
    });
    if (this.isVideo) this.media.addEventListener("timeupdate", () => this.follow());
    const page = this.closest(".panel, .review-grid, main") ?? document;
    this.scope = this.closest(".review-grid") ?? page;
    this.say = this.scope.querySelector("[data-say] [data-pin-center]")?.closest("form");
    this.scope.addEventListener("click", (event) => {
      const link = event.target.closest("[data-pin-goto]");
      if (link) this.goto(link.dataset.pinGoto);
      if (event.target.closest("[data-pin-center]")) this.mark(0.5, 0.5, true);
      if (event.target.closest("[data-pin-clear]")) this.clear();
    });
    this.follow();
  }

  at(event) {
    const box = this.media.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  place(pin) {
    if (pin.dataset.x) { pin.style.left = `${100 * pin.dataset.x}%`; pin.style.top = `${100 * pin.dataset.y}%`; }
    else pin.hidden = true;
  }

  follow() {
    if (!this.isVideo) return;
    const now = this.media.currentTime;
    for (const pin of this.stage.querySelectorAll("[data-pin][data-t]")) {
      if (pin.dataset.t && pin.dataset.x) pin.hidden = Math.abs(now - Number(pin.dataset.t)) > 1.5;
    }
  }

  mark(x, y, focus = false) {
    if (!this.say) return;
    this.mine ??= this.newPin();
    this.set(x, y);
    if (this.isVideo) this.media.pause();
    if (focus) this.mine.focus(); else this.say.querySelector("textarea").focus({ preventScroll: false });
  }

  newPin() {
    const pin = document.createElement("button");
    pin.type = "button";
    pin.className = "pin pin-new";
    pin.textContent = "+";
    pin.setAttribute("aria-label", this.say.querySelector("[data-pin-center]").textContent.trim());
    pin.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? 0.1 : 0.02;
      const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
      if (move) { event.preventDefault(); this.set(this.x + move[0], this.y + move[1]); }
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); this.say.querySelector("textarea").focus(); }
      if (event.key === "Escape") this.clear();
    });
    this.stage.append(pin);
    return pin;
  }

  set(x, y) {
    this.x = Math.min(Math.max(x, 0), 1);
    this.y = Math.min(Math.max(y, 0), 1);
    this.mine.style.left = `${100 * this.x}%`;
    this.mine.style.top = `${100 * this.y}%`;
    const form = this.say;
    form.elements.x.value = this.x.toFixed(5);
    form.elements.y.value = this.y.toFixed(5);
    if (this.isVideo) form.elements.at_seconds.value = this.media.currentTime.toFixed(2);
    form.querySelector("[data-pin-note]").hidden = false;
    const where = `${Math.round(100 * this.x)} %, ${Math.round(100 * this.y)} %`;
    form.querySelector("[data-pin-text]").textContent = this.isVideo ? `${clock(this.media.currentTime)} · ${where}` : where;
  }

  clear() {
    this.mine?.remove();
    this.mine = null;
    for (const name of ["x", "y", "at_seconds"]) this.say.elements[name].value = "";
    this.say.querySelector("[data-pin-note]").hidden = true;
  }

  show(id) {
    const said = document.getElementById(`comment-${id}`);
    said?.scrollIntoView({ block: "center", behavior: "smooth" });
    said?.classList.add("said-lit");
    setTimeout(() => said?.classList.remove("said-lit"), 2000);
  }

  goto(id) {
    const pin = this.stage.querySelector(`[data-pin="${CSS.escape(id)}"]`);
    if (!pin) return;
    if (this.isVideo && pin.dataset.t) { this.media.currentTime = Number(pin.dataset.t); this.media.pause(); }
    pin.hidden = !pin.dataset.x;
    this.stage.scrollIntoView({ block: "center", behavior: "smooth" });
    if (pin.dataset.x) pin.focus({ preventScroll: true });
  }
}

for (const shown of document.querySelectorAll("[data-clock]")) shown.textContent = clock(Number(shown.dataset.clock));
if (!customElements.get("krm-upload")) customElements.define("krm-upload", KrmUpload);
if (!customElements.get("krm-pins")) customElements.define("krm-pins", KrmPins);
