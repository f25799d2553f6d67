// Writing answers: photos go up as soon as they are taken. Every page works without this file.

for (const field of document.querySelectorAll("[data-upload]")) {
  const button = document.getElementById(field.dataset.upload);
  field.addEventListener("change", () => {
    if (field.files.length && navigator.onLine) button.click();
  });
}

// ---- a ready-made text goes to where one writes, without asking the server
for (const button of document.querySelectorAll("[data-insert]")) {
  button.addEventListener("click", (event) => {
    const field = document.getElementById(button.dataset.insert);
    const text = document.getElementById(`teks-${button.dataset.insert}-${button.value}`)?.textContent;
    if (!field || !text) return;
    event.preventDefault();
    const before = field.value.slice(0, field.selectionEnd);
    field.setRangeText((before && !/\s$/.test(before) ? "\n" : "") + text, field.selectionEnd, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    button.closest(".ready-texts").open = false;
    field.focus();
  });
}
