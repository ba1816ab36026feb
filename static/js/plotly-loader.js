// Loads Plotly once, when the first chart asks for it. The page names its address by <link id="plotly">.
//
// While it loads, Plotly adds <style> elements. The content security policy wants a nonce on each, and
// Plotly has no setting for one, so for that time createElement puts the page's own nonce on them.

let loading;

function pageNonce() {
  return document.querySelector("script[nonce]")?.nonce ?? "";
}

function createWithNonce(nonce) {
  const create = document.createElement;
  document.createElement = function createElement(name, ...rest) {
    const element = create.call(document, name, ...rest);
    if (String(name).toLowerCase() === "style") element.nonce = nonce;
    return element;
  };
  return () => delete document.createElement; // the prototype's own is visible again
}

export function loadPlotly() {
  loading ??= new Promise((resolve, reject) => {
    const restore = createWithNonce(pageNonce());
    const script = document.createElement("script");
    script.src = document.getElementById("plotly").href;
    script.addEventListener("load", () => {
      restore();
      resolve(globalThis.Plotly);
    });
    script.addEventListener("error", () => {
      restore();
      reject(new Error("Plotly did not load"));
    });
    document.head.append(script);
  });
  return loading;
}
