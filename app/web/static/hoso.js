// What makes the pages quicker; every page works without it. No personal data is kept in the browser.
import "./js/shortcuts.js";
import "./js/forms.js";
import "./js/files.js";
import "./js/upload.js";
import "./js/batch.js";
import "./js/export.js";
import "./js/choosing.js";
import "./js/suggest.js";
import "./js/viewer.js";
import "./js/preview.js";
import "./js/facets.js";

// What stands open beside or above the results is closed where there is no room for it.
function fold(selector, narrow) {
  for (const part of document.querySelectorAll(selector)) {
    const fit = () => { part.open = !narrow.matches; };
    narrow.addEventListener("change", fit);
    fit();
  }
}
fold("details.facets", window.matchMedia("(max-width: 860px)"));
fold("details[data-fold]", window.matchMedia("(max-width: 520px)"));
for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); }
  });
}
const errors = document.getElementById("errors");
if (errors) errors.focus();
