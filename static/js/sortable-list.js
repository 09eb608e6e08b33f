// <krm-sortable>: children can be put in another order; the order of their fields in the form follows.
import Sortable from "../vendor/sortable.esm.js";

class SortableList extends HTMLElement {
  connectedCallback() { this.sort = Sortable.create(this, { animation: 120, delay: 120, delayOnTouchOnly: true }); }
  disconnectedCallback() { this.sort?.destroy(); }
}
customElements.define("krm-sortable", SortableList);
