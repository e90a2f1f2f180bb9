// Sends dropped or chosen files one request each, with progress, and then follows the batch. Works on the reception page
// and, for drops, on every other page (a small tray). Contract: templates/intake/upload.html.
import { follow } from "./batch.js";
import { token } from "./forms.js";
import { drawRow, texts, updateRow } from "./rows.js";

const AT_ONCE = 2;
const form = document.querySelector("[data-upload-form]");
const address = form ? form.action : document.body.dataset.uploadUrl;
let list = null;
let total = null;
let batch = null;
let following = false;
const jobs = [];

function panel() {
  if (list) return;
  let section = document.querySelector("[data-upload-rows]");
  if (!section) {
    section = document.createElement("section");
    section.className = "card tray";
    section.setAttribute("aria-label", texts.title);
    section.innerHTML = '<div class="card-head"><h2></h2><span class="push" role="status" data-upload-total></span></div><ul class="files"></ul>';
    section.querySelector("h2").textContent = texts.title;
    document.body.append(section);
  }
  section.hidden = false;
  list = section.querySelector(".files");
  total = section.querySelector("[data-upload-total]");
}

function tell() {
  const done = jobs.filter((job) => job.state === "sent").length;
  total.textContent = texts.progress.replace("{done}", done).replace("{total}", jobs.length) + " ";
  if (batch) {
    const link = document.createElement("a");
    link.href = batch.url;
    link.textContent = texts.open;
    total.append(link);
  }
}

function show(job, kind, label, extra = {}) {
  const acts = {};
  if (job.state === "waiting" || job.state === "sending") acts.cancel = () => cancel(job);
  if (job.state === "lost") acts.retry = () => { job.state = "waiting"; show(job, "none", texts.waiting); pump(); };
  updateRow(job.row, { name: job.file.name, kind, label, ...extra }, acts);
  tell();
}

function cancel(job) {
  if (job.request) job.request.abort();
  job.state = "cancelled";
  show(job, "none", texts.cancelled);
  pump();
}

function send(job) {
  job.state = "sending";
  const body = new FormData(form || undefined);
  body.delete("files");
  body.set("files", job.file, job.file.name);
  if (batch) body.set("batch", batch.id);
  const request = new XMLHttpRequest();
  job.request = request;
  request.open("POST", address);
  request.setRequestHeader("X-CSRFToken", token());
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    const percent = Math.floor((100 * event.loaded) / event.total);
    show(job, "info", texts.sending.replace("{percent}", percent), { done: percent, total: 100 });
  });
  const lost = (said) => { job.state = "lost"; show(job, "bad", texts.lost, { said }); pump(); };
  request.addEventListener("error", () => lost(""));
  request.addEventListener("load", () => answered(job, request, lost));
  show(job, "info", texts.sending.replace("{percent}", 0), { done: 0, total: 100 });
  request.send(body);
}

function answered(job, request, lost) {
  let answer = null;
  try { answer = JSON.parse(request.responseText); } catch { answer = null; }
  if (request.status === 401 || request.status === 403 || (!answer && request.status < 500)) lost(texts.signedOut);
  else if (request.status >= 500 || !answer) lost("");
  else if (request.status >= 400) {
    job.state = "refused";
    show(job, "bad", texts.refused, { said: answer.message || answer.detail || answer.title || "" });
    pump();
  } else {
    job.state = "sent";
    job.id = answer.item.id;
    begin(answer.batch);
    updateRow(job.row, answer.item);
    tell();
    pump();
  }
}

function begin(made) {
  if (!batch) {
    batch = made;
    if (form) history.replaceState(null, "", batch.url); // a reload shows the batch, not an empty form
  }
  if (following) return;
  following = true;
  follow(batch.status_url, (status) => {
    for (const item of status.files) {
      const row = list.querySelector(`[data-item="${item.id}"]`);
      if (row) updateRow(row, item);
      else if (item.member) list.append(drawRow(item));
    }
  }).then(() => { following = false; });
}

function pump() {
  const active = jobs.filter((job) => job.state === "sending").length;
  const room = batch ? AT_ONCE : 1; // the first file begins the batch, the others join it
  for (const job of jobs.filter((one) => one.state === "waiting").slice(0, Math.max(0, room - active))) send(job);
}

function take(files) {
  panel();
  for (const file of files) {
    const row = drawRow({ name: file.name, kind: "none", label: texts.waiting });
    list.append(row);
    const job = { file, row, state: "waiting" };
    jobs.push(job);
    show(job, "none", texts.waiting);
  }
  pump();
}

if (address && texts.waiting) {
  let depth = 0;
  const carriesFiles = (event) => event.dataTransfer && Array.from(event.dataTransfer.types).includes("Files");
  const mark = (on) => document.body.classList.toggle("dragging", on);
  document.addEventListener("dragenter", (event) => { if (carriesFiles(event)) { depth += 1; mark(true); } });
  document.addEventListener("dragleave", (event) => { if (carriesFiles(event)) { depth -= 1; if (depth <= 0) mark(false); } });
  document.addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    mark(false);
    take(event.dataTransfer.files);
  });
  if (form) {
    form.classList.add("quick"); // choosing is sending: no second button
    const input = form.querySelector('input[type="file"]');
    const sendChosen = () => { take(Array.from(input.files)); input.value = ""; };
    input.addEventListener("change", () => { if (input.files.length) sendChosen(); });
    form.addEventListener("submit", (event) => { event.preventDefault(); if (input.files.length) sendChosen(); });
  }
  window.addEventListener("beforeunload", (event) => {
    if (jobs.some((job) => job.state === "waiting" || job.state === "sending")) { event.preventDefault(); event.returnValue = ""; }
  });
}
