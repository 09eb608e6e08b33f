// <krm-board data-move-url="/…/move/">: cards move by drag, and by their Move menu, which is a plain form.
// POST card, column, position. A refusal puts the card back and shows the sentence.
import Sortable from "../vendor/sortable.esm.js";
import { toast } from "./toast.js";
import { csrf, word } from "./words.js";

class Board extends HTMLElement {
  connectedCallback() {
    this.sorts = [...this.querySelectorAll(".board-cards")].map((cards) => Sortable.create(cards, {
      group: "board", animation: 130, draggable: ".board-card", ghostClass: "board-ghost", filter: ".menu, a, button", preventOnFilter: false,
      delay: 180, delayOnTouchOnly: true, sort: this.dataset.sort !== "no",
      onEnd: (event) => { if (event.from !== event.to || event.oldIndex !== event.newIndex) this.move(event); },
    }));
    this.addEventListener("submit", (event) => this.byMenu(event));
    this.count();
  }
  disconnectedCallback() { for (const sort of this.sorts) sort.destroy(); }
  async send(card, column, position) {
    const body = new FormData();
    body.set("card", card.dataset.id);
    body.set("column", column);
    body.set("position", String(position));
    const answer = await fetch(card.dataset.moveUrl || this.dataset.moveUrl, { method: "POST", body, headers: { "X-CSRFToken": csrf(), Accept: "application/json" } });
    if (answer.ok) return;
    let detail = word("failed");
    if ((answer.headers.get("content-type") || "").includes("json")) detail = (await answer.json()).detail || detail;
    throw new Error(detail);
  }
  async move({ item, from, to, oldDraggableIndex, newDraggableIndex }) {
    this.count();
    if (from === to && this.dataset.sort === "no") return;
    try {
      await this.send(item, to.dataset.column, newDraggableIndex);
      this.moved(item, to);
    } catch (error) {
      const others = [...from.querySelectorAll(":scope > .board-card")].filter((card) => card !== item);
      from.insertBefore(item, others[oldDraggableIndex] ?? null);
      this.count();
      toast(error.message, "error");
    }
  }
  async byMenu(event) {
    const column = event.submitter?.value;
    const card = event.target.closest(".board-card");
    const target = [...this.querySelectorAll(".board-cards")].find((cards) => cards.dataset.column === column);
    if (!card || !target) return;
    event.preventDefault();
    try {
      await this.send(card, column, 0);
      target.prepend(card);
      card.querySelector("details.menu").open = false;
      card.querySelector("summary")?.focus();
      this.moved(card, target);
    } catch (error) { toast(error.message, "error"); }
  }
  moved(card, cards) {
    this.count();
    const text = word("moved", { column: cards.dataset.label || cards.dataset.column });
    let said = this.querySelector("[data-said]");
    if (!said) { said = document.createElement("span"); said.className = "visually-hidden"; said.dataset.said = ""; said.setAttribute("role", "status"); this.append(said); }
    said.textContent = text;
    this.dispatchEvent(new CustomEvent("krm:moved", { bubbles: true, detail: { id: card.dataset.id, column: cards.dataset.column } }));
  }
  count() {
    for (const cards of this.querySelectorAll(".board-cards")) {
      const number = cards.querySelectorAll(":scope > .board-card").length;
      const shown = cards.closest(".board-column")?.querySelector("[data-count]");
      if (shown) shown.textContent = number;
      const empty = cards.parentElement.querySelector(".board-empty");
      if (empty) empty.hidden = number > 0;
    }
  }
}
customElements.define("krm-board", Board);
