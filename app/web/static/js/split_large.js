// The large picture of a page over the plan of a scan: next and previous without closing, back to the tile that was shown.
const dialog = document.querySelector("[data-large-page]");
let shown = null;
let step = () => undefined;
let closed = () => undefined;

function draw(tile) {
  const link = tile.querySelector("[data-large]");
  const image = dialog.querySelector("img");
  shown = tile;
  image.alt = link.firstElementChild.alt;
  image.src = link.dataset.large;
  dialog.querySelector("[data-large-name]").textContent = image.alt;
  for (const button of dialog.querySelectorAll("[data-large-step]")) button.disabled = !step(tile, Number(button.dataset.largeStep));
  dialog.querySelector(".split-large-scroll").scrollTop = 0;
}

function go(by) {
  const to = step(shown, by);
  if (to) draw(to);
}

// beside(tile, by): the tile before or after; after(tile): called with the one shown last
export function openLarge(tile, beside, after) {
  step = beside;
  closed = after;
  draw(tile);
  dialog.showModal();
}

if (dialog) {
  for (const button of dialog.querySelectorAll("[data-large-step]")) {
    button.addEventListener("click", () => go(Number(button.dataset.largeStep)));
  }
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") go(-1);
    else if (event.key === "ArrowRight") go(1);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("close", () => { if (shown) closed(shown); });
}
