// A draft in the field: words and photos are kept on this device while the line is down, offered
// again, and sent by the person.

const PREFIX = "draf:";
const LIFE_MS = 7 * 24 * 3600 * 1000;
const FRESH_MS = 60 * 1000;
const PHOTOS = ["camera", "gallery"];
const FIELDS = ["done", "planned", "due_on", "proposal", "contact", "no_photo", "draft_version"];
const form = document.querySelector("form[data-field-draft]");
const owner = document.querySelector("[data-draft-owner]")?.dataset.draftOwner;

function kept() {
  const found = [];
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    const entry = JSON.parse(localStorage.getItem(key));
    if (Date.now() - entry.at > LIFE_MS) forget(key);
    else if (entry.owner === owner) found.push(entry);
  }
  return found;
}

function forget(key) {
  localStorage.removeItem(key);
  photoBox("readwrite", (box) => box.delete(key));
}

// Pictures are too large for localStorage. Without the browser's own database they are not kept.
function photoBox(mode, act) {
  const asked = new Promise((resolve, reject) => {
    const opening = indexedDB.open("sahut-lapangan", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("foto");
    opening.onerror = reject;
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("foto", mode);
      const step = act(transaction.objectStore("foto"));
      transaction.oncomplete = () => (opening.result.close(), resolve(step.result));
      transaction.onabort = reject;
    };
  });
  return asked.catch(() => null);
}

const keyOf = (ticket) => `${PREFIX}${owner}:${ticket}`;
const read = (ticket) => JSON.parse(localStorage.getItem(keyOf(ticket)) ?? "null");

function element(name, text, more = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...more });
}

function differs(fields) {
  return FIELDS.some((name) => name !== "draft_version" && form.elements[name] && fields[name] !== form.elements[name].value);
}

// What was sent and came through is not waiting any more: the page shows it, or says that it is saved.
if (document.querySelector(".toast[data-tone=bad], main :is(.error-summary, .error-text)") === null) {
  const saved = document.querySelector("[data-saved]");
  for (const entry of kept().filter((one) => one.sent)) {
    const here = form?.dataset.fieldDraft === entry.ticket;
    const arrived = here ? !differs(entry.fields) : saved && Date.now() - entry.at < FRESH_MS;
    if (!arrived) continue;
    if (here && entry.photos > entry.carried) localStorage.setItem(keyOf(entry.ticket), JSON.stringify({ ...entry, sent: false }));
    else forget(keyOf(entry.ticket));
  }
}

function offer(entry, words) {
  const bar = element("div", "", { className: "notice warn", role: "status" });
  const time = new Date(entry.at).toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit" });
  const what = [words && "tulisan", entry.photos && `${entry.photos} foto`].filter(Boolean).join(" dan ");
  const take = element("button", words ? "Pakai tulisan itu" : "Pakai foto itu", { type: "button", className: "button" });
  const drop = element("button", "Buang", { type: "button", className: "button quiet" });
  const row = element("div", "", { className: "button-row" });
  row.append(take, drop);
  const inside = element("div", "");
  inside.append(element("p", `Belum terkirim: ${what} di perangkat ini dari pukul ${time}.`), row);
  bar.append(inside);
  take.addEventListener("click", () => {
    if (words) for (const name of FIELDS) if (form.elements[name] && name in entry.fields) form.elements[name].value = entry.fields[name];
    if (entry.photos) takePhotos(entry.ticket);
    bar.remove();
    form.elements.done.focus();
  });
  drop.addEventListener("click", () => {
    forget(keyOf(entry.ticket));
    bar.remove();
  });
  form.prepend(bar);
}

async function takePhotos(ticket) {
  const chosen = await photoBox("readonly", (box) => box.get(keyOf(ticket)));
  for (const name of PHOTOS) {
    const files = new DataTransfer();
    for (const file of chosen?.[name] ?? []) files.items.add(file);
    if (form.elements[name]) form.elements[name].files = files.files;
  }
}

if (form) {
  const ticket = form.dataset.fieldDraft;
  const state = form.querySelector("[data-field-state]");
  const chosen = () => Object.fromEntries(PHOTOS.map((name) => [name, [...(form.elements[name]?.files ?? [])]]));
  const count = () => Object.values(chosen()).flat().length;
  const entry = read(ticket);
  let photos = entry?.photos ?? 0; // on this device
  let leaving = false;
  const write = (sent) => {
    const fields = {};
    for (const name of FIELDS) if (form.elements[name]) fields[name] = form.elements[name].value;
    const kept = { owner, ticket, at: Date.now(), sent, fields, photos, carried: count() };
    localStorage.setItem(keyOf(ticket), JSON.stringify(kept));
  };
  const words = entry && differs(entry.fields);
  if (words || entry?.photos) offer(entry, words);
  form.addEventListener("input", (event) => {
    if (event.target.type !== "file") write(false);
  });
  form.addEventListener("change", async (event) => {
    if (event.target.type !== "file") return;
    const [files, wanted] = [chosen(), count()];
    photos = (await photoBox("readwrite", (box) => box.put(files, keyOf(ticket)))) ? wanted : 0;
    if (!leaving) write(false);
  });
  form.addEventListener("submit", (event) => {
    leaving = navigator.onLine;
    write(leaving);
    if (leaving) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    state.textContent = "Koneksi terputus. Tulisan tersimpan di perangkat ini; kirim lagi saat tersambung.";
  }, { capture: true });
  addEventListener("online", () => {
    if (read(ticket)) state.textContent = "Tersambung lagi. Tulisan ini belum terkirim.";
  });
}

// "Kembalikan" in the list leads to a fold: it opens.
const target = document.getElementById(location.hash.slice(1));
if (target instanceof HTMLDetailsElement) target.open = true;

// The list says which cases have words on this device.
const list = document.querySelector("[data-unsent]");
if (list) {
  const waiting = kept();
  list.hidden = waiting.length === 0;
  list.querySelector("[data-unsent-words]").textContent = `Belum terkirim (${waiting.length}):`;
  for (const entry of waiting) {
    const link = element("a", entry.ticket, { href: `${list.dataset.unsent}${entry.ticket}#draf` });
    list.append(" ", link);
  }
}
