// The page that matched, beside the results: up and down (k, j) choose, Enter opens (it is a link), Esc closes.
// A document counts as read only once somebody chose it here or opened it.
import { onKey } from "./shortcuts.js";

const FRAGMENT = "text/html-fragment";
const PAUSE = 150; // milliseconds a result stays chosen before its page is asked for: a held key passes over many
const wide = window.matchMedia("(min-width: 861px)");
const roomy = window.matchMedia("(min-width: 1240px)"); // facets, results and preview side by side
const pane = document.querySelector("[data-preview]");
const frame = document.querySelector("[data-results]");

function start() {
  const cards = Array.from(frame.querySelectorAll("[data-preview-url]"));
  const toggle = document.querySelector("[data-preview-toggle]");
  const facets = frame.querySelector("details.facets");
  let chosen = -1;
  let open = false;
  let timer = 0;
  let asked = null;

  function show(isOpen) {
    open = isOpen;
    pane.hidden = !isOpen;
    frame.classList.toggle("previewing", isOpen);
    if (toggle) toggle.setAttribute("aria-pressed", String(isOpen));
    if (facets) facets.open = !isOpen || roomy.matches;
    if (!isOpen) {
      clearTimeout(timer);
      if (asked) asked.abort();
      if (chosen >= 0) cards[chosen].classList.remove("chosen");
    }
  }
  async function load(url) {
    if (asked) asked.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(url, { headers: { Accept: FRAGMENT }, signal: asked.signal });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      pane.innerHTML = await answer.text();
      const hit = pane.querySelector("rect, mark");
      const scroll = pane.querySelector(".sheet-scroll, .preview-text");
      if (hit && scroll) {
        const place = hit.getBoundingClientRect().top - scroll.getBoundingClientRect().top;
        scroll.scrollTop = Math.max(0, place - scroll.clientHeight / 3);
      }
    } catch (error) {
      if (error.name !== "AbortError") pane.textContent = pane.dataset.failed;
    }
  }
  function choose(place, focus = true) {
    if (chosen >= 0) cards[chosen].classList.remove("chosen");
    chosen = Math.min(Math.max(place, 0), cards.length - 1);
    const card = cards[chosen];
    if (!open) show(true);
    card.classList.add("chosen");
    if (focus) card.querySelector("h2 a").focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
    clearTimeout(timer);
    timer = setTimeout(load, PAUSE, card.dataset.previewUrl);
  }
  function step(by) {
    return (event) => {
      const at = event.target.closest ? event.target : document.body;
      const elsewhere = at !== document.body && !at.closest(".results, #main") || at.closest(".facets, #preview, details, .topbar, .rail");
      if (!wide.matches || elsewhere) return false;
      const card = at.closest("[data-preview-url]");
      if (card && open) chosen = cards.indexOf(card);
      choose(card && !open ? cards.indexOf(card) + (chosen >= 0 ? by : 0) : chosen + by);
      return true;
    };
  }

  for (const key of ["ArrowDown", "j"]) onKey(key, step(1));
  for (const key of ["ArrowUp", "k"]) onKey(key, step(-1));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && open && !document.querySelector("dialog[open]")) show(false);
  });
  cards.forEach((card, place) => card.addEventListener("click", (event) => {
    if (open && !event.target.closest("a, button, summary")) choose(place, false);
  }));
  if (toggle) {
    const fits = () => { toggle.hidden = !wide.matches; if (!wide.matches && open) show(false); };
    toggle.addEventListener("click", () => { if (open) show(false); else choose(Math.max(chosen, 0)); });
    wide.addEventListener("change", fits);
    roomy.addEventListener("change", () => { if (open && facets) facets.open = roomy.matches; });
    fits();
  }
}

if (pane && frame) start();
