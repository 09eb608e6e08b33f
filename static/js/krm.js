// The one module of every page. Heavy parts are fetched when an element that needs them appears.
import "./toast.js";
import "./menus.js";
import "./dialogs.js";
import "./panels.js";
import "./keys.js";
import "./palette.js";
import "./list.js";
import "./live.js";
import "./copy.js";
import "./scrollers.js";
import "./forms.js";
import "./tabs.js";

const LAZY = {
  "krm-chart": () => import("./chart.js"),
  "krm-board": () => import("./board.js"),
  "krm-calendar": () => import("./calendar.js"),
  "krm-sortable": () => import("./sortable-list.js"),
};
const look = (root) => {
  for (const [name, load] of Object.entries(LAZY)) {
    if (!customElements.get(name) && root.querySelector?.(name)) load();
  }
};
look(document);
document.addEventListener("htmx:load", (event) => look(event.detail.elt.parentElement ?? document));
