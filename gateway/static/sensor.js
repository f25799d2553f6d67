// Black boxes by dragging over a photo; the numbers beside it stay the form. Works without this file.

const surface = document.querySelector("[data-redact] svg");
const rows = document.getElementById("boxes");
const NS = "http://www.w3.org/2000/svg";

function place(event) {
  const frame = surface.getBoundingClientRect();
  const within = (value) => Math.min(Math.max(value, 0), 1000);
  return [within(((event.clientX - frame.left) / frame.width) * 1000), within(((event.clientY - frame.top) / frame.height) * 1000)];
}

function draw(box, [x1, y1], [x2, y2]) {
  const values = { x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) };
  for (const [name, value] of Object.entries(values)) box.setAttribute(name, Math.round(value));
  return values;
}

function follow() {
  const boxes = [...surface.querySelectorAll("rect")];
  [...rows.querySelectorAll(".redact-row")].forEach((row, at) => {
    const read = (name) => Number(row.querySelector(`[name=${name}]`).value) * 10;
    draw(boxes[at], [read("x"), read("y")], [read("x") + read("w"), read("y") + read("h")]);
    boxes[at].classList.toggle("struck", row.querySelector("[name=hapus]").checked);
  });
}

if (surface) {
  let box = null;
  let start = null;
  surface.addEventListener("pointerdown", (event) => {
    surface.setPointerCapture(event.pointerId);
    start = place(event);
    box = surface.appendChild(document.createElementNS(NS, "rect"));
    event.preventDefault();
  });
  surface.addEventListener("pointermove", (event) => {
    if (box) draw(box, start, place(event));
  });
  surface.addEventListener("pointerup", (event) => {
    if (!box) return;
    const values = draw(box, start, place(event));
    box = null;
    const form = surface.closest("form");
    if (values.width < 5 || values.height < 5) surface.lastChild.remove();
    else {
      for (const [name, value] of [["x", values.x], ["y", values.y], ["w", values.width], ["h", values.height]]) {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name, value: (value / 10).toFixed(1) });
        form.append(field);
      }
      form.querySelector("[name=step][value='']").click();
    }
  });
  rows.addEventListener("input", follow);
}
