// Catat aduan while one types: kept at the server, and in this tab while the line is down.

const form = document.querySelector("form[data-record]");
const store = "catat:tulisan"; // one per tab; whose it is stands in it
const PAUSE_MS = 900;

if (document.querySelector("[data-record-saved]") || (form && document.querySelector("[data-saved]"))) sessionStorage.removeItem(store);

function texts() {
  const fields = {};
  for (const field of form.elements) {
    if (!field.name || ["file", "submit", "hidden"].includes(field.type)) continue;
    if (field.type === "radio") {
      if (field.checked) fields[field.name] = field.value;
    } else fields[field.name] = field.type === "checkbox" ? field.checked : field.value;
  }
  return fields;
}

function fill(fields) {
  for (const field of form.elements) {
    if (!(field.name in fields)) continue;
    if (field.type === "radio") field.checked = field.value === fields[field.name];
    else if (field.type === "checkbox") field.checked = fields[field.name];
    else field.value = fields[field.name];
  }
}

if (form) {
  const state = document.querySelector("[data-record-state]");
  const found = document.querySelector("[data-record-findings]");
  let timer = 0;
  let asked = 0;

  function here() {
    const key = form.elements.key.value;
    sessionStorage.setItem(store, JSON.stringify({ owner: form.dataset.owner, form: form.elements.form.value, key, fields: texts() }));
  }

  async function keep() {
    const number = ++asked;
    const body = new URLSearchParams(new FormData(form));
    body.delete("files");
    try {
      const answer = await fetch(form.dataset.record, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
      if (number !== asked) return;
      if (answer.status === 401) state.textContent = "Sesi berakhir. Tulisan tersimpan di tab ini; masuk lagi untuk melanjutkan.";
      else if (!answer.ok) state.textContent = "Belum tersimpan di server. Tulisan tersimpan di tab ini.";
      else {
        found.innerHTML = await answer.text();
        sessionStorage.removeItem(store);
        state.textContent = "Tersimpan sementara";
      }
    } catch {
      if (number === asked) state.textContent = "Koneksi terputus. Tulisan tersimpan di tab ini.";
    }
  }

  const left = JSON.parse(sessionStorage.getItem(store) ?? "null");
  if (left && left.owner === form.dataset.owner && left.form === form.elements.form.value && !form.elements.story.value) {
    form.elements.key.value = left.key;
    fill(left.fields);
    state.textContent = "Tulisan yang belum tersimpan dikembalikan.";
    keep();
  }

  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    here();
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE_MS);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  addEventListener("online", keep);
}
