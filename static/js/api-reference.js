// The interactive API reference. Requests go to this server with the browser's session and CSRF token, or a key.
const place = document.getElementById("reference");
const cookie = (names) => {
  for (const part of document.cookie.split("; ")) {
    const [name, value] = part.split("=");
    if (names.includes(name)) return value;
  }
  return "";
};
window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  docExpansion: "none",
  tryItOutEnabled: true,
  persistAuthorization: false,
  validatorUrl: null,
  requestInterceptor: (request) => {
    request.headers["X-CSRFToken"] = cookie(["csrftoken", "__Host-csrftoken"]);
    return request;
  },
});
