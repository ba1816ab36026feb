// <details id="…" data-keep-open> stays open when a live refresh replaces it.

const opened = new Set();

document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches("details[data-keep-open]")) return;
    if (event.target.open) opened.add(event.target.id);
    else opened.delete(event.target.id);
  },
  true, // toggle does not bubble
);

document.addEventListener("htmx:afterSwap", () => {
  for (const id of opened) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
});
