// <… data-reload-on="EVENT">: loads the page anew at the first such event, for pages that become other pages.

for (const element of document.querySelectorAll("[data-reload-on]")) {
  document.body.addEventListener(element.dataset.reloadOn, () => location.reload(), { once: true });
}
