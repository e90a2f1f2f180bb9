// Suggestions under the search box, as a combobox (WAI-ARIA). Without script it is a plain box; nothing typed is kept.
const SHORTEST = 2;
const PAUSE_MS = 120; // of typing: shorter than anybody waits, longer than between two keystrokes
const box = document.getElementById("search-box");
const form = box ? box.form : null;
const url = box ? box.dataset.suggestUrl : "";

if (form && url) {
  const list = document.createElement("ul");
  list.id = "search-suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.suggestLabel);
  list.hidden = true;
  const told = document.createElement("span");
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  form.append(list, told);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-expanded", "false");
  box.setAttribute("aria-controls", list.id);

  let timer = 0;
  let asked = null; // the request under way
  let active = -1;

  const options = () => Array.from(list.children);

  function close() {
    window.clearTimeout(timer);
    if (asked) asked.abort();
    asked = null;
    active = -1;
    list.hidden = true;
    list.replaceChildren();
    told.textContent = "";
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function mark(place) {
    const all = options();
    active = all.length ? (place + all.length + 1) % (all.length + 1) : -1;
    if (active === all.length) active = -1; // back in the box, between the last and the first
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    if (active < 0) {
      box.removeAttribute("aria-activedescendant");
    } else {
      box.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    }
  }

  function choose(item) {
    if (item.url) {
      window.location.assign(item.url);
      return;
    }
    const person = document.createElement("input");
    person.type = "hidden";
    person.name = "person";
    person.value = item.person;
    form.append(person);
    box.value = "";
    form.submit();
  }

  function part(className, text) {
    const made = document.createElement("span");
    made.className = className;
    made.textContent = text;
    return made;
  }

  function show(items) {
    list.replaceChildren(...items.map((item, at) => {
      const option = document.createElement("li");
      option.id = `search-suggestion-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.append(part("kind", item.kind), part("what", item.text), part("detail", item.detail));
      option.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
      option.addEventListener("click", () => choose(item));
      option.suggestion = item;
      return option;
    }));
    active = -1;
    list.hidden = items.length === 0;
    box.setAttribute("aria-expanded", String(items.length > 0));
    box.removeAttribute("aria-activedescendant");
    told.textContent = items.length ? box.dataset.suggestCount.replace("{n}", String(items.length)) : "";
  }

  async function ask() {
    const text = box.value.trim();
    if (text.length < SHORTEST) { close(); return; }
    if (asked) asked.abort();
    const mine = new AbortController();
    asked = mine;
    const body = new URLSearchParams({ q: text, csrf_token: form.elements.csrf_token.value });
    try {
      const answer = await fetch(url, {
        method: "POST", body, signal: mine.signal, cache: "no-store", headers: { Accept: "application/json" },
      });
      if (!answer.ok) { close(); return; }
      const { items } = await answer.json();
      if (asked === mine && document.activeElement === box) show(items);
    } catch {
      if (asked === mine) close(); // no line, or asked anew: the box works without
    }
  }

  box.addEventListener("input", (event) => {
    if (event.isComposing) return; // the word is not written yet
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, PAUSE_MS);
  });
  box.addEventListener("compositionend", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, PAUSE_MS);
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else mark(event.key === "ArrowDown" ? active + 1 : active < 0 ? options().length - 1 : active - 1);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      choose(options()[active].suggestion);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  box.addEventListener("blur", close);
  form.addEventListener("submit", close);
  window.addEventListener("pagehide", close); // a page kept for going back shows nothing of it
}
