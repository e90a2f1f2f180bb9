// Follows a batch on its page until every file is searchable, weak or failed. The server holds all of it: a reload shows the same.
import { drawRow, updateRow } from "./rows.js";

const QUICK_MS = 1000;
const SLOW_MS = 5000;

export function apply(root, status) {
  const heading = root.querySelector("[data-batch-summary]");
  if (heading && heading.textContent !== status.summary) heading.textContent = status.summary;
  const elapsed = root.querySelector("[data-elapsed]");
  if (elapsed && status.elapsed) elapsed.textContent = status.elapsed;
  for (const [name, number] of Object.entries(status.counts)) {
    const cell = root.querySelector(`[data-sum="${name}"]`);
    if (cell) cell.textContent = number;
  }
  const list = root.querySelector("[data-files]");
  if (!list) return;
  const known = list.children.length;
  for (const item of status.files) {
    const row = list.querySelector(`[data-item="${item.id}"]`);
    if (row) updateRow(row, item);
    else list.append(drawRow(item));
  }
  if (list.children.length === known) return;
  for (const item of status.files) list.append(list.querySelector(`[data-item="${item.id}"]`)); // files inside stand under theirs
}

export async function follow(url, draw) {
  for (;;) {
    let wait = QUICK_MS;
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "manual" });
      if (answer.ok) {
        const status = await answer.json();
        draw(status);
        if (status.finished) return;
      } else if (answer.status === 404) return;
      else wait = SLOW_MS;
    } catch { wait = SLOW_MS; }
    if (document.hidden) wait = SLOW_MS;
    await new Promise((done) => setTimeout(done, wait));
  }
}

const root = document.querySelector("[data-batch][data-status-url]");
if (root) follow(root.dataset.statusUrl, (status) => {
  apply(root, status);
  const note = root.querySelector("[data-leave-note]");
  if (note && status.finished) note.hidden = true;
});
