// The span tree by keyboard and pointer: arrows move, open and close branches (WAI-ARIA tree pattern); a click on a
// branch's mark closes it. Rows are flat and in reading order; aria-level says who is below whom.
//
// Other modules may call refreshTree() after rows came in: what was closed stays closed.

const closed = new Set(); // ids of closed rows
const tree = () => document.getElementById("span-tree");
const rows = () => [...tree().children];
const levelOf = (row) => Number(row.getAttribute("aria-level"));
const isBranch = (row) => row.hasAttribute("aria-expanded");
const isOpen = (row) => row.getAttribute("aria-expanded") === "true";

// One pass: everything deeper than a closed row is hidden until a row of its level or above.
export function refreshTree() {
  let hiddenBelow = Infinity;
  for (const row of tree().children) {
    const level = levelOf(row);
    if (level <= hiddenBelow) hiddenBelow = Infinity;
    row.hidden = hiddenBelow !== Infinity;
    if (!isBranch(row)) continue;
    const isClosed = closed.has(row.id);
    row.setAttribute("aria-expanded", String(!isClosed));
    if (isClosed && hiddenBelow === Infinity) hiddenBelow = level;
  }
  setTabStop(document.activeElement?.closest("[role=treeitem]") ?? tree().querySelector("[aria-selected=true]"));
}

// Only one row of a tree is a tab stop; the arrows do the rest.
function setTabStop(row) {
  const stop = row && !row.hidden ? row : tree().firstElementChild;
  for (const other of tree().querySelectorAll("[role=treeitem]:not([tabindex='-1'])")) other.tabIndex = -1;
  if (stop) stop.tabIndex = 0;
}

export function reveal(row) {
  let level = levelOf(row);
  let isChanged = false;
  for (let above = row.previousElementSibling; above && level > 1; above = above.previousElementSibling) {
    if (levelOf(above) >= level) continue;
    level = levelOf(above);
    isChanged = closed.delete(above.id) || isChanged;
  }
  if (isChanged) refreshTree();
  setTabStop(row);
}

function toggle(row, shouldOpen = !isOpen(row)) {
  if (shouldOpen) closed.delete(row.id);
  else closed.add(row.id);
  refreshTree();
}

function toggleAll(shouldOpen) {
  for (const row of tree().querySelectorAll("[aria-expanded]")) {
    if (shouldOpen) closed.delete(row.id);
    else if (levelOf(row) > 1) closed.add(row.id);
  }
  refreshTree();
}

function focus(row) {
  if (!row) return;
  setTabStop(row);
  row.focus();
}

function visibleFrom(row, direction) {
  let next = row[direction];
  while (next?.hidden) next = next[direction];
  return next;
}

function parentOf(row) {
  let above = row.previousElementSibling;
  while (above && levelOf(above) >= levelOf(row)) above = above.previousElementSibling;
  return above;
}

const KEYS = {
  ArrowDown: (row) => focus(visibleFrom(row, "nextElementSibling")),
  ArrowUp: (row) => focus(visibleFrom(row, "previousElementSibling")),
  ArrowRight: (row) => {
    if (!isBranch(row)) return;
    if (isOpen(row)) focus(visibleFrom(row, "nextElementSibling"));
    else toggle(row, true);
  },
  ArrowLeft: (row) => {
    if (isBranch(row) && isOpen(row)) toggle(row, false);
    else focus(parentOf(row));
  },
  Home: () => focus(tree().firstElementChild),
  End: () => focus(rows().findLast((row) => !row.hidden)),
  " ": (row) => row.click(),
};

document.body.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("#span-tree > [role=treeitem]");
  if (!row || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key](row);
});

document.body.addEventListener("click", (event) => {
  const mark = event.target.closest(".span-row__toggle");
  const row = mark?.closest("[aria-expanded]");
  if (row) {
    event.preventDefault();
    event.stopImmediatePropagation(); // the click was for the branch, not to choose the span
    toggle(row);
  }
  if (event.target.closest("[data-tree-expand]")) toggleAll(true);
  if (event.target.closest("[data-tree-collapse]")) toggleAll(false);
});

document.body.addEventListener("htmx:afterSwap", (event) => event.target.id === "span-tree" && refreshTree());

export function showButtons() {
  for (const button of document.querySelectorAll("[data-tree-expand], [data-tree-collapse]")) button.hidden = false;
}

showButtons();
refreshTree();
