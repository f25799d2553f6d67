// Draws the thread, the events and the switches. Everything is made with DOM calls: the texts come
// from people.
const ICONS = new URL("icons.svg", import.meta.url).pathname;
const CHANNEL_NAMES = { whatsapp: "WhatsApp", sms: "SMS", telegram: "Telegram", messenger: "Messenger", instagram: "Instagram", voice: "Telepon" };
const TICKS = {
  queued: ["check", "menunggu"],
  sent: ["check", "dikirim"],
  delivered: ["check-double", "terkirim"],
  read: ["check-double", "dibaca"],
  failed: ["alert", "gagal"],
};

const clockTime = new Intl.DateTimeFormat("id-ID", { hour: "2-digit", minute: "2-digit" });
const exactTime = new Intl.DateTimeFormat("id-ID", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const longDay = new Intl.DateTimeFormat("id-ID", { weekday: "long", day: "numeric", month: "long" });

export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon icon-s");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${ICONS}#${name}`);
  svg.append(use);
  return svg;
}

export function channelName(channel) {
  return CHANNEL_NAMES[channel] ?? "";
}

export function shortTime(text) {
  return clockTime.format(new Date(text));
}

// Addresses become links; on WhatsApp *stars* become bold.
function richText(text, channel) {
  const paragraph = make("p");
  const parts = text.split(channel === "whatsapp" ? /(https?:\/\/\S+|\*[^*\n]+\*)/ : /(https?:\/\/\S+)/);
  for (const part of parts) {
    if (/^https?:\/\//.test(part)) {
      const address = part.replace(/[.,;:!?)]+$/, "");
      const link = make("a", "", address);
      link.href = address;
      link.rel = "noreferrer";
      paragraph.append(link, part.slice(address.length));
    } else if (channel === "whatsapp" && /^\*[^*\n]+\*$/.test(part)) {
      paragraph.append(make("b", "", part.slice(1, -1)));
    } else {
      paragraph.append(part);
    }
  }
  return paragraph;
}

function fileView(file) {
  if (file.kind === "image" || file.kind === "sticker") {
    const link = make("a");
    const picture = make("img");
    picture.src = file.url;
    picture.alt = `Foto: ${file.filename}`;
    link.href = file.url;
    link.append(picture);
    return link;
  }
  if (file.kind === "voice" || file.kind === "audio" || file.kind === "video") {
    const player = make(file.kind === "video" ? "video" : "audio");
    player.controls = true;
    player.preload = "metadata";
    player.src = file.url;
    player.setAttribute("aria-label", file.kind === "video" ? "Video" : "Pesan suara");
    return player;
  }
  const link = make("a", "file", icon("case"), file.filename);
  link.href = file.url;
  link.download = file.filename;
  return link;
}

function placeView(place) {
  const degrees = `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`;
  return make("p", "place", icon("pin"), place.name ? `${place.name} (${degrees})` : degrees);
}

export function summary(message) {
  if (message.text) return message.text;
  if (message.location) return "Lokasi";
  return message.files.map((file) => file.filename).join(", ") || "Pesan";
}

function receiptView(message) {
  const [name, words] = TICKS[message.status];
  const said = message.error ? `${words} (${message.error})` : words;
  const tone = message.status === "read" || message.status === "failed" ? ` ${message.status}` : "";
  return make("span", `receipt${tone}`, icon(name), said);
}

function tool(label, name, action, message) {
  const button = make("button", "tool", icon(name));
  button.type = "button";
  button.title = label;
  button.setAttribute("aria-label", `${label}: ${summary(message).slice(0, 40)}`);
  button.dataset.tool = action;
  button.dataset.message = message.id;
  return button;
}

function tools(message) {
  const own = message.direction === "in" && !message.withdrawn;
  const found = [];
  if (message.channel !== "sms") found.push(tool("Kutip", "reply", "quote", message));
  if (own && message.channel === "telegram" && message.text) found.push(tool("Sunting", "pen", "edit", message));
  if (own && message.channel === "instagram") found.push(tool("Tarik pesan", "undo", "withdraw", message));
  return found;
}

function optionView(option, message) {
  if (option.kind === "url") {
    const link = make("a", "", option.title);
    link.href = option.payload;
    return link;
  }
  const button = make("button", "", option.title);
  button.type = "button";
  button.dataset.option = option.payload;
  button.dataset.title = option.title;
  button.dataset.message = message.id;
  return button;
}

// "in" is the citizen's own message: on the citizen's phone it stands at the right, as "out".
function messageView(message, quoted) {
  const bubble = make("div", "bubble");
  if (quoted) bubble.append(make("p", "quoted", summary(quoted)));
  if (message.withdrawn) {
    bubble.append(make("p", "withdrawn", "Pesan ditarik"));
  } else {
    bubble.append(...message.files.map(fileView));
    if (message.location) bubble.append(placeView(message.location));
    if (message.text) bubble.append(richText(message.text, message.channel));
  }
  const when = make("time", "", shortTime(message.at));
  when.dateTime = message.at;
  const head = make("p", "message-head", when);
  if (message.edited) head.append("disunting");
  head.append(receiptView(message), ...tools(message));
  const own = message.direction === "in";
  const article = make("article", own ? "message out" : "message", bubble);
  if (message.options.length) {
    article.append(make("div", "reply-buttons", ...message.options.map((one) => optionView(one, message))));
  }
  article.append(head);
  article.dataset.id = message.id;
  article.dataset.status = message.status;
  article.setAttribute("aria-label", own ? "Pesan warga" : "Pesan layanan");
  return article;
}

function dayView(date) {
  const today = new Date().toDateString() === date.toDateString();
  return make("p", "day", today ? "Hari ini" : longDay.format(date));
}

function emptyView(channel) {
  const box = make("div", "phone-empty", make("p", "", `Belum ada percakapan di ${channelName(channel)}.`));
  if (channel === "telegram") {
    const start = make("button", "button primary", "Mulai");
    start.type = "button";
    start.dataset.start = "";
    box.append(start);
  }
  return box;
}

export function drawThread(target, messages, channel) {
  const atEnd = target.scrollHeight - target.scrollTop - target.clientHeight < 80;
  const playing = [...target.querySelectorAll("audio, video")].some((player) => !player.paused);
  if (playing) return;
  const focused = target.contains(document.activeElement) ? document.activeElement.dataset : null;
  const byId = new Map(messages.map((message) => [message.id, message]));
  const children = [];
  let day = "";
  for (const message of messages) {
    const date = new Date(message.at);
    if (date.toDateString() !== day) children.push(dayView(date));
    day = date.toDateString();
    children.push(messageView(message, byId.get(message.quote)));
  }
  target.replaceChildren(...(children.length ? children : [emptyView(channel)]));
  if (atEnd) target.scrollTop = target.scrollHeight;
  if (focused?.message) {
    const again = [...target.querySelectorAll("button")].find((one) => one.dataset.message === focused.message && one.dataset.tool === focused.tool && one.dataset.title === focused.title);
    again?.focus({ preventScroll: true });
  }
}

export function drawEvents(target, events, citizenNames) {
  const lines = events.map((event) => {
    const when = make("time", "", exactTime.format(new Date(event.at)));
    when.dateTime = event.at;
    const where = [channelName(event.channel), citizenNames.get(event.citizen)].filter(Boolean).join(", ");
    const outcome = make("span", event.good ? "receipt" : "receipt failed", icon(event.good ? "check" : "alert"), event.outcome);
    return make("li", "", when, make("div", "", where ? `${where}: ${event.what}` : event.what, outcome));
  });
  target.replaceChildren(...lines);
}
