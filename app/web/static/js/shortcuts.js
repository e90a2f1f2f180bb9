// Keys of one stroke and the page that lists them. They can be switched off (WCAG 2.1.4); only that choice is kept.
const OFF = "hoso.shortcuts-off";
const keys = new Map();
let off = false;
try { off = localStorage.getItem(OFF) === "1"; } catch { off = false; }

export function onKey(key, act) { keys.set(key, act); }

function typing(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (off || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const act = keys.get(event.key);
  if (act && act(event) !== false) event.preventDefault();
});

const box = document.getElementById("search-box");
if (box) onKey("/", () => { box.focus(); box.select(); });

const dialog = document.getElementById("shortcuts");
if (dialog && typeof dialog.showModal === "function") {
  const open = () => dialog.showModal();
  onKey("?", open);
  for (const button of document.querySelectorAll("[data-open-shortcuts]")) {
    button.hidden = false;
    button.addEventListener("click", open);
  }
  const toggle = dialog.querySelector("[data-toggle-shortcuts]");
  const name = () => { toggle.textContent = off ? toggle.dataset.on : toggle.dataset.off; };
  toggle.addEventListener("click", () => {
    off = !off;
    try { if (off) localStorage.setItem(OFF, "1"); else localStorage.removeItem(OFF); } catch { /* private window: lasts until the page closes */ }
    name();
  });
  name();
}
