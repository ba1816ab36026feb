// Of the settings that a new channel could have, shows those of the kind that is chosen.

document.addEventListener("DOMContentLoaded", () => {
  const choice = document.querySelector("[data-channel-kind]");
  if (choice === null) return;

  function show() {
    for (const option of choice.options) {
      for (const part of document.querySelectorAll(`.channel-kind-${option.value}`)) {
        part.hidden = option.value !== choice.value;
      }
    }
  }

  choice.addEventListener("change", show);
  show();
});
