// Follows an export on its page until its file is made; then the page is drawn anew by the server.
import { follow } from "./batch.js";

const root = document.querySelector("[data-export][data-status-url]");
if (root) follow(root.dataset.statusUrl, (status) => {
  const line = root.querySelector("[data-export-count]");
  if (line.textContent !== status.count) line.textContent = status.count;
  if (status.finished) window.location.reload();
});
