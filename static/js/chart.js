// <krm-chart data-spec>: Vega-Lite with the interpreter (no eval), colours from the page's tokens.
import { language, script, word } from "./words.js";

let engine = null;
function load() {
  engine ??= (async () => {
    await script(word("vega"));
    await script(word("vegaLite"));
    const { expressionInterpreter } = await import("../vendor/vega-interpreter.js");
    return { vega: globalThis.vega, vegaLite: globalThis.vegaLite, expressionInterpreter };
  })();
  return engine;
}

const NUMBERS = {
  en: { decimal: ".", thousands: ",", grouping: [3], currency: ["", ""] },
  id: { decimal: ",", thousands: ".", grouping: [3], currency: ["Rp", ""] },
};
const TIMES = {
  en: null,
  id: {
    dateTime: "%A, %e %B %Y %X", date: "%d/%m/%Y", time: "%H:%M:%S", periods: ["", ""],
    days: ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"], shortDays: ["Min", "Sen", "Sel", "Rab", "Kam", "Jum", "Sab"],
    months: ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"],
    shortMonths: ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
  },
};
const SHORT = { en: [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "K"]], id: [[1e12, " T"], [1e9, " M"], [1e6, " jt"], [1e3, " rb"]] };

export function short(value) {
  if (value === null || value === undefined || Number.isNaN(Number(value))) return "–";
  const lang = language() === "id" ? "id" : "en";
  const [step, suffix] = SHORT[lang].find(([size]) => Math.abs(value) >= size) ?? [1, ""];
  const scaled = value / step;
  const digits = step === 1 || Math.abs(scaled) < 10 ? 2 : Math.abs(scaled) >= 100 ? 0 : 1; // ticks of an axis differ
  return new Intl.NumberFormat(lang, { maximumFractionDigits: digits }).format(scaled) + suffix;
}

// Specs stay plain Vega-Lite (the same ones become PDF): "~s" is read as the house's short form only here.
function localised(part) {
  if (Array.isArray(part)) { for (const item of part) localised(item); return part; }
  if (part && typeof part === "object") {
    for (const [key, value] of Object.entries(part)) if (key !== "data" && key !== "datasets") localised(value);
    if (part.format === "~s" && !part.formatType) part.formatType = "krmNumber";
  }
  return part;
}

function theme() {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(`--${name}`).trim();
  const font = "Inter Variable, Inter, system-ui, sans-serif";
  return {
    background: "transparent", font, padding: { left: 2, right: 6, top: 6, bottom: 2 },
    view: { stroke: null, continuousHeight: 200 },
    range: { category: [1, 2, 3, 4, 5, 6].map((n) => token(`chart-${n}`)) },
    mark: { color: token("chart-1") }, line: { strokeWidth: 1.8, strokeCap: "round", strokeJoin: "round" },
    bar: { cornerRadiusEnd: 3, color: token("chart-1"), discreteBandSize: { band: 0.62 } }, area: { color: token("chart-1"), line: { color: token("chart-1"), strokeWidth: 1.8 } },
    point: { color: token("chart-1") }, rule: { color: token("ink-3") }, text: { color: token("ink-2"), font, fontSize: 11 }, arc: { stroke: token("surface"), strokeWidth: 2 },
    axis: { labelColor: token("ink-3"), titleColor: token("ink-3"), labelFont: font, titleFont: font, labelFontSize: 11, titleFontSize: 11, titleFontWeight: 500, gridColor: token("line"), domain: false, ticks: false, labelPadding: 7, tickCount: 5, labelOverlap: true },
    axisXBand: { labelAngle: 0, labelLimit: 96 }, axisXPoint: { labelAngle: 0, labelLimit: 96 },
    axisX: { grid: false, domain: true, domainColor: token("line-strong") }, axisYQuantitative: { grid: true }, axisXQuantitative: { grid: true, domain: false },
    legend: { labelColor: token("ink-2"), titleColor: token("ink-3"), labelFont: font, labelFontSize: 11, orient: "top", direction: "horizontal", symbolSize: 60, symbolType: "circle", symbolStrokeWidth: 0, offset: 8 },
    numberFormatType: "krmNumber", customFormatTypes: true,
  };
}

// Tooltips without vega-tooltip, which writes a style element.
function tip(handler, event, item, value) {
  let box = document.querySelector(".chart-tip");
  if (value === null || value === undefined || value === "") { box?.remove(); return; }
  if (!box) { box = document.createElement("div"); box.className = "chart-tip"; document.body.append(box); }
  const entries = typeof value === "object" ? Object.entries(value) : [["", value]];
  box.replaceChildren(...entries.map(([name, text]) => {
    const line = document.createElement("div");
    const label = document.createElement("span");
    label.textContent = name;
    line.append(label, document.createTextNode(String(text)));
    return line;
  }));
  const { width, height } = box.getBoundingClientRect();
  box.style.left = `${Math.min(event.clientX + 14, window.innerWidth - width - 8)}px`;
  box.style.top = `${Math.max(event.clientY - height - 12, 8)}px`;
}

class Chart extends HTMLElement {
  connectedCallback() {
    this.box ??= this.appendChild(Object.assign(document.createElement("div"), { className: "chart-box" }));
    this.redraw = () => this.draw();
    document.addEventListener("krm:theme", this.redraw);
    this.sight = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) { this.sight.disconnect(); this.draw(); }
    }, { rootMargin: "200px" });
    this.sight.observe(this);
    this.size = new ResizeObserver(() => {
      if (this.view && Math.abs(this.clientWidth - this.drawn) > 4) { this.drawn = this.clientWidth; this.view.width(this.inner()).runAsync(); }
    });
    this.size.observe(this);
  }
  disconnectedCallback() {
    document.removeEventListener("krm:theme", this.redraw);
    this.sight?.disconnect(); this.size?.disconnect(); this.view?.finalize(); this.view = null;
    document.querySelector(".chart-tip")?.remove();
  }
  inner() { return Math.max(this.clientWidth - 2, 80); }
  async draw() {
    try {
      const { vega, vegaLite, expressionInterpreter } = await load();
      if (!this.isConnected) return;
      const lang = language() === "id" ? "id" : "en";
      vega.formatLocale(NUMBERS[lang]);
      if (TIMES[lang]) vega.timeFormatLocale(TIMES[lang]);
      // "~s" is the house's short form: 1.2M, and 1,2 jt in Indonesian, where SI letters mean something else.
      vega.expressionFunction("krmNumber", (value, pattern) => {
        if (value === null || value === undefined) return "–";
        if (!pattern || pattern === "~s") return short(value);
        return vega.locale(NUMBERS[lang], TIMES[lang] ?? undefined).format(pattern)(value);
      });
      const spec = localised(JSON.parse(this.dataset.spec));
      spec.autosize = { type: "fit-x", contains: "padding" };
      spec.width = this.inner();
      const compiled = vegaLite.compile(spec, { config: theme(), logger: vega.logger(vega.Error) }).spec;
      const runtime = vega.parse(compiled, null, { ast: true });
      this.view?.finalize();
      this.view = new vega.View(runtime, { expr: expressionInterpreter, renderer: "canvas", container: this.box, hover: true, logLevel: vega.Error });
      this.view.tooltip(tip);
      this.drawn = this.clientWidth;
      await this.view.runAsync();
      this.setAttribute("ready", "");
      const canvas = this.querySelector("canvas");
      canvas?.setAttribute("aria-hidden", "true");
      for (const element of this.querySelectorAll("[role], [aria-roledescription], [aria-label]")) { element.removeAttribute("role"); element.removeAttribute("aria-roledescription"); element.removeAttribute("aria-label"); }
    } catch (error) {
      this.setAttribute("ready", "");
      this.setAttribute("failed", error.message);
      this.box.textContent = word("panelFailed");
    }
  }
}
customElements.define("krm-chart", Chart);
