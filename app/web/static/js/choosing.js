// Puts the number of chosen documents on the button that takes them.
for (const form of document.querySelectorAll("form[data-choosing]")) {
  const button = form.querySelector("[data-chosen]");
  const tell = () => {
    const count = form.querySelectorAll("input[name=document]:checked").length;
    button.textContent = button.dataset.chosen.replace("{count}", count.toLocaleString(document.documentElement.lang));
    button.disabled = count === 0;
  };
  form.addEventListener("change", tell);
  tell();
}
