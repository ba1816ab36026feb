// The theme switch: each press goes to the other theme and remembers it; pressing back to the system's own
// forgets the choice, so that the page follows the system again. Says `lineside:theme` when colours changed.

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function current() {
  return root.dataset.theme ?? (system.matches ? "dark" : "light");
}

function announce() {
  document.dispatchEvent(new CustomEvent("lineside:theme", { detail: { theme: current() } }));
}

function toggle() {
  const next = current() === "dark" ? "light" : "dark";
  if (next === (system.matches ? "dark" : "light")) {
    delete root.dataset.theme;
    localStorage.removeItem("lineside:theme");
  } else {
    root.dataset.theme = next;
    localStorage.setItem("lineside:theme", next);
  }
  announce();
}

for (const button of document.querySelectorAll("[data-theme-toggle]")) {
  button.hidden = false;
  button.addEventListener("click", toggle);
}
system.addEventListener("change", announce);
