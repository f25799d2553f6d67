// The call screen: what is spoken, and what a caller can do about it.
import { icon, make } from "./render.js";

const STATES = {
  talking: "Tersambung",
  recording: "Sedang merekam. Silakan bicara.",
  keys: "Menunggu tombol",
  ended: "Panggilan berakhir",
};
const KEYS = [..."123456789*0#"];
const one = (selector) => document.querySelector(selector);

let shown = "";

function button(name, label, values, look = "button") {
  const made = make("button", look, name ? icon(name) : null, label);
  made.type = "button";
  Object.assign(made.dataset, values);
  return made;
}

function fileButton() {
  const input = make("input", "hidden-text");
  input.type = "file";
  input.accept = "audio/*";
  input.dataset.callFile = "";
  return make("label", "button file-button", icon("paperclip"), "Berkas suara sendiri", input);
}

function keypad() {
  const keys = KEYS.map((key) => button("", key, { call: "press", key }));
  keys.forEach((key) => key.setAttribute("aria-label", `Tombol ${key.textContent}`));
  return make("div", "keypad", ...keys);
}

function actionsFor(state) {
  const hangUp = button("close", "Tutup telepon", { call: "hang_up" });
  if (state === "recording") {
    const speak = button("microphone", "Rekam suara contoh", { call: "speak" }, "button primary");
    return [speak, fileButton(), button("", "Diam saja", { call: "be_silent" }), hangUp];
  }
  if (state === "keys") return [keypad(), button("", "Tidak menekan apa pun", { call: "wait" }), hangUp];
  if (state === "talking") return [hangUp];
  const hidden = button("lock", "Sembunyikan nomor", { call: "dial", withheld: "1" });
  return [button("phone", "Telepon", { call: "dial" }, "button primary"), hidden];
}

function heardView(line) {
  if (line.verb === "beep") return make("li", "help", "(nada)");
  if (line.verb === "play") return make("li", "", "Rekaman suara: ", line.text);
  return make("li", "", line.text);
}

// Drawn anew only when something changed: who stands on a button stays there.
export function drawCall(call) {
  const drawing = JSON.stringify([call?.id, call?.state, call?.heard.length, call?.error]);
  if (drawing === shown) return;
  shown = drawing;
  const heard = one("[data-call-heard]");
  const actions = one("[data-call-actions]");
  const held = actions.contains(document.activeElement);
  heard.replaceChildren(...(call?.heard ?? []).map(heardView));
  one("[data-call-state]").textContent = call?.error
    ? `Penyedia tidak dapat memutar jawaban: ${call.error}`
    : (STATES[call?.state] ?? "Belum ada panggilan.");
  actions.replaceChildren(...actionsFor(call?.state));
  const log = one("[data-call-log]");
  log.scrollTop = log.scrollHeight;
  if (held) actions.querySelector("button")?.focus();
}

// `act(path, wish)` posts for the citizen who is chosen; `read(file)` gives its base64.
export function listenToCall(current, act, read) {
  const place = one("[data-call]");
  const doIt = (wish) => act(`calls/${current()}`, wish);
  place.addEventListener("click", (event) => {
    const { call, key, withheld } = event.target.closest("button")?.dataset ?? {};
    if (!call) return;
    if (call === "dial") act("calls", { withheld: Boolean(withheld) });
    else doIt(key ? { do: call, key } : { do: call });
  });
  place.addEventListener("change", async (event) => {
    const [file] = event.target.files ?? [];
    if (!file) return;
    doIt({ do: "speak", filename: file.name, mime: file.type || undefined, content_base64: await read(file) });
  });
}
