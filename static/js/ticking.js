// Ages that grow: <time data-ticking="NANOSECONDS OF THE START">. One timer for the whole page, which also
// finds the elements that a live refresh brought in.

const NS_PER_MS = 1_000_000n;
const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

export function formatAge(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const index = UNITS.findIndex(([, size]) => whole >= size);
  if (index < 0) return "0 s";
  const [unit, size] = UNITS[index];
  const text = `${Math.floor(whole / size)} ${unit}`;
  if (index + 1 >= UNITS.length) return text;
  const [smaller, smallerSize] = UNITS[index + 1];
  const rest = Math.floor((whole % size) / smallerSize);
  return rest ? `${text} ${rest} ${smaller}` : text;
}

function tick() {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[data-ticking]")) {
    const startedMs = Number(BigInt(element.dataset.ticking) / NS_PER_MS);
    const suffix = element.dataset.tickingSuffix ?? "";
    element.textContent = formatAge((Date.now() - startedMs) / 1000) + suffix;
  }
}

tick();
setInterval(tick, 1000);
