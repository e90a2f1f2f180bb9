// Looking for a value inside a facet while typing; without this the form leads to a page of its own.
const FRAGMENT = "text/html-fragment";
const PAUSE = 250; // milliseconds after the last key

function start(form) {
  const values = form.parentElement.querySelector("[data-facet-values]");
  const box = form.querySelector("input[type=search]");
  const before = values.innerHTML;
  let timer = 0;
  let asked = null;

  async function look() {
    if (asked) asked.abort();
    if (!box.value.trim()) { values.innerHTML = before; return; }
    asked = new AbortController();
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: FRAGMENT }, signal: asked.signal,
      });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      values.innerHTML = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") form.submit();
    }
  }
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, PAUSE); });
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); look(); });
}

for (const form of document.querySelectorAll("[data-facet-find]")) start(form);
