// Drafts saved every few seconds to data-autosave-url, a warning before unsaved words are lost, one press per form.
const EVERY_MS = 4000;

export function token() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  return meta ? meta.content : "";
}

// What could not be saved yet is said at its field, but not while somebody is still typing there.
function tell(form, wrong) {
  for (const said of form.querySelectorAll("[data-wrong]")) {
    const field = said.closest(".field");
    field.classList.remove("bad");
    field.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
    said.remove();
  }
  for (const [name, message] of Object.entries(wrong)) {
    const input = form.querySelector(`[name="${CSS.escape(name)}"]`);
    const field = input && input.closest(".field");
    if (!field || field.contains(document.activeElement) || field.querySelector(".wrong")) continue;
    const said = document.createElement("p");
    said.className = "wrong";
    said.dataset.wrong = name;
    said.textContent = `✕ ${message}`;
    input.before(said);
    input.setAttribute("aria-invalid", "true");
    field.classList.add("bad");
  }
}

function autosave(form) {
  const state = form.querySelector("[data-save-state]");
  let dirty = false;
  let busy = false;
  let leaving = false;
  let wrong = {};
  const say = (key, bad) => {
    if (!state) return;
    const clock = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    state.textContent = (state.dataset[key] || "").replace("{time}", clock);
    state.classList.toggle("bad", Boolean(bad));
  };
  async function save() {
    if (!dirty || busy || leaving) return;
    busy = true;
    dirty = false;
    try {
      const answer = await fetch(form.dataset.autosaveUrl, {
        method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", redirect: "manual",
        headers: { "X-CSRFToken": token(), Accept: "application/json" },
      });
      if (answer.ok) {
        const body = await answer.json();
        const revision = form.querySelector('[name="revision"]');
        if (revision && body.revision !== undefined) revision.value = body.revision;
        wrong = body.wrong || {};
        tell(form, wrong);
        if (Object.keys(wrong).length) say("partly", true);
        else say("saved");
        form.dispatchEvent(new CustomEvent("saved", { detail: body }));
      } else {
        dirty = true;
        say(answer.status === 409 ? "stale" : "locked", true);
      }
    } catch {
      dirty = true;
      say("offline", true);
    }
    busy = false;
  }
  form.addEventListener("input", () => { if (!dirty) say("waiting"); dirty = true; });
  form.addEventListener("focusout", () => setTimeout(() => tell(form, wrong)));
  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("online", save);
  window.addEventListener("beforeunload", (event) => { if (dirty && !leaving) { event.preventDefault(); event.returnValue = ""; } });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  setInterval(save, EVERY_MS);
}

for (const form of document.querySelectorAll("form[data-autosave-url]")) autosave(form);

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
