// What pages of the office do while they are open: hear what changed, show who is there, keep text
// safe when the session or the connection ends. Every page works without this file.

const place = document.getElementById("langsung");
const here = place.dataset;
const LOST_MS = 10000; // a stream that is silent this long counts as lost
const SILENT_MS = 40000; // its pulse comes every 15 s
const POLL_MS = 20000;
const BEAT_MS = 15000;
const WRITING_MS = 20000;
let heardAt = 0;
let lostAt = 0;
let answeredAt = Date.now();

// ---- asking: every answer also tells whether the session and the connection still stand
async function ask(address, fields) {
  const options = { headers: { "X-Requested-With": "fetch" } };
  if (fields) Object.assign(options, { method: "POST", body: new URLSearchParams({ ...fields, csrf_token: token() }) });
  let answer;
  try {
    answer = await fetch(address, options);
  } catch {
    connected(false);
    return null;
  }
  connected(true);
  if (answer.status === 401 || (answer.status === 400 && fields)) sessionEnded();
  if (!answer.ok) return null;
  answeredAt = Date.now();
  return answer.json();
}

function token() {
  return document.querySelector("input[name=csrf_token]")?.value ?? "";
}

// ---- the stream: names only; one for all tabs of a browser, the others hear it from that tab
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("arus") : null;

function pulse(names = []) {
  [heardAt, lostAt] = [Date.now(), 0];
  hear(names);
}

function tellTabs(message) {
  tabs?.postMessage(message);
}

function openStream() {
  const source = new EventSource(here.stream, { withCredentials: true });
  source.addEventListener("denyut", () => {
    pulse();
    tellTabs({ names: [] });
  });
  source.addEventListener("message", (event) => {
    const names = event.data.split(" ");
    pulse(names);
    tellTabs({ names });
  });
  source.addEventListener("error", () => {
    lostAt ||= Date.now();
    tellTabs({ lost: true });
    // 204 at the cap, or no session: asking goes on, and a minute later another try.
    if (source.readyState === EventSource.CLOSED) setTimeout(openStream, 60000);
  });
}

if (here.stream) {
  tabs?.addEventListener("message", (event) => {
    if (event.data.lost) lostAt ||= Date.now();
    else pulse(event.data.names);
  });
  if (navigator.locks) navigator.locks.request("arus", () => new Promise(openStream));
  else openStream();
}

function streams() {
  const now = Date.now();
  return now - heardAt < SILENT_MS && !(lostAt && now - lostAt > LOST_MS);
}

function sayLive() {
  const words = document.querySelector("[data-live]");
  if (words) words.textContent = streams() ? "langsung: aktif" : "langsung: tidak aktif";
}

// ---- lists: rows never move by themselves, a line says how much changed
const poll = document.querySelector("[data-poll]");
const said = document.querySelector("[data-news]");
const title = document.title;
let urgentBefore = 0;
let listDue = null;

async function askForNews() {
  if (!poll || document.hidden) return;
  const news = await ask(poll.dataset.poll);
  if (news) showNews(news);
}

function showNews(news) {
  if (!news.berubah && !news.mendesak) return;
  const count = news.berubah || news.mendesak;
  said.hidden = false;
  said.querySelector("[data-news-words]").textContent = news.mendesak
    ? `${news.mendesak} pesan mendesak, ${count} pembaruan,`
    : `${count} pembaruan,`;
  document.title = `${news.mendesak ? "MENDESAK " : ""}(${count}) ${title}`;
  if (news.mendesak > urgentBefore && localStorage.getItem("nada") === "ya") ring();
  urgentBefore = news.mendesak;
}

function ring() {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  tone.frequency.value = 880;
  tone.connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.4);
}

// ---- a case: a heartbeat says that we are here and brings what the page does not show yet
const open = document.querySelector("[data-case]");
const thread = document.querySelector("[data-newest]");
let wroteAt = 0;
let caseDue = null;

async function beat() {
  if (!open || document.hidden) return;
  const way = Date.now() - wroteAt < WRITING_MS ? "tulis" : "buka";
  const seen = { cara: way, versi: open.dataset.version, pesan: open.dataset.message };
  const news = await ask(open.dataset.case, seen);
  if (!news) return;
  open.dataset.name = news.nama;
  show(open.querySelector("[data-people]"), news.hadir.join(", "));
  show(open.querySelector("[data-changed]"), news.berubah);
  if (news.pesan) append(news);
  else if (news.jumlah) show(open.querySelector("[data-new-messages]"), `${news.jumlah} pesan baru`);
  open.hidden = ![...open.children].some((child) => !child.hidden);
}

function show(line, words) {
  line.hidden = !words;
  const target = line.querySelector("[data-words]");
  if (target.textContent !== words) target.textContent = words;
}

function append(news) {
  open.dataset.message = news.terakhir;
  if (!thread) return;
  const atEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 60;
  thread.insertAdjacentHTML("beforeend", news.pesan);
  const fold = thread.closest("details"); // a PD reads messages in one
  if (fold) fold.querySelector(".count").textContent = thread.childElementCount;
  if (atEnd && fold?.open !== false) thread.scrollTop = thread.scrollHeight;
  else show(open.querySelector("[data-new-messages]"), `${news.jumlah} pesan baru`);
}

// ---- ticks: what became of messages in the thread, each in its place
const MOST_MARKS = 20;
const moved = new Set(); // numbers of messages whose marks are not shown yet
let asking = false; // one question at a time, so that no older answer comes last

function markers() {
  return thread ? [...thread.querySelectorAll("[data-parts]")] : [];
}

function isBusy(place) {
  return place.contains(document.activeElement) || [...place.querySelectorAll("textarea")].some((area) => area.value);
}

async function showMarks() {
  const places = new Map(markers().map((place) => [place.dataset.parts, place]));
  for (const number of [...moved]) if (!places.has(number)) moved.delete(number);
  const wanted = [...moved].filter((number) => !isBusy(places.get(number))).slice(0, MOST_MARKS);
  if (asking || document.hidden || !wanted.length) return;
  for (const number of wanted) moved.delete(number);
  asking = true;
  const query = new URLSearchParams(wanted.map((number) => ["pesan", number]));
  query.set("kembali", location.pathname + location.search);
  const marks = await ask(`${thread.dataset.marks}?${query}`);
  asking = false;
  if (!marks) return;
  const atEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 60;
  for (const [number, lines] of Object.entries(marks)) {
    if (isBusy(places.get(number))) moved.add(number);
    else renew(places.get(number), lines);
  }
  if (atEnd) thread.scrollTop = thread.scrollHeight;
  if (moved.size) soonMarks();
}

function renew(place, lines) {
  const fresh = document.createElement("div");
  fresh.innerHTML = lines;
  if (fresh.textContent.trim() !== place.textContent.trim()) place.replaceChildren(...fresh.childNodes);
}

let marksDue = null;
function soonMarks() {
  marksDue ??= setTimeout(() => ((marksDue = null), showMarks()), 300);
}

// Without a stream: the newest that may still move.
function askForMarks() {
  const unsettled = markers().filter((place) => place.querySelector(".part:not(.read)"));
  for (const place of unsettled.slice(-MOST_MARKS)) moved.add(place.dataset.parts);
  showMarks();
}

thread?.addEventListener("focusout", () => moved.size && soonMarks());

// ---- the line on the channels
const channels = document.querySelector("[data-channels]");

async function askForChannels() {
  if (!channels || document.hidden) return;
  const news = await ask(channels.dataset.channels);
  if (!news || channels.contains(document.activeElement)) return;
  const fresh = document.createElement("div");
  fresh.innerHTML = news.baris;
  const shown = [...channels.children].filter((child) => !child.querySelector("[data-live]"));
  const words = (parts) => parts.map((part) => part.textContent.trim()).join(" ");
  if (words(shown) === words([...fresh.children])) return;
  for (const child of shown) child.remove();
  channels.prepend(...fresh.children);
}

document.addEventListener("input", (event) => {
  if (!open || !event.target.matches("textarea")) return;
  const fresh = Date.now() - wroteAt > WRITING_MS;
  wroteAt = Date.now();
  if (fresh) beat();
});

addEventListener("pagehide", () => {
  if (!open) return;
  navigator.sendBeacon(open.dataset.case, new URLSearchParams({ cara: "pergi", csrf_token: token() }));
});

// ---- text in work follows its writer to another device; what is sent is forgotten by the server
const desk = document.querySelector("textarea[data-draft]");
const visit = String(Math.random()).slice(2);
const SAVE_MS = 4000;
let known = { teks: "", tanda: "" }; // what the server holds, as far as this page knows
let saveDue = null;
let offered = false;

function draftNow() {
  return { kunci: desk.dataset.keep, teks: desk.value, halaman: visit, tanda: known.tanda };
}

async function saveDraft() {
  saveDue = null;
  if (offered || desk.value === known.teks) return;
  const teks = desk.value;
  const answer = await ask(desk.dataset.draft, draftNow());
  if (answer?.lain) offerDraft(answer.lain);
  else if (answer) known = { teks, tanda: answer.tanda };
}

async function findDraft() {
  const answer = await ask(`${desk.dataset.draft}?${new URLSearchParams({ kunci: desk.dataset.keep })}`);
  if (!answer?.lain) return saveDraft();
  if (answer.lain.text === desk.value) known = { teks: desk.value, tanda: answer.lain.mark };
  else offerDraft(answer.lain);
}

function offerDraft(other) {
  offered = true;
  const bar = document.querySelector("[data-draft-offer]").content.firstElementChild.cloneNode(true);
  bar.querySelector("[data-at]").textContent = other.at;
  bar.querySelector("q").textContent = other.text.length > 60 ? `${other.text.slice(0, 60)}…` : other.text;
  const settle = (text) => {
    [known, offered] = [{ teks: other.text, tanda: other.mark }, false];
    desk.value = text;
    desk.form.dataset.open = ""; // a narrow page folds it
    desk.dispatchEvent(new Event("input", { bubbles: true }));
    bar.remove();
    desk.focus();
  };
  bar.querySelector("[data-take]").addEventListener("click", () => settle(other.text));
  bar.querySelector("[data-drop]").addEventListener("click", () => settle(desk.value));
  desk.form.prepend(bar);
}

if (desk && !desk.disabled) {
  desk.addEventListener("input", () => (saveDue ??= setTimeout(saveDraft, SAVE_MS)));
  desk.form.addEventListener("formdata", (event) => {
    event.formData.set("tulisan", desk.dataset.keep);
    event.formData.set("halaman", visit);
  });
  addEventListener("pagehide", () => {
    if (offered || desk.value === known.teks) return;
    navigator.sendBeacon(desk.dataset.draft, new URLSearchParams({ ...draftNow(), csrf_token: token() }));
  });
  findDraft();
}

// ---- what a name means for this page
function hear(names) {
  if (names.includes("kotak")) listDue ??= setTimeout(() => ((listDue = null), askForNews()), 1000);
  if (open && names.includes(open.dataset.name)) caseDue ??= setTimeout(() => ((caseDue = null), beat()), 500);
  if (names.includes("saya")) checkSession();
  if (names.includes("kanal")) askForChannels();
  for (const name of names) if (name.startsWith("kirim:")) moved.add(name.slice(6));
  if (moved.size) soonMarks();
  if (document.activeElement?.matches("textarea, input")) return;
  sayLive();
}

// ---- the session: a dialog over the page, never away from it
const sessionDialog = document.getElementById("sesi");

function sessionEnded() {
  if (!sessionDialog.open) sessionDialog.showModal();
}

async function checkSession() {
  const answer = await fetch(here.session, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok) return false;
  const found = await answer.json();
  if (String(found.id) !== here.user) location.assign("/");
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = found.token;
  answeredAt = Date.now();
  for (const mark of document.querySelectorAll("[data-mine]")) [mark.hidden, mark.textContent] = [!found.saya, found.saya];
  if (sessionDialog.open) sessionDialog.close();
  return true;
}

sessionDialog.addEventListener("cancel", (event) => event.preventDefault());
sessionDialog.querySelector("[data-check]").addEventListener("click", async () => {
  sessionDialog.querySelector("[data-still]").hidden = await checkSession();
});
addEventListener("focus", () => sessionDialog.open && checkSession());

// A page that slept asks first: a form sent without a session would lose its place.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const asleep = Date.now() - answeredAt > 120000;
    if (!asleep || form.method !== "post" || !form.querySelector("textarea")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    checkSession().then((stands) => (stands ? form.requestSubmit(button) : sessionEnded()));
  },
  true,
);

// ---- the connection: text stays on this device, what sends waits
const bar = document.getElementById("terputus");
let online = true;

function connected(works) {
  if (works === online) return;
  online = works;
  const kept = [...document.querySelectorAll("textarea[data-keep]")].filter((area) => area.value.trim());
  const waiting = kept.length ? `Tersambung lagi. ${kept.length} tulisan belum terkirim.` : "Tersambung lagi.";
  bar.hidden = false;
  bar.dataset.tone = works ? "good" : "bad";
  bar.querySelector("[data-words]").textContent = works
    ? waiting
    : "Koneksi terputus. Tulisan Anda tersimpan di perangkat ini.";
  const look = bar.querySelector("[data-look]");
  look.hidden = !(works && kept.length);
  look.onclick = () => kept[0].focus();
  for (const button of document.querySelectorAll("form[method=post] button:not([type=button])")) {
    if (!works && !button.disabled) Object.assign(button, { disabled: true, title: "Koneksi terputus" }).dataset.waits = "ya";
    else if (works && button.dataset.waits) (button.disabled = false), (button.title = ""), delete button.dataset.waits;
  }
  if (works && !kept.length) setTimeout(() => (bar.hidden = online), 5000);
}

addEventListener("offline", () => connected(false));
addEventListener("online", () => checkSession().then(() => connected(true)));

// ---- time
function askForMore() {
  askForMarks();
  askForChannels();
}

document.addEventListener("visibilitychange", () => document.hidden || (askForNews(), beat(), askForMore()));
setInterval(sayLive, 2000);
setInterval(() => streams() || (askForNews(), askForMore()), POLL_MS);
setInterval(() => streams() && (askForNews(), askForMore()), 3 * POLL_MS);
setInterval(beat, BEAT_MS);
checkSession();
beat();
