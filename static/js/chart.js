// Draws <div data-chart="ID"> from the figure in the json_script with that id, in the theme's colours: every
// string of the figure that begins with "--" is the name of a CSS variable. Draws again when the theme
// changes, when the element's size changes, and when a live refresh brought new elements.

import { loadPlotly } from "./plotly-loader.js";

const CONFIG = { displayModeBar: false, responsive: false, showTips: false, doubleClick: false };

const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);

function colour(name) {
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

function coloured(value) {
  if (typeof value === "string") return value.startsWith("--") ? colour(value) : value;
  if (Array.isArray(value)) return value.map(coloured);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, coloured(part)]));
  }
  return value;
}

function followPoint(event) {
  const address = event.points?.[0]?.customdata;
  if (typeof address === "string" && address.startsWith("/")) location.assign(address);
}

async function draw(element) {
  const source = document.getElementById(element.dataset.chart);
  const figure = coloured(JSON.parse(source.textContent));
  figure.layout.font.family = getComputedStyle(document.body).fontFamily;
  const plotly = await loadPlotly();
  if (!element.isConnected) return;
  const isNew = !element.dataset.drawn;
  element.dataset.drawn = "true";
  await plotly.react(element, figure.data, figure.layout, CONFIG);
  if (!isNew) return;
  element.on("plotly_click", followPoint);
  sizes.observe(element);
}

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.isConnected && target.clientWidth) globalThis.Plotly.Plots.resize(target);
    else if (!target.isConnected) sizes.unobserve(target);
  }
});

function drawAll({ onlyNew }) {
  const chosen = onlyNew ? "[data-chart]:not([data-drawn])" : "[data-chart]";
  for (const element of document.querySelectorAll(chosen)) draw(element);
}

document.addEventListener("lineside:theme", () => drawAll({ onlyNew: false }));
document.addEventListener("htmx:afterSwap", () => drawAll({ onlyNew: true }));
drawAll({ onlyNew: true });
