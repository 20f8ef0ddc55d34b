// Lists that change in place (htmx): what to ask for, and what to do when the answer is no list.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  for (const name of new Set(detail.formData.keys())) if (!detail.formData.getAll(name).some(Boolean)) detail.formData.delete(name);
});
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  document.getElementById("broken").hidden = true;
  detail.target.setAttribute("aria-busy", "true");
});
// A page without a list, such as the one that signs in or an error, is opened as the page that it is.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.responseText.includes('id="found"')) return;
  event.preventDefault();
  location.assign(event.detail.pathInfo.finalRequestPath);
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => {
    document.getElementById("broken").hidden = false;
    detail.target.removeAttribute("aria-busy");
  });
}
// Asking for the same list twice is one step back.
document.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
  if (detail.history.path === location.pathname + location.search) detail.history.type = "replace";
});
// Who followed a link in the list goes on at the new list.
document.addEventListener("htmx:afterSettle", () => {
  const found = document.getElementById("found");
  if (document.activeElement !== document.body) return;
  found.focus({ preventScroll: true });
  found.scrollIntoView();
});
// A word is asked for when it is composed, not letter by letter.
document.addEventListener("input", (event) => { if (event.isComposing) event.stopPropagation(); }, true);
document.addEventListener("compositionend", ({ target }) => target.dispatchEvent(new Event("input", { bubbles: true })));
