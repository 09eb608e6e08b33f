// Runs before the first paint: the theme must not flash. A classic script, for modules run too late.
(() => {
  const root = document.documentElement;
  const device = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const wanted = root.dataset.theme || "auto";
    const dark = wanted === "dark" || (wanted === "auto" && device.matches);
    root.setAttribute("data-bs-theme", dark ? "dark" : "light");
    document.dispatchEvent(new CustomEvent("krm:theme"));
  };
  root.classList.remove("no-js");
  root.classList.add("js");
  device.addEventListener("change", apply);
  document.addEventListener("krm:set-theme", (event) => { root.dataset.theme = event.detail; apply(); });
  apply();
})();
