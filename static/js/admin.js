// Fits the admin's theme into the content security policy, which allows no inline styles. Runs before Alpine,
// htmx and the theme's own scripts start.

// htmx would add a <style> of its own for its indicators; admin.css has those rules.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;

// Alpine writes x-bind:style="'width: …'" by setAttribute, which the policy forbids. The same declaration
// through the CSSOM is allowed, because no markup that somebody smuggled in can make that call.
const setAttribute = Element.prototype.setAttribute;
Element.prototype.setAttribute = function (name, value) {
  if (name === "style") this.style.cssText = value;
  else setAttribute.call(this, name, value);
};

// One choice of light or dark for the admin and the dashboard: the dashboard's word is taken at the start, and
// a change in the admin is written where the dashboard reads it.
const THEME = "lineside:theme";
const ADMIN_THEME = "_x_adminTheme";

localStorage.setItem(ADMIN_THEME, JSON.stringify(localStorage.getItem(THEME) ?? "auto"));
document.addEventListener("alpine:initialized", () => {
  Alpine.effect(() => {
    const chosen = Alpine.$data(document.documentElement).adminTheme;
    if (chosen === "auto") localStorage.removeItem(THEME);
    else localStorage.setItem(THEME, chosen);
  });
});
