// Walk by keyboard: a link with data-key is followed when its key is pressed outside a field and outside of what scrolls sideways.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key.startsWith("Arrow")) || event.target.closest("input, select, textarea, [contenteditable], .scroll")) return;
  const link = document.querySelector(`[data-key~="${CSS.escape(event.key)}"]`);
  if (link) { event.preventDefault(); link.click(); }
});
// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  else if (event.target.method === "post") event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
// One box chooses all of its table.
const chooseAll = () => document.querySelectorAll("th[data-all]:not(:has(input))").forEach((head) => {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.setAttribute("aria-label", head.dataset.all);
  box.addEventListener("change", () => head.closest("table").querySelectorAll("td input[type=checkbox]").forEach((each) => { each.checked = box.checked; }));
  head.replaceChildren(box);
});
chooseAll();
document.addEventListener("htmx:afterSwap", chooseAll);
