// Choosing rows: x one, Shift+x all from the last chosen one to here. Forms work without this.

const boxes = [...document.querySelectorAll("[data-pick]")];
const bar = document.querySelector("[data-bulk]");
const most = Number(bar?.dataset.bulk ?? 0);
const ROW = ".row, [data-row]"; // of a list, or of a table
let last = -1;

function show() {
  const count = boxes.filter((box) => box.checked).length;
  bar.querySelector("[data-bulk-count]").textContent = count ? `${count} dipilih` : matchMedia("(pointer: coarse)").matches ? "Pilih aduan" : "Pilih aduan (x)";
  bar.querySelector("button:not([data-pick-all])").disabled = count === 0 || count > most;
}

function here() {
  const row = document.activeElement.closest?.(ROW) ?? document.querySelector(".row[aria-current]");
  return boxes.findIndex((box) => box.closest(ROW) === row);
}

function choose(whole) {
  const place = here();
  if (place < 0) return;
  if (whole && last >= 0) {
    const [from, to] = [Math.min(last, place), Math.max(last, place)];
    for (const box of boxes.slice(from, to + 1)) box.checked = true;
  } else {
    boxes[place].checked = !boxes[place].checked;
  }
  last = place;
  show();
}

if (bar) {
  show();
  for (const [place, box] of boxes.entries()) {
    box.addEventListener("change", () => {
      last = place;
      show();
    });
  }
  const all = bar.querySelector("[data-pick-all]");
  all.hidden = false;
  all.addEventListener("click", () => {
    const some = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = some;
    show();
  });
  // keys.js says which key was pressed, as people have set it
  document.addEventListener("pilih", (event) => choose(event.detail.whole));
}
