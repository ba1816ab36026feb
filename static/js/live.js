// One connection for the whole page: it says what changed, regions fetch the partial that shows it.
//
// In:  <body data-live-url="/live/slug/">; elements with data-live-state show the connection's state.
// Out: on document.body  lineside:traces {traceIds: [hex]}, an empty list meaning "anything may have changed";
//                        lineside:alerts;  lineside:live {isAgain} whenever the connection stands.

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const PING_EVERY_MS = 25_000;
const PONG_WITHIN_MS = 10_000;
const GATHER_MS = 1_200; // a busy project changes all the time; a page is told at most this often
const NOT_FOUND = 4404; // the project is gone or not ours any more: trying again would not help

const WORDS = {
  connecting: ["Connecting", "The live connection is being opened."],
  live: ["Live", "New traces appear here as they arrive."],
  reconnecting: ["Reconnecting", "The live connection broke; the page is trying again by itself."],
  off: ["Not live", "You may not follow this project any more. Reload the page to see why."],
};

let socket = null;
let failures = 0;
let wasConnected = false;
let retryTimer = 0;
let pingTimer = 0;
let pongTimer = 0;
let state = "";
let gathered = null; // ids of traces that changed since the page was last told, or null
let isAnything = false; // a message named nothing: anything may have changed
let toldAt = -GATHER_MS;

function emit(name, detail) {
  document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
}

function showState(next) {
  state = next;
  const [word, explanation] = WORDS[state];
  for (const element of document.querySelectorAll("[data-live-state]")) {
    element.dataset.liveState = state;
    element.textContent = word;
    element.title = explanation;
    element.hidden = false;
  }
}

// Grows to half a minute; the random half keeps many pages from returning at the same moment.
function retryDelay() {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
  return full / 2 + Math.random() * (full / 2);
}

// The browser would wait long for the other side's goodbye; we do not, and ignore it when it comes.
function giveUp() {
  const lost = socket;
  lost.removeEventListener("close", onClose);
  lost.close();
  onClose({ code: 1006 });
}

// A dead network is silent: without an answer in time the connection counts as lost.
function watch() {
  clearInterval(pingTimer);
  pingTimer = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send("ping");
    clearTimeout(pongTimer);
    pongTimer = setTimeout(giveUp, PONG_WITHIN_MS);
  }, PING_EVERY_MS);
}

function onReady() {
  failures = 0;
  showState("live");
  watch();
  emit("lineside:live", { isAgain: wasConnected });
  if (wasConnected) {
    emit("lineside:traces", { traceIds: [] });
    emit("lineside:alerts", {});
  }
  wasConnected = true;
}

function tellTraces() {
  const traceIds = isAnything ? [] : [...gathered];
  gathered = null;
  isAnything = false;
  toldAt = performance.now();
  emit("lineside:traces", { traceIds });
}

// The first change is told at once, those that follow closely together; the last one is never lost.
function onTraces(message) {
  const isScheduled = gathered !== null;
  isAnything ||= message.trace_ids.length === 0;
  gathered = new Set([...(gathered ?? []), ...message.trace_ids]);
  if (!isScheduled) setTimeout(tellTraces, Math.max(0, toldAt + GATHER_MS - performance.now()));
}

const HANDLERS = {
  ready: onReady,
  pong: () => clearTimeout(pongTimer),
  traces: onTraces,
  alerts: () => emit("lineside:alerts", {}),
};

function onClose(event) {
  clearInterval(pingTimer);
  clearTimeout(pongTimer);
  if (event.code === NOT_FOUND) {
    showState("off");
    return;
  }
  showState(wasConnected || failures > 0 ? "reconnecting" : "connecting");
  retryTimer = setTimeout(connect, retryDelay());
  failures += 1;
}

function connect() {
  clearTimeout(retryTimer);
  const url = new URL(document.body.dataset.liveUrl, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(url);
  socket.addEventListener("message", (event) => {
    const message = JSON.parse(event.data);
    HANDLERS[message.type]?.(message);
  });
  socket.addEventListener("close", onClose);
}

function connectNow() {
  if (state === "reconnecting" && socket.readyState !== WebSocket.OPEN) connect();
}

// What a swap brings in does not know the state yet.
for (const name of ["htmx:historyRestore", "htmx:afterSwap"]) {
  document.body.addEventListener(name, () => state && showState(state));
}

if (document.body.dataset.liveUrl) {
  showState("connecting");
  connect();
  window.addEventListener("online", connectNow);
  document.addEventListener("visibilitychange", () => document.hidden || connectNow());
  // A page in the back/forward cache must hold no connection; one that returns needs it again.
  window.addEventListener("pageshow", (event) => event.persisted && connectNow());
}
