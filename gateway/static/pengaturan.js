// Pengaturan: a text's preview follows the typing; a link brings its code behind the #.

for (const form of document.querySelectorAll("form[data-preview]")) {
  const place = form.querySelector("[data-preview-here]");
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      try {
        const answer = await fetch(form.dataset.preview, {
          method: "POST",
          body: new FormData(form),
          headers: { "X-Requested-With": "fetch" },
        });
        if (answer.ok) place.innerHTML = await answer.text();
      } catch {
        // No connection: the preview stays; the text is judged when it is saved.
      }
    }, 400);
  });
}

// The part behind the # never leaves the browser; it goes from the address bar as well.
for (const field of document.querySelectorAll("[data-from-link]")) {
  if (location.hash.length > 1 && !field.value) {
    field.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
  }
}
