// Words and asset addresses that the page hands to scripts, translated and hashed by the server.
const source = () => document.getElementById("krm-words")?.dataset ?? {};
export const word = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), source()[name] ?? "");
export const language = () => source().language || "en";
export const csrf = () => {
  const headers = document.body.getAttribute("hx-headers");
  return headers ? JSON.parse(headers)["X-CSRFToken"] : "";
};
const loading = new Map();
export const script = (url) => {
  if (!loading.has(url)) {
    loading.set(url, new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = url;
      element.async = false;
      element.onload = resolve;
      element.onerror = () => { loading.delete(url); reject(new Error(`could not load ${url}`)); };
      document.head.append(element);
    }));
  }
  return loading.get(url);
};
