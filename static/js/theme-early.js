// Sets the chosen theme before the first paint. A classic script in <head>, because modules run too late for that.
(() => {
  const chosen = localStorage.getItem("lineside:theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
