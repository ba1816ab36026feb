// <… data-shown-once="URL">: this page answers a POST and shows what cannot be shown again. Its place in the
// history becomes URL, so that a reload, or coming back, goes there instead of sending the form a second time.

const page = document.querySelector("[data-shown-once]");
if (page) history.replaceState(null, "", page.dataset.shownOnce);
