// Ages in one unit ("3 min ago") that stay true while a page is open: <time data-age="NANOSECONDS OF THE MOMENT">.

const EVERY_MS = 5_000;
const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
];

function words(seconds) {
  if (seconds < 1) return "just now";
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? ["s", 1];
  return `${Math.floor(seconds / size)} ${unit} ago`;
}

function tick() {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[data-age]")) {
    const momentMs = Number(BigInt(element.dataset.age) / 1_000_000n);
    element.textContent = words((Date.now() - momentMs) / 1000);
  }
}

setInterval(tick, EVERY_MS);
