// <krm-calendar data-events-url data-move-url>: month, week, list; a list on phones.
// Events: [{id, title, start, end?, allDay?, url?, tone?, editable?, move_url?, hint?}]. Move: POST {id, start, end} as JSON.
import { toast } from "./toast.js";
import { csrf, language, script, word } from "./words.js";

class Calendar extends HTMLElement {
  async connectedCallback() {
    await script(word("fullcalendar"));
    await script(word("fullcalendarLocales"));
    if (!this.isConnected || this.calendar) return;
    const small = window.matchMedia("(max-width: 760px)");
    const box = this.appendChild(document.createElement("div"));
    this.calendar = new globalThis.FullCalendar.Calendar(box, {
      locale: language() === "id" ? "id" : "en-gb", firstDay: 1, height: "auto", nowIndicator: true, dayMaxEvents: 4,
      timeZone: this.dataset.timezone || "local",
      initialView: small.matches ? "listMonth" : this.dataset.view || "dayGridMonth",
      initialDate: this.dataset.date || undefined,
      headerToolbar: small.matches ? { left: "title", right: "prev,today,next" } : { left: "prev,next today title", right: "dayGridMonth,timeGridWeek,listMonth" },
      buttonIcons: false, buttonText: { prev: "‹", next: "›" },
      noEventsContent: word("noEvents"), eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
      editable: Boolean(this.dataset.moveUrl), eventDurationEditable: false, slotMinTime: "06:00:00",
      events: (range, done, fail) => this.load(range).then(done, fail),
      eventClassNames: ({ event }) => (event.extendedProps.tone ? [`tone-${event.extendedProps.tone}`] : []),
      eventDidMount: ({ event, el }) => { if (event.extendedProps.hint) el.title = event.extendedProps.hint; },
      eventDrop: (change) => this.move(change),
      viewDidMount: () => this.tidy(), datesSet: () => this.tidy(), eventsSet: () => this.tidy(),
      eventClick: (click) => {
        if (!click.event.extendedProps.dialog) return;
        click.jsEvent.preventDefault();
        window.htmx.ajax("GET", click.event.extendedProps.dialog, "#krm-dialog");
      },
    });
    this.calendar.render();
    this.follow = () => this.calendar.refetchEvents();
    document.addEventListener("krm:refetch", this.follow);
  }
  disconnectedCallback() { document.removeEventListener("krm:refetch", this.follow); this.calendar?.destroy(); this.calendar = null; this.replaceChildren(); }
  tidy() {
    // The library marks buttons with titles only; screen readers want names.
    requestAnimationFrame(() => {
      for (const button of this.querySelectorAll(".fc-prev-button, .fc-next-button")) if (button.title) button.setAttribute("aria-label", button.title);
      // A day's name is its number and what is on it, not the number alone.
      for (const cell of this.querySelectorAll("td[aria-labelledby]")) cell.removeAttribute("aria-labelledby");
      for (const table of this.querySelectorAll(".fc-scroller")) if (table.scrollHeight > table.clientHeight) table.tabIndex = 0;
    });
  }
  async load({ startStr, endStr }) {
    const url = new URL(this.dataset.eventsUrl, window.location.href);
    url.searchParams.set("start", startStr);
    url.searchParams.set("end", endStr);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) { toast(word("panelFailed"), "error"); throw new Error(String(answer.status)); }
    return (await answer.json()).map((event) => ({ ...event, extendedProps: { tone: event.tone, hint: event.hint, dialog: event.dialog, move_url: event.move_url, ...event.extendedProps } }));
  }
  async move({ event, revert }) {
    const url = event.extendedProps.move_url || this.dataset.moveUrl;
    try {
      const answer = await fetch(url, {
        method: this.dataset.moveMethod || "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrf(), Accept: "application/json" },
        body: JSON.stringify({ id: event.id, start: event.startStr, end: event.endStr || null }),
      });
      const body = (answer.headers.get("content-type") || "").includes("json") ? await answer.json() : {};
      if (!answer.ok) {
        revert();
        if (body.dialog) window.htmx.ajax("GET", body.dialog, "#krm-dialog");
        else toast(body.detail || word("failed"), "error");
        return;
      }
      if (body.message) toast(body.message, body.level || "success");
    } catch {
      revert();
      toast(word("offline"), "error");
    }
  }
}
customElements.define("krm-calendar", Calendar);
