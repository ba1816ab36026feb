// Draws the head and the tree again when spans of this trace arrived. The chosen span, closed branches, the focus
// and the place on the page stay as they are; the panel is fetched again only when its own span changed.

import { refreshTree, showButtons } from "./tree.js";

const live = () => document.getElementById("trace-live");
let isBusy = false;
let isStale = false;

function refreshUrl() {
  const url = new URL(location.href);
  url.searchParams.set("rows", document.getElementById("span-tree").childElementCount);
  return url;
}

// The height of the page must not collapse between the old tree and the new one, or the place would be lost.
async function redraw() {
  const place = window.scrollY;
  const focused = document.activeElement?.closest("#span-tree > a")?.id;
  await htmx.ajax("GET", refreshUrl().href, { target: "#trace-live", swap: "outerHTML show:none" });
  showButtons();
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  refreshTree();
  window.scrollTo({ top: place, behavior: "instant" });
}

async function refresh() {
  if (isBusy) {
    isStale = true;
    return;
  }
  isBusy = true;
  try {
    await redraw();
  } finally {
    isBusy = false;
  }
  if (isStale) {
    isStale = false;
    refresh();
  }
}

document.body.addEventListener("lineside:traces", (event) => {
  const { traceIds } = event.detail;
  if (traceIds.length === 0 || traceIds.includes(live().dataset.traceId)) refresh();
});
// What changed between drawing the page and opening the connection was told to nobody.
document.body.addEventListener("lineside:live", () => "running" in live().dataset && refresh());
