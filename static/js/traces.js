// Keeps the list of traces alive: rows that changed are redrawn where they stand; new ones slide in at the top
// while the reader is there, and wait behind a bar otherwise, so that nothing moves under the reader's eyes.

const MOST_ROWS = 500; // beyond it the list starts again from its first page
const MOST_NAMED = 20; // rows that the server gives by id at once
const READING_MS = 3_000; // a pointer that moved over the rows so lately is about to click one

let waiting = new Map(); // id -> row that the reader has not asked for yet
let pointerMovedAt = -Infinity;
let isBusy = false;
let isStale = false;

const list = () => document.getElementById("trace-list");
const body = () => document.querySelector("[data-trace-rows]");
const rowOf = (id) => document.getElementById(`trace-${id}`);
const isFirstPage = () => !new URL(location.href).searchParams.has("cursor");

function isAtTop() {
  const isPointing = performance.now() - pointerMovedAt < READING_MS;
  return !isPointing && body().getBoundingClientRect().top >= 0;
}

async function fetchRows(url) {
  const response = await fetch(url, { headers: { "HX-Request": "true", "HX-Target": "older" } });
  if (!response.ok || response.redirected) return [];
  const template = document.createElement("template");
  template.innerHTML = `<table><tbody>${await response.text()}</tbody></table>`;
  return [...template.content.querySelectorAll("tr[data-trace-id]")];
}

function replaceRow(row) {
  const old = rowOf(row.dataset.traceId);
  const hasFocus = old.contains(document.activeElement);
  old.replaceWith(row);
  if (hasFocus) row.querySelector("a").focus({ preventScroll: true });
}

// Newest first: before the first row that is older.
function insertRow(row) {
  const start = BigInt(row.dataset.start);
  const next = [...body().children].find((other) => !other.dataset.start || BigInt(other.dataset.start) < start);
  row.classList.add("is-new");
  body().insertBefore(row, next ?? null);
}

function showWaiting() {
  const bar = document.querySelector("[data-new-traces]");
  if (!bar) return;
  bar.hidden = waiting.size === 0;
  bar.textContent = waiting.size === 1 ? "1 new trace" : `${waiting.size} new traces`;
}

function insertWaiting() {
  for (const row of waiting.values()) if (!rowOf(row.dataset.traceId)) insertRow(row);
  waiting = new Map();
  showWaiting();
  if (body().children.length > MOST_ROWS) restart();
}

function restart() {
  waiting = new Map();
  return htmx.ajax("GET", location.href, { target: "#trace-list", swap: "innerHTML" });
}

function take(rows) {
  for (const row of rows) {
    if (rowOf(row.dataset.traceId)) replaceRow(row);
    else if (isFirstPage()) waiting.set(row.dataset.traceId, row);
  }
}

async function refresh(traceIds) {
  if (!body()) {
    await restart();
    return;
  }
  const newest = isFirstPage() ? await fetchRows(location.href) : [];
  const drawn = new Set(newest.map((row) => row.dataset.traceId));
  const others = traceIds.filter((id) => !drawn.has(id) && rowOf(id)).slice(0, MOST_NAMED);
  const query = others.map((id) => `id=${id}`).join("&");
  const changed = others.length ? await fetchRows(`${list().dataset.rowsUrl}?${query}`) : [];
  if (!body()) return; // the filter was changed meanwhile
  take([...newest, ...changed]);
  if (isAtTop()) insertWaiting();
  else showWaiting();
}

// One refresh at a time; what is said meanwhile makes one more.
async function refreshOnce(traceIds) {
  if (isBusy) {
    isStale = true;
    return;
  }
  isBusy = true;
  try {
    await refresh(traceIds);
  } finally {
    isBusy = false;
    if (isStale) {
      isStale = false;
      refreshOnce([...document.querySelectorAll("tr[data-trace-id] [data-ticking]")].map(
        (element) => element.closest("tr").dataset.traceId,
      ));
    }
  }
}

document.body.addEventListener("lineside:traces", (event) => refreshOnce(event.detail.traceIds));
document.body.addEventListener("pointermove", (event) => {
  if (event.target.closest?.("[data-trace-rows]")) pointerMovedAt = performance.now();
});
document.body.addEventListener("click", (event) => {
  if (!event.target.closest("[data-new-traces]")) return;
  insertWaiting();
  body().firstElementChild.scrollIntoView({ block: "center" });
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "trace-list") waiting = new Map();
});
