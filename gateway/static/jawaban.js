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

// ---- the window counts down from what the server said; this machine's clock is not asked
for (const line of document.querySelectorAll("[data-closes-in]")) {
  const start = performance.now();
  const before = line.textContent.split(" tutup dalam ")[0];
  const send = line.closest("form")?.querySelector("[data-main]");
  const timer = setInterval(() => {
    const left = Math.floor((Number(line.dataset.closesIn) - (performance.now() - start) / 1000) / 60);
    if (left >= 0) {
      const minutes = String(left % 60).padStart(left >= 60 ? 2 : 1, "0");
      line.textContent = `${before} tutup dalam ${left >= 60 ? `${Math.floor(left / 60)} jam ` : ""}${minutes} mnt`;
      return;
    }
    clearInterval(timer);
    line.textContent = `${before} baru saja tertutup. Muat ulang halaman untuk memilih templat; tulisan Anda tetap ada.`;
    if (send) send.disabled = true;
  }, 15000);
}

// ---- the preview follows the typing: the server draws it, as it draws what is sent
for (const shown of document.querySelectorAll("[data-shown]")) {
  const form = document.getElementById(shown.dataset.shown);
  const button = shown.querySelector("[data-shows]");
  if (!form || !button) continue;
  button.hidden = true;
  let timer = 0;
  let underway = new AbortController();
  const forget = () => {
    clearTimeout(timer);
    underway.abort();
  };
  const renew = async () => {
    underway = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    body.set(button.name, button.value);
    try {
      const { signal } = underway;
      const answer = await fetch(form.action, { method: "POST", body, signal, headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector(`[data-shown="${form.id}"] .preview-tabs`);
      const chosen = shown.querySelector("[name=tampilan]:checked")?.value;
      if (fresh) shown.querySelector(".preview-tabs").replaceWith(fresh);
      const tab = shown.querySelector(`[name=tampilan][value="${chosen}"]`);
      if (tab) tab.checked = true;
    } catch {
      // Offline, or asked anew: the preview stays as it was.
    }
  };
  form.addEventListener("submit", forget); // what was sent has no preview any more
  form.addEventListener("input", (event) => {
    if (event.target.name === "tampilan") return;
    forget();
    timer = setTimeout(renew, 700);
  });
}
