// The keyboard of the staff pages: single keys, the list behind "?", the palette behind Ctrl+K.
// What a key does stands at its element: data-key="d". The keys and their words come from
// gateway/rules/shortcuts.py through the list in the page. Every page works without this file.

const help = document.getElementById("pintasan");
const single = help.dataset.single === "ya";
const own = JSON.parse(help.dataset.own);
const PREFIX_MS = 2000;
let prefixAt = -PREFIX_MS;

const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
const first = (selector, within = document) => [...within.querySelectorAll(selector)].find(visible);
const bodyHasFocus = () => document.activeElement === document.body || !document.activeElement;

// ---- rows and queues
function rows() {
  return [...document.querySelectorAll(".row-title")].filter(visible);
}

function currentRow() {
  return document.activeElement.closest?.(".row, [data-row]")?.querySelector(".row-title") ?? document.querySelector(".row[aria-current] .row-title");
}

function step(by) {
  const all = rows();
  const from = all.indexOf(currentRow());
  all[Math.min(Math.max(from + by, 0), all.length - 1)]?.focus();
}

function open() {
  (currentRow() ?? rows()[0])?.click();
}

// The last part of an address names the case, on every page that shows it.
function named(address) {
  return new URL(address, location.href).pathname.split("/").pop();
}

function queues() {
  const select = document.querySelector("select[data-go]");
  if (select) return [...select.options].map((one) => ({ words: one.text, href: one.value, here: one.selected }));
  const links = [...document.querySelectorAll("nav.filters a, nav.case-views a.queue")];
  return links.map((one) => ({ words: words(one), href: one.href, here: one.hasAttribute("aria-current") }));
}

function turn(by) {
  const all = queues();
  const next = all[Math.max(all.findIndex((one) => one.here), by > 0 ? -1 : 0) + by];
  if (next) location.assign(next.href);
}

// ---- doing what stands at an element
function carrier(key) {
  return [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => !one.disabled && (visible(one) || one.dataset.hiddenOk));
}

function use(element) {
  const chosen = element.matches("[type=radio]") && document.querySelector(`[name="${element.name}"]:checked`);
  if (element.matches("input, textarea, select")) (chosen || element).focus();
  else element.click();
  if (element.matches("summary")) {
    const field = element.parentElement.open && first("textarea, select, input:not([type=hidden])", element.parentElement);
    (field || element).focus();
  }
}

function press(key) {
  const target = carrier(key);
  if (target) use(target);
}

function moveMessage() {
  const all = [...document.querySelectorAll("details.move > summary")].filter(visible);
  const here = document.activeElement.closest?.(".message");
  const target = all.find((one) => here?.contains(one)) ?? all.at(-1);
  if (target) use(target);
}

const choose = (whole) => document.dispatchEvent(new CustomEvent("pilih", { detail: { whole } }));

// ---- Esc: leave a field, close what is open, then the list with the row
function escape(event) {
  const element = event.target;
  if (element.matches("input, textarea, select, [contenteditable]") || element.closest("details[open] form")) {
    const fold = element.closest("details[open]:has(> summary)");
    if (fold) {
      fold.open = false;
      fold.querySelector("summary").focus();
    } else element.blur();
    return;
  }
  const row = document.querySelector(".row[aria-current] .row-title");
  if (row && visible(row) && document.activeElement !== row) return row.focus();
  if (!carrier("Escape")) return;
  sessionStorage.setItem("baris", named(location.href));
  press("Escape");
}

const left = sessionStorage.getItem("baris");
if (left && rows().length) {
  sessionStorage.removeItem("baris");
  rows().find((one) => named(one.href) === left)?.focus();
}

// ---- sending; with Shift the server leads to the next row once the form worked
if (rows().length) sessionStorage.setItem("barisan", JSON.stringify(rows().map((one) => one.getAttribute("href"))));

function following() {
  const all = JSON.parse(sessionStorage.getItem("barisan") ?? "[]");
  const here = named(document.querySelector("dialog[data-back]")?.dataset.back ?? location.href);
  const place = all.findIndex((one) => named(one) === here);
  return place < 0 ? undefined : all[place + 1];
}

function send(from, onward) {
  const form = from.closest("form") ?? document.querySelector("dialog[open] form");
  const button = form && (form.querySelector("[data-main]") ?? document.querySelector(`[data-main][form="${form.id}"]`));
  const next = onward && following();
  if (!button || !next) return button?.click();
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "berikut", value: next });
  button.form.append(field);
  button.click();
  field.remove(); // the browser has read the form already; a refused one must not lead on later
}

// ---- keys that belong to no single element: what they do, and when there is something to do
const hasRows = () => rows().length > 0;
const PAGE_KEYS = {
  j: [() => step(1), hasRows],
  k: [() => step(-1), hasRows],
  o: [open, hasRows],
  x: [() => choose(false), () => document.querySelector("[data-bulk]")],
  X: [() => choose(true), () => document.querySelector("[data-bulk]")],
  u: [() => location.reload(), () => document.querySelector("[data-poll], .case-news")],
  m: [moveMessage, () => first("details.move > summary")],
  "[": [() => turn(-1), () => queues().length > 1],
  "]": [() => turn(1), () => queues().length > 1],
  "?": [showHelp, () => true],
};
const FIXED = {
  Escape: () => carrier("Escape") || document.querySelector(".row[aria-current]"),
  "Ctrl+Enter": () => document.querySelector("[data-main]"),
  "Ctrl+Shift+Enter": () => document.querySelector("[data-main]") && following(),
  "Ctrl+K": () => true,
};

function works(key) {
  if (FIXED[key]) return Boolean(FIXED[key]());
  if (!single) return false;
  return Boolean(PAGE_KEYS[key] ? PAGE_KEYS[key][1]() : carrier(key));
}

function usual(event) {
  const pressed = event.key.toLowerCase();
  const key = [...help.querySelectorAll("[data-shortcut][data-single]")].map((one) => one.dataset.shortcut).find((one) => (own[one] ?? one) === pressed);
  if (!event.shiftKey || pressed === event.key) return key ?? (pressed === "g" ? "g" : undefined);
  return key === "x" ? "X" : undefined; // a capital is another key
}

function singleKey(event) {
  const after = performance.now() - prefixAt < PREFIX_MS;
  prefixAt = -PREFIX_MS;
  if (after && carrier(`g ${event.key}`)) {
    press(`g ${event.key}`);
    return true;
  }
  const key = usual(event);
  if (key === "g") prefixAt = performance.now();
  else if (!key || !works(key)) return false;
  else if (PAGE_KEYS[key]) PAGE_KEYS[key][0]();
  else press(key);
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.defaultPrevented) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key === "Enter") return send(event.target, event.shiftKey);
  if (command && event.key.toLowerCase() === "k" && !event.shiftKey) {
    event.preventDefault();
    return document.querySelector("dialog[open]") ? undefined : showPalette();
  }
  if (command || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") return escape(event);
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
  if (event.key === "Enter" && bodyHasFocus() && hasRows()) return open();
  if (single && event.key.length === 1 && event.key !== " " && singleKey(event)) event.preventDefault();
});

// ---- the keys that are printed are the keys that work
for (const print of document.querySelectorAll("kbd")) {
  const key = print.textContent;
  const entry = help.querySelector(`[data-shortcut="${CSS.escape(key)}"][data-single]`);
  if (!entry || print.closest("#pintasan-saya")) continue;
  if (single) print.textContent = own[key] ?? key;
  else print.remove();
}

function showHelp() {
  for (const entry of help.querySelectorAll("[data-shortcut]")) entry.hidden = !works(entry.dataset.shortcut);
  help.showModal();
}

// ---- palette: what this page offers, where one can go, and the number of a case
const palette = document.getElementById("palet");
const typed = document.getElementById("palet-kata");
const list = document.getElementById("palet-daftar");
const OFFERS = "[data-key], .topnav a, .actions a, .actions button, .tabs a, .topbar .user, [data-theme-switch], [data-toggle-details]";
let commands = [];
let shown = [];
let marked = 0;

function words(element) {
  if (element.dataset.words) return element.dataset.words;
  const copy = element.cloneNode(true);
  for (const extra of copy.querySelectorAll("kbd, svg, [aria-hidden=true], [hidden]")) extra.remove();
  const label = element.getAttribute("aria-label") ?? (element.labels?.[0]?.textContent || copy.textContent);
  return label.replace(/\s+/g, " ").trim();
}

function offered() {
  const found = [...document.querySelectorAll(OFFERS)].filter((one) => !one.disabled && (visible(one) || one.dataset.hiddenOk));
  const everywhere = (one) => Number(Boolean(one.closest(".topbar"))); // what this page offers comes first
  found.sort((one, other) => everywhere(one) - everywhere(other));
  const commands = found.map((one) => {
    const entry = help.querySelector(`[data-shortcut="${CSS.escape(one.dataset.key ?? "")}"]`);
    const named = entry && one.matches("input, textarea, select") ? entry.querySelector("dt").textContent : words(one);
    const key = entry && (single || entry.dataset.single === undefined) ? entry.querySelector("dd").textContent : "";
    return { words: named, key: key.trim(), run: () => use(one) };
  });
  for (const one of queues()) commands.push({ words: `Antrean: ${one.words}`, key: "", run: () => location.assign(one.href) });
  if (single) commands.push({ words: "Pintasan di halaman ini", key: own["?"] ?? "?", run: showHelp });
  return commands.filter((one, place) => one.words && commands.findIndex((other) => other.words === one.words) === place);
}

function searching(text) {
  const field = document.getElementById("q");
  if (!field || text.length < 2) return [];
  const number = /^\d{2}-?\d{5}-?\d$/.test(text);
  const go = () => {
    field.value = text;
    field.form.requestSubmit();
  };
  return [{ words: number ? `Buka aduan nomor ${text}` : `Cari “${text}” di semua aduan`, key: "", run: go, number }];
}

function mark(place) {
  marked = place;
  for (const [at, one] of [...list.children].entries()) one.setAttribute("aria-selected", String(at === place));
  const chosen = list.children[place];
  if (!chosen) return typed.removeAttribute("aria-activedescendant");
  typed.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView({ block: "nearest" });
}

function option(command, place) {
  const item = document.createElement("li");
  Object.assign(item, { id: `perintah-${place}`, textContent: command.words });
  item.setAttribute("role", "option");
  if (command.key) item.append(Object.assign(document.createElement("kbd"), { textContent: command.key }));
  item.addEventListener("click", () => run(command));
  item.addEventListener("pointermove", () => marked !== place && mark(place));
  return item;
}

function filter() {
  const text = typed.value.trim();
  const parts = text.toLowerCase().split(/\s+/);
  const fitting = commands.filter((one) => parts.every((part) => one.words.toLowerCase().includes(part)));
  const more = searching(text);
  shown = more[0]?.number ? [...more, ...fitting] : [...fitting, ...more];
  list.replaceChildren(...shown.map(option));
  list.hidden = shown.length === 0;
  typed.setAttribute("aria-expanded", String(shown.length > 0));
  palette.querySelector(".palette-count").textContent = shown.length ? `${shown.length} pilihan` : "Tidak ada perintah yang cocok.";
  mark(0);
}

function run(command) {
  palette.close();
  command?.run();
}

function showPalette() {
  commands = offered();
  typed.value = "";
  palette.showModal();
  filter();
  typed.focus();
}

typed.addEventListener("input", filter);
typed.addEventListener("keydown", (event) => {
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  if (event.isComposing || (!moves[event.key] && event.key !== "Enter")) return;
  event.preventDefault();
  if (event.key === "Enter") run(shown[marked]);
  else if (shown.length) mark((marked + moves[event.key] + shown.length) % shown.length);
});
palette.addEventListener("click", (event) => event.target === palette && palette.close());
