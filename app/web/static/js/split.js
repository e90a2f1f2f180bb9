// Cutting a scan into papers: cuts, order, hidden sides and sheet numbers by mouse and keys, with undo. The form itself is
// what is sent; forms.js saves it as a draft every few seconds. The state is a list of parts with the keys of their pages.
import { openLarge } from "./split_large.js";

const form = document.querySelector("[data-split]");
const MOST_UNDO = 200;

function start() {
  const box = form.querySelector("[data-parts]");
  const said = form.querySelector("[data-said]");
  const template = document.getElementById("split-part");
  const tiles = new Map(Array.from(box.querySelectorAll("[data-page]"), (tile) => [tile.dataset.page, tile]));
  const cards = new Map(Array.from(box.querySelectorAll("[data-part]"), (card) => [card.dataset.part, card]));
  const others = Number(form.dataset.count) - cards.size;
  const fresh = new Set();
  let next = Number(form.dataset.next);
  const done = [];
  const undone = [];
  let last;

  const label = (key) => tiles.get(key).dataset.label;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const tell = (name, values = {}) => { said.textContent = fill(form.dataset[name] || "", values); };
  const box_of = (tile, name) => tile.querySelector(`input[name="${name}"]`);
  const sheet_of = (tile) => tile.querySelector(".sheet-number");

  function read() {
    return {
      parts: Array.from(box.children, (card) => ({
        number: card.dataset.part,
        values: Object.fromEntries(Array.from(card.querySelectorAll("[data-name]"), (field) => [field.dataset.name, field.value])),
        keys: Array.from(card.querySelectorAll("[data-page]"), (tile) => tile.dataset.page),
      })),
      hidden: Array.from(tiles).filter(([, tile]) => box_of(tile, "hide").checked).map(([key]) => key),
      sheets: Object.fromEntries(Array.from(tiles, ([key, tile]) => [key, sheet_of(tile).value])),
    };
  }
  function card_of(number) {
    if (!cards.has(number)) {
      const holder = document.createElement("div");
      holder.append(template.content.cloneNode(true));
      holder.innerHTML = holder.innerHTML.replace(/(part(?:-name)?|merge|up|down|type|number|symbol|date|subject)([-:])0"/g, `$1$2${number}"`);
      const card = holder.firstElementChild;
      card.dataset.part = number;
      cards.set(number, card);
      fresh.add(number);
    }
    return cards.get(number);
  }
  function write(state) {
    const focus = document.activeElement;
    const hidden = new Set(state.hidden);
    const wanted = state.parts.map((part) => card_of(part.number));
    for (const card of Array.from(box.children)) if (!wanted.includes(card)) card.remove();
    state.parts.forEach((part, place) => {
      const card = wanted[place];
      if (box.children[place] !== card) box.insertBefore(card, box.children[place] || null);
      for (const field of card.querySelectorAll("[data-name]")) {
        const value = part.values[field.dataset.name];
        if (value !== undefined && field.value !== value) field.value = value;
      }
      const list = card.querySelector("[data-tiles]");
      part.keys.forEach((key, at) => {
        const tile = tiles.get(key);
        if (list.children[at] !== tile) list.insertBefore(tile, list.children[at] || null);
      });
    });
    for (const [key, tile] of tiles) {
      box_of(tile, "hide").checked = hidden.has(key);
      if (sheet_of(tile).value !== state.sheets[key]) sheet_of(tile).value = state.sheets[key];
    }
    show(state);
    if (focus && focus !== document.activeElement && document.contains(focus)) focus.focus({ preventScroll: true });
  }
  // Everything that follows from the state: names, counts, ticks, and the fields that say to the server what lies where.
  function show(state) {
    const count = state.parts.length + others;
    const hidden = new Set(state.hidden);
    state.parts.forEach((part, place) => {
      const card = cards.get(part.number);
      const first = card.querySelector("[data-first]");
      const beside = part.keys.filter((key) => hidden.has(key)).length;
      if (first) {
        first.value = part.keys[0];
        card.querySelector("[data-part-name]").textContent = fill(form.dataset.textPart, { n: place + 1 + Number(form.dataset.offset) });
        const told = [fill(form.dataset.textPages, { n: part.keys.length })];
        if (beside) told.push(fill(form.dataset.textHidden, { n: beside }));
        if (form.dataset.whole) card.querySelector("[data-part-told]").textContent = told.join(", ");
      }
      part.keys.forEach((key, at) => {
        const tile = tiles.get(key);
        const begins = at === 0 && Boolean(first);
        box_of(tile, "start").checked = begins;
        tile.querySelector(".cut").setAttribute("aria-pressed", String(begins));
        tile.classList.toggle("hidden-side", hidden.has(key));
      });
    });
    form.elements.order.value = state.parts.map((part) => part.keys.join(",")).join(",");
    const confirm = count > 1 ? fill(form.dataset.textConfirm, { n: count }) : form.dataset.textOne;
    for (const button of form.querySelectorAll("[data-confirm], [data-confirm-below]")) button.textContent = confirm;
    form.querySelector("[data-undo]").disabled = !done.length;
    form.querySelector("[data-redo]").disabled = !undone.length;
  }
  function commit(state) {
    done.push(last);
    if (done.length > MOST_UNDO) done.shift();
    undone.length = 0;
    last = state;
    write(state);
    form.dispatchEvent(new Event("input"));
  }
  function back(from, to, word) {
    if (!from.length) return;
    to.push(last);
    last = from.pop();
    write(last);
    form.dispatchEvent(new Event("input"));
    tell(word);
  }
  const copy = () => { const state = read(); return { ...state, parts: state.parts.map((part) => ({ ...part, keys: [...part.keys] })) }; };
  function find(state, key) {
    const place = state.parts.findIndex((part) => part.keys.includes(key));
    return [place, state.parts[place].keys.indexOf(key)];
  }
  // The first page of a part of a long scan belongs to pages that are not shown: the server joins or cuts there.
  function is_edge(place, at) { return place === 0 && at === 0 && !form.dataset.whole; }
  function toggle(key) {
    const state = copy();
    const [place, at] = find(state, key);
    if (is_edge(place, at)) {
      const tick = box_of(tiles.get(key), "start");
      tick.checked = !tick.checked;
      form.requestSubmit(form.querySelector("[data-save]"));
      return;
    }
    if (at > 0) {
      const keys = state.parts[place].keys.splice(at);
      state.parts.splice(place + 1, 0, { number: String(next++), values: {}, keys });
      commit(state);
      tell("saidCut", { page: label(key), n: place + 2 });
    } else if (place > 0) {
      join(state, place);
      commit(state);
      tell("saidJoined", { page: label(key), n: place });
    }
    tiles.get(key).querySelector(".picture").focus();
  }
  function join(state, place) {
    const [part] = state.parts.splice(place, 1);
    state.parts[place - 1].keys.push(...part.keys);
  }
  function carry_cut(from, to) {
    const state = copy();
    const [place, at] = find(state, from);
    if (at !== 0 || place === 0 || from === to) return;
    const { number, values } = state.parts[place];
    join(state, place);
    const [target, cut] = find(state, to);
    if (cut === 0) return;
    const keys = state.parts[target].keys.splice(cut);
    state.parts.splice(target + 1, 0, { number, values, keys });
    commit(state);
    tell("saidCut", { page: label(to), n: target + 2 });
  }
  function carry_page(key, target, after) {
    if (key === target) return;
    const state = copy();
    const [place, at] = find(state, key);
    state.parts[place].keys.splice(at, 1);
    const [to, beside] = find(state, target);
    state.parts[to].keys.splice(beside + (after ? 1 : 0), 0, key);
    state.parts = state.parts.filter((part) => part.keys.length);
    commit(state);
    tell("saidMoved", { page: label(key) });
  }
  function shift_page(key, by) {
    const state = copy();
    const [place, at] = find(state, key);
    const keys = state.parts[place].keys;
    const inside = at + by;
    if (inside >= 0 && inside < keys.length) {
      keys.splice(inside, 0, keys.splice(at, 1)[0]);
    } else {
      const beside = state.parts[place + by];
      if (!beside) return;
      keys.splice(at, 1);
      if (by < 0) beside.keys.push(key);
      else beside.keys.unshift(key);
      state.parts = state.parts.filter((part) => part.keys.length);
    }
    commit(state);
    tell("saidMoved", { page: label(key) });
    tiles.get(key).querySelector(".picture").focus();
  }
  function shift_part(number, by) {
    const state = copy();
    const place = state.parts.findIndex((part) => part.number === number);
    if (place + by < 0 || place + by >= state.parts.length) return;
    state.parts.splice(place + by, 0, state.parts.splice(place, 1)[0]);
    commit(state);
    cards.get(number).scrollIntoView({ block: "nearest" });
  }
  function merge(number) {
    const state = copy();
    const place = state.parts.findIndex((part) => part.number === number);
    if (place < 1) return;
    join(state, place);
    commit(state);
  }
  function hide(key) {
    const state = copy();
    const known = new Set(state.hidden);
    if (!known.delete(key)) known.add(key);
    state.hidden = Array.from(known);
    commit(state);
    tell(known.has(key) ? "saidHidden" : "saidShown", { page: label(key) });
  }
  const acts = { merge, up: (number) => shift_part(number, -1), down: (number) => shift_part(number, 1) };

  function beside(tile, key) {
    const all = Array.from(box.querySelectorAll("[data-page]"));
    const at = all.indexOf(tile);
    if (key === "ArrowLeft") return all[at - 1];
    if (key === "ArrowRight") return all[at + 1];
    if (key === "Home") return all[0];
    if (key === "End") return all[all.length - 1];
    const own = tile.getBoundingClientRect();
    const down = key === "ArrowDown";
    const rows = all.map((one) => [one, one.getBoundingClientRect()]).filter(([, place]) => (down ? place.top > own.top + 8 : place.top < own.top - 8));
    if (!rows.length) return undefined;
    const edge = down ? Math.min(...rows.map(([, place]) => place.top)) : Math.max(...rows.map(([, place]) => place.top));
    const row = rows.filter(([, place]) => Math.abs(place.top - edge) < 8);
    return row.sort(([, a], [, b]) => Math.abs(a.left - own.left) - Math.abs(b.left - own.left))[0][0];
  }
  function pressed(event) {
    const tile = event.target.closest("[data-page]");
    if (!tile || !event.target.matches(".picture") || event.ctrlKey || event.metaKey) return;
    const key = tile.dataset.page;
    const number = tile.closest("[data-part]").dataset.part;
    const plain = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const moves = { ArrowLeft: () => shift_page(key, -1), ArrowRight: () => shift_page(key, 1), ArrowUp: () => shift_part(number, -1), ArrowDown: () => shift_part(number, 1) };
    const keys = { Enter: () => toggle(key), " ": () => toggle(key), h: () => hide(key), m: () => merge(number), x: () => large(tile) };
    if (event.altKey && moves[event.key]) { moves[event.key](); tile.querySelector(".picture").focus(); }
    else if (!event.altKey && keys[plain]) keys[plain]();
    else if (!event.altKey && ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) {
      const to = beside(tile, event.key);
      if (to) rove(to).focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
  function rove(tile) {
    for (const link of box.querySelectorAll('.picture[tabindex="0"]')) link.tabIndex = -1;
    const link = tile.querySelector(".picture");
    link.tabIndex = 0;
    const place = form.elements.number_place;
    place.value = String(Array.from(box.querySelectorAll("[data-page]")).indexOf(tile) + 1);
    return link;
  }
  function large(tile) {
    openLarge(tile, (one, by) => beside(one, by < 0 ? "ArrowLeft" : "ArrowRight"), (one) => rove(one).focus());
  }

  for (const tile of tiles.values()) {
    const cut = document.createElement("button");
    cut.type = "button";
    cut.className = "cut";
    cut.tabIndex = -1;
    cut.draggable = true;
    cut.setAttribute("aria-label", fill(form.dataset.textCut, { page: tile.dataset.label }));
    const sign = document.createElement("span");
    sign.textContent = "✂";
    sign.setAttribute("aria-hidden", "true");
    cut.append(sign);
    tile.prepend(cut);
    tile.draggable = true;
    const link = tile.querySelector(".picture");
    link.draggable = false;
    link.tabIndex = -1;
    link.firstElementChild.draggable = false;
  }
  box.addEventListener("keydown", pressed);
  box.addEventListener("focusin", (event) => { if (event.target.matches(".picture")) rove(event.target.closest("[data-page]")); });
  box.addEventListener("click", (event) => {
    const tile = event.target.closest("[data-page]");
    const act = event.target.closest("button[data-act]");
    if (act && form.dataset.whole) {
      event.preventDefault();
      acts[act.dataset.act](act.closest("[data-part]").dataset.part);
    } else if (tile && event.target.closest(".cut")) toggle(tile.dataset.page);
    else if (tile && event.target.closest(".picture") && !event.ctrlKey && !event.metaKey) { event.preventDefault(); large(tile); }
  });
  box.addEventListener("change", (event) => {
    const tile = event.target.closest("[data-page]");
    if (tile && event.target.name === "hide") {
      event.target.checked = !event.target.checked;
      hide(tile.dataset.page);
    } else commit(copy());
  });
  form.addEventListener("saved", (event) => {
    for (const other of document.querySelectorAll("input[data-revision]")) other.value = event.detail.revision;
    const known = new Map(event.detail.parts.map((part) => [part.first, part]));
    for (const card of box.children) {
      const part = known.get(card.querySelector("[data-first]")?.value);
      if (!part || !fresh.has(card.dataset.part)) continue;
      fresh.delete(card.dataset.part);
      for (const field of card.querySelectorAll("[data-name]")) {
        const empty = field.dataset.name === "type" ? field.value === "KHAC" : field.value === "";
        if (empty && part.values[field.dataset.name]) field.value = part.values[field.dataset.name];
      }
    }
    last = copy();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.matches("input:not([type=checkbox]):not([type=range]), textarea")) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) back(done, undone, "saidUndone");
    else if (key === "y" || (key === "z" && event.shiftKey)) back(undone, done, "saidRedone");
    else return;
    event.preventDefault();
  });
  form.querySelector("[data-undo]").addEventListener("click", () => back(done, undone, "saidUndone"));
  form.querySelector("[data-redo]").addEventListener("click", () => back(undone, done, "saidRedone"));
  form.querySelector("[data-size]").addEventListener("input", (event) => {
    event.stopPropagation();
    form.style.setProperty("--tile", `${event.target.value}px`);
  });

  let carried = null;
  const mark = (tile, side) => {
    for (const one of box.querySelectorAll(".before, .after")) one.classList.remove("before", "after");
    if (tile) tile.classList.add(side);
  };
  const side_of = (tile, event) => {
    const place = tile.getBoundingClientRect();
    return carried.cut || event.clientX < place.left + place.width / 2 ? "before" : "after";
  };
  box.addEventListener("dragstart", (event) => {
    const tile = event.target.closest("[data-page]");
    if (!tile) return;
    carried = { key: tile.dataset.page, cut: Boolean(event.target.closest(".cut")) };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", tile.dataset.label);
    tile.classList.add("carried");
  });
  box.addEventListener("dragover", (event) => {
    const tile = event.target.closest("[data-page]");
    if (!carried || !tile) return;
    event.preventDefault();
    mark(tile, side_of(tile, event));
  });
  box.addEventListener("drop", (event) => {
    const tile = event.target.closest("[data-page]");
    if (!carried || !tile) return;
    event.preventDefault();
    if (carried.cut) carry_cut(carried.key, tile.dataset.page);
    else carry_page(carried.key, tile.dataset.page, side_of(tile, event) === "after");
  });
  box.addEventListener("dragend", () => {
    if (carried) tiles.get(carried.key).classList.remove("carried");
    carried = null;
    mark(null);
  });

  for (const part of document.querySelectorAll(".quick-only")) part.hidden = false;
  form.classList.add("quick");
  last = copy();
  show(last);
  if (tiles.size) tiles.values().next().value.querySelector(".picture").tabIndex = 0;
}

if (form) start();
