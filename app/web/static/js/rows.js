// One row per file, as macros/upload.html draws it; shared by sending (upload.js) and by following (batch.js).
import { token } from "./forms.js";

const SIGNS = { ok: "✓", warn: "!", bad: "✕", info: "→", none: "" };
const source = document.getElementById("upload-texts");
export const texts = source ? source.dataset : {};

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function postButton(url, label, name) {
  const form = element("form");
  form.method = "post";
  form.action = url;
  const secret = element("input");
  secret.type = "hidden";
  secret.name = "csrf_token";
  secret.value = token();
  const button = element("button", "linklike", label);
  button.setAttribute("aria-label", `${label} ${name}`);
  form.append(secret, button);
  return form;
}

export function drawRow(item) {
  const row = element("li", item.member ? `member depth-${item.depth || 1}` : "");
  row.append(element("span", "name"), element("span", "state"), element("span", "file-acts"), element("span", "said"));
  updateRow(row, item);
  return row;
}

// acts: functions of the page itself ({retry, cancel}) that stand in for the addresses of the server
export function updateRow(row, item, acts = {}) {
  const [name, state, buttons, said] = row.children;
  if (item.id !== undefined) row.dataset.item = item.id;
  const key = JSON.stringify([item, Object.keys(acts)]);
  if (row.dataset.drawn === key) return;
  row.dataset.drawn = key;
  name.textContent = item.url ? "" : item.name;
  if (item.url) {
    const link = element("a", "", item.name);
    link.href = item.url;
    name.append(link);
  }
  const badge = element("span", `badge ${item.kind}`);
  const sign = element("span", "badge-sign", SIGNS[item.kind]);
  sign.setAttribute("aria-hidden", "true");
  badge.append(sign, item.label);
  state.replaceChildren(badge);
  if (item.total) {
    const bar = element("progress");
    bar.max = item.total;
    bar.value = item.done || 0;
    bar.setAttribute("aria-label", `${item.name}: ${item.done || 0}/${item.total}`);
    state.append(bar);
  }
  said.textContent = item.said || "";
  buttons.replaceChildren();
  if (item.unlock_url) {
    const link = element("a", "", texts.unlock);
    link.href = item.unlock_url;
    link.setAttribute("aria-label", `${texts.unlock} ${item.name}`);
    buttons.append(link);
  }
  for (const [act, label, url] of [["retry", texts.retry, item.retry_url], ["cancel", texts.cancel, item.cancel_url]]) {
    if (acts[act]) {
      const button = element("button", "linklike", label);
      button.type = "button";
      button.setAttribute("aria-label", `${label} ${item.name}`);
      button.addEventListener("click", acts[act]);
      buttons.append(button);
    } else if (url) buttons.append(postButton(url, label, item.name));
  }
}
