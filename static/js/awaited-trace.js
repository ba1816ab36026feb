// On the page of a trace that has not arrived: opens it as soon as its first spans are here.

const awaited = document.querySelector("[data-awaited-trace]");

async function look() {
  const traceId = awaited.dataset.awaitedTrace;
  const response = await fetch(`${awaited.dataset.rowsUrl}?id=${traceId}`);
  if (response.ok && (await response.text()).includes(traceId)) location.reload();
}

if (awaited) {
  document.body.addEventListener("lineside:traces", (event) => {
    const { traceIds } = event.detail;
    if (traceIds.length === 0 || traceIds.includes(awaited.dataset.awaitedTrace)) look();
  });
  document.body.addEventListener("lineside:live", look); // it may have come before the connection stood
}
