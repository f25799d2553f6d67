// The phone page: chooses, sends, and asks once a second what is new.
import { drawCall, listenToCall } from "./call.js";
import { channelName, drawEvents, drawThread, icon, make, shortTime, summary } from "./render.js";

const POLL_MS = 1000;
// These faults belong to one address; the others work everywhere.
const OF_ONE_CITIZEN = new Set(["blocked", "not_registered"]);
const one = (selector) => document.querySelector(selector);

const thread = one("[data-thread]");
const input = one("#tulis");
const people = one("#warga");
const state = { channel: "whatsapp", citizen: people.value, version: "", messages: [], faults: [], chips: [], context: null, asked: 0 };
const names = new Map([...people.options].map((option) => [option.value, option.textContent]));
let addresses = new Map();

async function ask(path, values) {
  const options = values ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(values) } : {};
  const answer = await fetch(path, options);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.error ?? `Galat ${answer.status}`);
  return body;
}

function complain(text) {
  const line = one("[data-error]");
  line.textContent = text;
  line.hidden = !text;
}

// What is asked for may change while an answer is on its way: an old answer is dropped.
async function refresh() {
  const asked = ++state.asked;
  const query = new URLSearchParams({ citizen: state.citizen, channel: state.channel, version: state.version });
  const view = await ask(`/api/view?${query}`);
  if (asked !== state.asked || !view.messages) return;
  Object.assign(state, { version: String(view.version), messages: view.messages, faults: view.faults });
  state.call = view.calls[0];
  drawThread(thread, view.messages, state.channel);
  drawCall(state.call);
  drawEvents(one("[data-events]"), view.events, names);
  one("[data-no-events]").hidden = view.events.length > 0;
  one("[data-clock]").textContent = shortTime(view.clock.now);
  const hours = Math.round(view.clock.shift_s / 3600);
  one("[data-shift]").textContent = hours ? `${hours} jam lebih maju` : "sama dengan jam ini";
  showFaults();
}

async function poll() {
  try {
    await refresh();
    if (one("[data-error]").dataset.lost) complain("");
    delete one("[data-error]").dataset.lost;
  } catch {
    one("[data-error]").dataset.lost = "1";
    complain("Sandbox tidak menjawab.");
  }
  setTimeout(poll, POLL_MS);
}

function isOn(name) {
  return state.faults.some((fault) => {
    const here = fault.citizen === null || (fault.citizen === state.citizen && fault.channel === state.channel);
    return fault.name === name && here;
  });
}

function showFaults() {
  for (const box of document.querySelectorAll("[data-fault]")) box.checked = isOn(box.dataset.fault);
  const count = one("[data-fault-count]");
  count.textContent = `${state.faults.length} aktif`;
  count.hidden = state.faults.length === 0;
}

function choose(citizen, channel) {
  Object.assign(state, { citizen, channel, version: "" });
  people.value = citizen;
  location.replace(`#${citizen}/${channel}`);
  one(".phone").dataset.channel = channel;
  one("[data-channel-name]").textContent = channelName(channel);
  const address = addresses.get(citizen)?.[channel === "voice" ? "sms" : channel] ?? "";
  one("[data-address]").textContent = `${address.replace("whatsapp:", "")}.`;
  one("[data-call]").hidden = channel !== "voice";
  thread.hidden = one("[data-composer]").hidden = channel === "voice";
  for (const button of document.querySelectorAll(".channel-option")) {
    button.setAttribute("aria-pressed", String(button.dataset.channel === channel));
  }
  setContext(null);
  state.chips = [];
  drawChips();
  toggleMenu(false);
  offerWhatTheChannelCarries(channel);
  complain("");
  refresh().then(() => { thread.scrollTop = thread.scrollHeight; }, () => {});
}

// Sending

// One after the other, in the order of the presses, as a phone does it.
let line = Promise.resolve();

function inTurn(work) {
  line = line.then(work).then(() => true, (problem) => { complain(problem.message); return false; });
  return line;
}

function send(wish) {
  complain("");
  const { citizen, channel } = state;
  return inTurn(async () => {
    await ask(`/api/citizens/${citizen}/messages`, { channel, ...wish });
    await refresh();
    thread.scrollTop = thread.scrollHeight;
  });
}

// The field is emptied at once, so that the next message can be typed while this one travels; what
// could not be sent comes back.
async function submit() {
  const { context, chips } = state;
  const text = input.value.trim();
  if (!text && !chips.length) return;
  input.value = "";
  state.chips = [];
  drawChips();
  setContext(null);
  const done = context?.kind === "edit"
    ? await change("edits", context.message, text)
    : await send({ text, attachments: chips, quote: context?.message.id });
  if (done || input.value || state.chips.length) return;
  input.value = text;
  state.chips = chips;
  drawChips();
}

function change(what, message, text) {
  complain("");
  const { citizen, channel } = state;
  return inTurn(async () => {
    await ask(`/api/citizens/${citizen}/${what}`, { channel, message: message.id, text });
    await refresh();
  });
}

function setContext(context) {
  state.context = context;
  toggleMenu(false);
  one("[data-context]").hidden = !context;
  if (!context) return;
  one("[data-context-title]").textContent = context.kind === "edit" ? "Menyunting" : "Mengutip";
  one("[data-context-text]").textContent = summary(context.message);
  if (context.kind === "edit") input.value = context.message.text;
  input.focus();
}

function actInCall(path, wish) {
  complain("");
  const { citizen } = state;
  void inTurn(async () => {
    await ask(`/api/citizens/${citizen}/${path}`, wish);
    await refresh();
  });
}

// Attachments

const CHIP_NAMES = { photo: "Foto contoh", document: "Dokumen contoh" };

function drawChips() {
  const list = one("[data-chips]");
  list.hidden = state.chips.length === 0;
  list.replaceChildren(...state.chips.map((chip, number) => {
    const name = chip.filename ?? CHIP_NAMES[chip.kind];
    const button = make("button", "", name, icon("close"));
    button.type = "button";
    button.setAttribute("aria-label", `Buang ${name}`);
    button.addEventListener("click", () => { state.chips.splice(number, 1); drawChips(); });
    return make("li", "", button);
  }));
}

function attach(kind) {
  toggleMenu(false);
  if (kind === "location") return send({ location: true });
  if (kind === "voice") return send({ attachments: [{ kind }] });
  state.chips.push({ kind });
  drawChips();
  input.focus();
}

function offerWhatTheChannelCarries(channel) {
  one("[data-attach-open]").hidden = channel === "sms";
  one("[data-attach=voice]").hidden = channel === "sms";
  one("[data-attach=location]").hidden = channel === "instagram";
}

function toggleMenu(open) {
  one("[data-attach-menu]").hidden = !open;
  one("[data-attach-open]").setAttribute("aria-expanded", String(open));
  if (open) thread.scrollTop = thread.scrollHeight;
}

function readFile(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.split(",", 2)[1]));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}

async function attachOwn(files) {
  toggleMenu(false);
  for (const file of files) {
    const family = file.type.split("/")[0];
    const kind = { image: "photo", audio: "audio", video: "video" }[family] ?? "document";
    state.chips.push({ kind, filename: file.name, mime: file.type || undefined, content_base64: await readFile(file) });
  }
  drawChips();
}

// Events of the page

listenToCall(() => state.call?.id, actInCall, readFile);
thread.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.start !== undefined) return void send({ text: "/start" });
  const message = state.messages.find((candidate) => candidate.id === button.dataset.message);
  if (!message) return;
  if (button.dataset.tool === "withdraw") return void change("withdrawals", message);
  if (button.dataset.tool) return setContext({ kind: button.dataset.tool, message });
  void send({ choice: { message: message.id, payload: button.dataset.option, title: button.dataset.title } });
});

one("[data-composer]").addEventListener("submit", (event) => { event.preventDefault(); void submit(); });
input.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  void submit();
});
one("[data-context-cancel]").addEventListener("click", () => { if (state.context?.kind === "edit") input.value = ""; setContext(null); });
one("[data-attach-open]").addEventListener("click", () => toggleMenu(one("[data-attach-menu]").hidden));
one("[data-attach-file]").addEventListener("change", async (event) => { await attachOwn(event.target.files); event.target.value = ""; });
for (const button of document.querySelectorAll("[data-attach]")) button.addEventListener("click", () => void attach(button.dataset.attach));
for (const button of document.querySelectorAll(".channel-option")) button.addEventListener("click", () => choose(state.citizen, button.dataset.channel));
people.addEventListener("change", () => choose(people.value, state.channel));

for (const box of document.querySelectorAll("[data-fault]")) {
  box.addEventListener("change", async () => {
    const name = box.dataset.fault;
    const reach = OF_ONE_CITIZEN.has(name) ? { citizen: state.citizen, channel: state.channel } : {};
    await ask("/api/faults", { name, active: box.checked, ...reach }).catch((problem) => complain(problem.message));
    await refresh();
  });
}
one("[data-jump]").addEventListener("click", async () => { await ask("/api/clock", { advance_s: 25 * 3600 }); await refresh(); });
one("[data-reset]").addEventListener("click", async () => {
  if (!confirm("Kosongkan semua percakapan di simulator?")) return;
  await ask("/api/reset", {});
  choose(state.citizen, state.channel);
});

const { citizens } = await ask("/api/citizens");
addresses = new Map(citizens.map((citizen) => [citizen.id, citizen.addresses]));
const [citizen, channel] = location.hash.slice(1).split("/");
choose(names.has(citizen) ? citizen : state.citizen, channelName(channel) ? channel : "whatsapp");
void poll();
