// The chosen span: its row is marked, its panel fetched, its id kept in the address (?span=…), so that a link, a
// reload and the back button lead to the same place. Without this module the rows are plain links to that address.

import { reveal } from "./tree.js";

const panel = () => document.getElementById("span-panel");
const rowOf = (spanId) => document.getElementById(`span-${spanId}`);
const chosenInAddress = () => new URL(location.href).searchParams.get("span");

function addressWith(spanId) {
  const url = new URL(location.href);
  if (spanId) url.searchParams.set("span", spanId);
  else url.searchParams.delete("span");
  return url;
}

function mark(row) {
  for (const other of document.querySelectorAll("#span-tree [aria-selected=true]")) {
    other.removeAttribute("aria-selected");
  }
  row?.setAttribute("aria-selected", "true");
}

async function show(spanId) {
  const row = rowOf(spanId);
  mark(row);
  if (row) reveal(row);
  const url = `${document.getElementById("span-tree").dataset.panelUrl}${encodeURIComponent(spanId)}/`;
  try {
    await htmx.ajax("GET", url, { source: "#span-panel", target: "#span-panel", swap: "innerHTML show:none" });
  } catch {
    return; // another span was chosen meanwhile, or the server is away; htmx said so
  }
  panel().dataset.chosen = "";
  panel().scrollTop = 0;
}

function close() {
  delete panel().dataset.chosen;
  document.querySelector("#span-tree [aria-selected=true]")?.focus();
}

function choose(spanId) {
  if (spanId !== chosenInAddress()) history.pushState({}, "", addressWith(spanId));
  return show(spanId);
}

document.body.addEventListener("click", (event) => {
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!isPlain || event.defaultPrevented) return;
  const link = event.target.closest("#span-tree > a, a[data-choose]");
  if (link) {
    event.preventDefault();
    choose(link.dataset.choose ?? link.id.replace("span-", ""));
  } else if (event.target.closest("[data-close-panel]")) {
    event.preventDefault();
    history.pushState({}, "", addressWith(null));
    close();
  }
});

document.body.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !("chosen" in panel().dataset)) return;
  history.pushState({}, "", addressWith(null));
  close();
});

window.addEventListener("popstate", () => {
  const spanId = chosenInAddress();
  if (spanId) show(spanId);
  else {
    mark(null);
    close();
  }
});

// A page that was opened with a span shows it where it stands.
rowOf(chosenInAddress() ?? "")?.scrollIntoView({ block: "center" });
