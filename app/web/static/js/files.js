// The chosen file told in the words of the page: browsers tell it, and the lack of it, in their own language.
function start(pick) {
  const input = pick.querySelector("input[type=file]");
  const name = pick.querySelector("[data-file-name]");

  function tell() {
    const files = input.files;
    if (files.length === 1) name.textContent = files[0].name;
    else name.textContent = files.length ? name.dataset.several.replace("{n}", String(files.length)) : name.dataset.none;
  }
  pick.classList.add("named");
  name.hidden = false;
  input.addEventListener("change", tell);
  window.addEventListener("pageshow", tell); // a page gone back to keeps what was chosen
  tell();
}

for (const pick of document.querySelectorAll("[data-file-pick]")) start(pick);
