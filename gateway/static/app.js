// What pages do beyond links and forms. Every page works without this file.

const root = document.documentElement;
const narrow = matchMedia("(max-width: 47.99em)");

// What somebody chose for this browser goes to the server, which draws the next page so: nothing jumps.
function keepChoice(name, value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax${secure}`;
}

// ---- theme: follows the system until somebody chooses
function isDark() {
  if (root.dataset.theme) return root.dataset.theme === "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    keepChoice("tema", root.dataset.theme);
  });
}

// ---- details panel
const workspace = document.querySelector(".workspace");
for (const fold of document.querySelectorAll("[data-toggle-details]")) {
  fold.addEventListener("click", () => {
    const open = workspace.dataset.details !== "open";
    workspace.dataset.details = open ? "open" : "closed";
    fold.setAttribute("aria-pressed", String(open));
    keepChoice("rincian", workspace.dataset.details);
  });
}

// ---- dialogs come open from the server; here they become modal
for (const dialog of document.querySelectorAll("dialog[data-back]")) {
  dialog.close();
  dialog.showModal();
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    location.assign(dialog.dataset.back);
  });
}

// Suggested offices fill the list beside them.
for (const button of document.querySelectorAll("[data-choose]")) {
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.choose);
    field.value = button.value;
    field.focus();
  });
}

// ---- the queue list on small screens
for (const select of document.querySelectorAll("[data-go]")) {
  select.addEventListener("change", () => location.assign(select.value));
}

// ---- a strip of links begins where one is
for (const here of document.querySelectorAll(":is(.topnav, .tabs, .filters, .settings-menu, .case-views) [aria-current]")) {
  const strip = here.closest("nav");
  const [mine, frame] = [here.getBoundingClientRect(), strip.getBoundingClientRect()];
  strip.scrollLeft += mine.left - frame.left - (frame.width - mine.width) / 2;
}

// ---- a conversation starts at its newest message
for (const thread of document.querySelectorAll("[data-newest]")) thread.scrollTop = thread.scrollHeight;
document.querySelector(".row[aria-current]")?.scrollIntoView({ block: "nearest" });
document.querySelector(".error-summary")?.focus();

// ---- show and hide a password
for (const button of document.querySelectorAll("[data-reveal]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.reveal);
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.textContent = shown ? "Tampilkan" : "Sembunyikan";
  });
}

// ---- a lost session or connection loses no text: kept in this tab until the page says it is saved
const saved = document.querySelector("[data-saved]");
for (const area of document.querySelectorAll("textarea[data-keep]")) {
  const key = `tulisan:${area.dataset.keep}`;
  if (saved) sessionStorage.removeItem(key);
  const kept = sessionStorage.getItem(key);
  if (kept && !area.value) area.value = kept;
  area.addEventListener("input", () => sessionStorage.setItem(key, area.value));
}

// ---- a template's preview follows the typing; without this a button renews it
for (const button of document.querySelectorAll("[data-shows-preview]")) button.hidden = true;
for (const field of document.querySelectorAll("[data-fills]")) {
  field.addEventListener("input", () => {
    const words = field.value.replace(/\s+/g, " ").trim() || `{{${field.dataset.fills}}}`;
    for (const place of document.querySelectorAll("[data-filled-by]")) {
      if (place.dataset.filledBy === field.dataset.fills) place.textContent = words;
    }
  });
}

// ---- one press sends once
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "ya";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
}

// ---- undo counts down and goes
for (const undo of document.querySelectorAll("[data-until]")) {
  const count = undo.querySelector("[data-count]");
  const timer = setInterval(() => {
    const left = Math.ceil((Number(undo.dataset.until) - Date.now()) / 1000);
    if (left > 0) count.textContent = `(${left})`;
    else {
      clearInterval(timer);
      undo.hidden = true;
    }
  }, 250);
}

// Other lines go by themselves, long after they were read.
for (const toast of document.querySelectorAll(".toast:not(:has(form))")) setTimeout(() => (toast.hidden = true), 10000);

// ---- counted text
for (const area of document.querySelectorAll("[data-counter]")) {
  const line = document.getElementById(area.dataset.counter);
  const show = () => (line.textContent = `${area.value.length} huruf`);
  area.addEventListener("input", show);
  show();
}

// ---- switches of the account page
for (const box of document.querySelectorAll("[data-setting]")) {
  box.checked = (localStorage.getItem(box.dataset.setting) ?? box.dataset.default) === "ya";
  box.addEventListener("change", () => localStorage.setItem(box.dataset.setting, box.checked ? "ya" : "tidak"));
}

for (const close of document.querySelectorAll("[data-close]")) {
  close.addEventListener("click", () => close.closest("dialog").close());
}

if (narrow.matches && location.hash === "#tulis") document.querySelector("#tulis textarea")?.focus();
