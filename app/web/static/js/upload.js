// Sends dropped or chosen files and whole folders in pieces, with progress, and then follows the batch. After a lost
// connection it goes on by itself where it stopped; after a reload, when the same files are dropped again. Works on the
// reception page and, for drops, on every other page (a small tray). Contract: templates/intake/upload.html, pieces.py.
import { follow } from "./batch.js";
import { token } from "./forms.js";
import { drawRow, texts, updateRow } from "./rows.js";

const AT_ONCE = 2;
const SMALLEST = 128 * 1024; // bytes: two seconds of a line of 512 kbit/s, the most that is lost when it drops
const LARGEST = 4 * 1024 * 1024;
const QUICK = 1000; // ms: a piece that took less is followed by one twice as large
const FIRST_WAIT = 2; // seconds
const LONGEST_WAIT = 30;
let piece = SMALLEST;
const form = document.querySelector("[data-upload-form]");
const address = form ? form.action : document.body.dataset.uploadUrl;
const pieces = address ? `${address}/manh` : null;
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
  clearTimeout(job.timer);
  if (job.key) ask("POST", `${pieces}/${job.key}/bo`, null, () => {}, () => {});
  job.state = "cancelled";
  show(job, "none", texts.cancelled);
  pump();
}

// One request; `answered` gets the status and the JSON (or null), `lost` is called where no answer came.
function ask(method, url, body, answered, lost, job = null) {
  const request = new XMLHttpRequest();
  if (job) job.request = request;
  request.open(method, url);
  request.setRequestHeader("X-CSRFToken", token());
  request.setRequestHeader("Accept", "application/json");
  if (typeof body === "string") request.setRequestHeader("Content-Type", "application/json");
  if (job) request.upload.addEventListener("progress", (event) => sending(job, job.offset + event.loaded));
  request.addEventListener("error", lost);
  request.addEventListener("load", () => {
    let answer = null;
    try { answer = JSON.parse(request.responseText); } catch { answer = null; }
    answered(request.status, answer);
  });
  request.send(body);
}

function sending(job, bytes) {
  const percent = Math.min(100, Math.floor((100 * bytes) / Math.max(1, job.file.size)));
  show(job, "info", texts.sending.replace("{percent}", percent), { done: percent, total: 100 });
}

function send(job) {
  job.state = "sending";
  if (job.key) { resume(job); return; }
  job.offset = 0;
  sending(job, 0);
  const field = form ? form.querySelector('[name="case"]') : null;
  const asked = {
    name: job.file.name,
    size: job.file.size,
    modified: Math.floor(job.file.lastModified || 0),
    batch: batch ? batch.id : null,
    case: field ? field.value : "",
  };
  ask("POST", pieces, JSON.stringify(asked), (status, answer) => {
    if (!taken(job, status, answer)) return;
    job.key = answer.key;
    job.largest = answer.largest;
    job.offset = answer.received;
    join(answer.batch);
    pump();
    next(job);
  }, () => again(job));
}

function next(job) {
  const end = Math.min(job.file.size, job.offset + Math.min(piece, job.largest));
  const began = Date.now();
  ask("POST", `${pieces}/${job.key}?tu=${job.offset}`, job.file.slice(job.offset, end), (status, answer) => {
    if (status === 409) { resume(job); return; }
    if (!taken(job, status, answer)) return;
    job.wait = FIRST_WAIT;
    job.offset = answer.received;
    if (Date.now() - began < QUICK) piece = Math.min(piece * 2, LARGEST);
    if (!answer.item) { next(job); return; }
    job.state = "sent";
    job.id = answer.item.id;
    updateRow(job.row, answer.item);
    begin();
    tell();
    pump();
  }, () => again(job), job);
}

// What the server has is what counts: it may hold a piece whose answer was lost.
function resume(job) {
  if (job.state !== "sending") return;
  if (!job.key) { send(job); return; }
  ask("GET", `${pieces}/${job.key}`, null, (status, answer) => {
    if (status === 404) { job.key = null; send(job); return; } // it arrived and the answer was lost, or it was forgotten
    if (!taken(job, status, answer)) return;
    job.offset = answer.received;
    next(job);
  }, () => again(job));
}

// The connection is gone: try again by itself, later and later, and at once when the browser says it is back.
function again(job) {
  if (job.state !== "sending") return;
  const seconds = job.wait || FIRST_WAIT;
  job.wait = Math.min(seconds * 2, LONGEST_WAIT);
  piece = SMALLEST;
  show(job, "warn", texts.lost, { said: texts.resuming.replace("{seconds}", seconds) });
  job.timer = setTimeout(() => resume(job), seconds * 1000);
}

// Whether an answer is one to go on with; else says on the row what to do.
function taken(job, status, answer) {
  if (job.state !== "sending") return false;
  if (status >= 200 && status < 300 && answer) return true;
  if (status >= 500 || status === 0) { again(job); return false; }
  const signedOut = status === 401 || status === 403 || !answer;
  job.state = signedOut ? "lost" : "refused";
  const said = signedOut ? texts.signedOut : answer.message || answer.detail || answer.title || "";
  show(job, "bad", signedOut ? texts.lost : texts.refused, { said });
  pump();
  return false;
}

function join(made) {
  if (batch) return;
  batch = made;
  if (form) history.replaceState(null, "", batch.url); // a reload shows the batch, not an empty form
}

// Follow the batch from its first arrival on; one that has none yet would be settled at once.
function begin() {
  if (following) return;
  following = true;
  follow(batch.status_url, (status) => {
    let above = null; // files inside stand under theirs
    for (const item of status.files) {
      let row = list.querySelector(`[data-item="${item.id}"]`);
      if (row) updateRow(row, item);
      else if (item.member && above) row = drawRow(item);
      if (item.member && above && above.nextElementSibling !== row) above.after(row);
      above = row;
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

// The files of a drop, with all that lies in dropped folders.
async function dropped(transfer) {
  const entries = Array.from(transfer.items || []).map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry());
  if (!entries.some((entry) => entry && entry.isDirectory)) return Array.from(transfer.files);
  const found = [];
  for (const entry of entries) if (entry) await gather(entry, found);
  return found;
}

async function gather(entry, found) {
  if (entry.isFile) {
    found.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
    return;
  }
  const reader = entry.createReader();
  for (;;) { // a reader gives at most a hundred entries at a time
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const inner of some) await gather(inner, found);
  }
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
    dropped(event.dataTransfer).then(take);
  });
  window.addEventListener("online", () => {
    for (const job of jobs) {
      if (job.state === "sending" && job.timer) { clearTimeout(job.timer); job.timer = null; resume(job); }
    }
  });
  if (form) {
    form.classList.add("quick"); // choosing is sending: no second button
    const inputs = Array.from(form.querySelectorAll('input[type="file"]'));
    const sendChosen = (input) => { if (input.files.length) take(Array.from(input.files)); input.value = ""; };
    for (const input of inputs) input.addEventListener("change", () => sendChosen(input));
    form.addEventListener("submit", (event) => { event.preventDefault(); inputs.forEach(sendChosen); });
  }
  window.addEventListener("beforeunload", (event) => {
    if (jobs.some((job) => job.state === "waiting" || job.state === "sending")) { event.preventDefault(); event.returnValue = ""; }
  });
}
