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

if (window.matchMedia("(max-width: 860px)").matches) {
  for (const facets of document.querySelectorAll("details.facets")) facets.open = false;
}
for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); }
  });
}
const errors = document.getElementById("errors");
if (errors) errors.focus();
