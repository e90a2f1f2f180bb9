// The page image: zoom and turn without a request, sharp image when enlarged, next page and next hit by key.
import { onKey } from "./shortcuts.js";

const ZOOMS = [75, 100, 150, 200, 300];
const TURNS = [0, 90, 180, 270];
const LAST_HIT = "#ket-qua-cuoi"; // of a page that is reached backwards
const viewer = document.querySelector("[data-viewer]");

function current(sheet, prefix, steps) {
  return steps.find((step) => sheet.classList.contains(`${prefix}-${step}`)) ?? steps[prefix === "zoom" ? 1 : 0];
}

function start() {
  const sheet = viewer.querySelector("[data-sheet]");
  const scroll = sheet.parentElement;
  const image = viewer.querySelector("[data-page-image]");
  let hit = -1;
  const hits = Array.from(sheet.querySelectorAll("g[id]"));

  function setZoom(zoom) {
    for (const step of ZOOMS) sheet.classList.toggle(`zoom-${step}`, step === zoom);
    for (const tool of viewer.querySelectorAll("[data-zoom]")) {
      if (Number(tool.dataset.zoom) === zoom) tool.setAttribute("aria-current", "true");
      else tool.removeAttribute("aria-current");
    }
    if (zoom > 100 && viewer.dataset.sharpUrl && image.getAttribute("src") !== viewer.dataset.sharpUrl) {
      const sharp = new Image();
      sharp.addEventListener("load", () => { image.src = sharp.src; });
      sharp.src = viewer.dataset.sharpUrl;
    }
  }
  function step(by) {
    const at = ZOOMS.indexOf(current(sheet, "zoom", ZOOMS)) + by;
    if (at >= 0 && at < ZOOMS.length) setZoom(ZOOMS[at]);
  }
  function turn() {
    const at = TURNS.indexOf(current(sheet, "turn", TURNS));
    for (const degrees of TURNS) sheet.classList.remove(`turn-${degrees}`);
    sheet.classList.add(`turn-${TURNS[(at + 1) % TURNS.length]}`);
  }
  function showHit(number) {
    hits.forEach((box, place) => box.classList.toggle("now", place === number));
    const box = hits[number].getBoundingClientRect();
    const frame = scroll.getBoundingClientRect();
    if (box.top < frame.top || box.bottom > frame.bottom) scroll.scrollTop += box.top - frame.top - frame.height / 3;
    if (box.left < frame.left || box.right > frame.right) scroll.scrollLeft += box.left - frame.left - frame.width / 3;
    hit = number;
  }
  function moveHit(by, link) {
    const next = hit + by;
    if (next >= 0 && next < hits.length) { showHit(next); return; }
    const anchor = viewer.querySelector(`[data-key="${link}"]`);
    if (anchor) anchor.click();
    else if (hits.length) showHit((next + hits.length) % hits.length);
  }
  function follow(key) {
    const anchor = viewer.querySelector(`a[data-key="${key}"]`);
    if (!anchor) return false;
    location.assign(anchor.href);
    return true;
  }

  for (const tool of viewer.querySelectorAll("[data-zoom]")) {
    tool.addEventListener("click", (event) => { event.preventDefault(); setZoom(Number(tool.dataset.zoom)); });
  }
  const turner = viewer.querySelector("[data-turn]");
  if (turner) turner.addEventListener("click", (event) => { event.preventDefault(); turn(); });
  for (const [key, by] of [["next-hit", 1], ["previous-hit", -1]]) {
    const anchor = viewer.querySelector(`[data-key="${key}"]`);
    if (anchor) anchor.addEventListener("click", (event) => {
      const next = hit + by;
      if (next >= 0 && next < hits.length) { event.preventDefault(); showHit(next); }
    });
  }
  onKey("ArrowLeft", (event) => event.target !== scroll && follow("previous"));
  onKey("ArrowRight", (event) => event.target !== scroll && follow("next"));
  onKey("+", () => step(1));
  onKey("-", () => step(-1));
  onKey("r", turn);
  onKey("n", () => moveHit(1, "next-hit"));
  onKey("p", () => moveHit(-1, "previous-hit"));
  setZoom(current(sheet, "zoom", ZOOMS));
  if (hits.length) showHit(location.hash === LAST_HIT ? hits.length - 1 : 0);
}

if (viewer && viewer.querySelector("[data-sheet]")) start();
