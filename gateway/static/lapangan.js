// A draft in the field: kept on this device while the line is down, offered again, sent by the person.

const PREFIX = "draf:";
const LIFE_MS = 7 * 24 * 3600 * 1000;
const FIELDS = ["done", "planned", "due_on", "proposal", "contact", "no_photo", "draft_version"];
const form = document.querySelector("form[data-field-draft]");
const owner = document.querySelector("[data-draft-owner]")?.dataset.draftOwner;

function kept() {
  const found = [];
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    const entry = JSON.parse(localStorage.getItem(key));
    if (Date.now() - entry.at > LIFE_MS) localStorage.removeItem(key);
    else if (entry.owner === owner) found.push(entry);
  }
  return found;
}

const keyOf = (ticket) => `${PREFIX}${owner}:${ticket}`;
const read = (ticket) => JSON.parse(localStorage.getItem(keyOf(ticket)) ?? "null");

function element(name, text, more = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...more });
}

// What was sent and came through is not waiting any more: the page says so.
if (document.querySelector(".toast[data-tone=bad], .error-summary, .error-text") === null) {
  for (const entry of kept()) if (entry.sent && navigator.onLine) localStorage.removeItem(keyOf(entry.ticket));
}

function differs(fields) {
  return FIELDS.some((name) => name !== "draft_version" && form.elements[name] && fields[name] !== form.elements[name].value);
}

function offer(entry) {
  const bar = element("div", "", { className: "notice warn", role: "status" });
  const time = new Date(entry.at).toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit" });
  const take = element("button", "Pakai tulisan itu", { type: "button", className: "button" });
  const drop = element("button", "Buang", { type: "button", className: "button quiet" });
  const words = element("p", `Belum terkirim: tulisan di perangkat ini dari pukul ${time}.`);
  const row = element("div", "", { className: "button-row" });
  row.append(take, drop);
  const inside = element("div", "");
  inside.append(words, row);
  bar.append(inside);
  take.addEventListener("click", () => {
    for (const name of FIELDS) if (form.elements[name] && name in entry.fields) form.elements[name].value = entry.fields[name];
    bar.remove();
    form.elements.done.focus();
  });
  drop.addEventListener("click", () => {
    localStorage.removeItem(keyOf(entry.ticket));
    bar.remove();
  });
  form.prepend(bar);
}

if (form) {
  const ticket = form.dataset.fieldDraft;
  const state = form.querySelector("[data-field-state]");
  const write = (sent) => {
    const fields = {};
    for (const name of FIELDS) if (form.elements[name]) fields[name] = form.elements[name].value;
    localStorage.setItem(keyOf(ticket), JSON.stringify({ owner, ticket, at: Date.now(), sent, fields }));
  };
  const entry = read(ticket);
  if (entry && differs(entry.fields)) offer(entry);
  form.addEventListener("input", (event) => {
    if (event.target.type !== "file") write(false);
  });
  form.addEventListener("submit", (event) => {
    write(navigator.onLine);
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    state.textContent = "Koneksi terputus. Tulisan tersimpan di perangkat ini; kirim lagi saat tersambung.";
  }, { capture: true });
  addEventListener("online", () => {
    if (read(ticket)) state.textContent = "Tersambung lagi. Tulisan ini belum terkirim.";
  });
}

// The list says which cases have words on this device.
const list = document.querySelector("[data-unsent]");
if (list) {
  const waiting = kept().filter((entry) => !entry.sent);
  list.hidden = waiting.length === 0;
  list.querySelector("[data-unsent-words]").textContent = `Belum terkirim (${waiting.length}):`;
  for (const entry of waiting) {
    const link = element("a", entry.ticket, { href: `${list.dataset.unsent}${entry.ticket}#draf` });
    list.append(" ", link);
  }
}
