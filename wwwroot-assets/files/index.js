// Hands the browser a file: bytes that the server made, or a drawing of the page.

/** @param {string} name @param {string} type @param {{arrayBuffer: () => Promise<ArrayBuffer>}} stream */
export async function save(name, type, stream) {
  offer(name, new Blob([await stream.arrayBuffer()], { type }));
}

/** @param {SVGElement} drawing saved with its colours written out @param {"svg"|"png"} kind */
export async function savePicture(drawing, name, title, kind) {
  const text = new XMLSerializer().serializeToString(standalone(drawing, title));
  const svg = new Blob([text], { type: "image/svg+xml" });
  if (kind === "svg") { offer(name + ".svg", svg); return; }
  const box = drawing.getBoundingClientRect();
  const picture = new Image();
  const address = URL.createObjectURL(svg);
  try {
    await new Promise((done, failed) => { picture.onload = done; picture.onerror = failed; picture.src = address; });
    const canvas = Object.assign(document.createElement("canvas"), { width: box.width * 2, height: (box.height + head) * 2 });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    offer(name + ".png", await new Promise((done) => canvas.toBlob(done, "image/png")));
  } finally {
    URL.revokeObjectURL(address);
  }
}

const head = 34; // room for the title above the drawing, in pixels

function standalone(drawing, title) {
  const box = drawing.getBoundingClientRect();
  const space = "http://www.w3.org/2000/svg";
  const page = document.createElementNS(space, "svg");
  for (const [key, value] of Object.entries({ xmlns: space, width: box.width, height: box.height + head, viewBox: `0 0 ${box.width} ${box.height + head}` })) page.setAttribute(key, value);
  const look = getComputedStyle(document.documentElement);
  const ground = page.appendChild(document.createElementNS(space, "rect"));
  for (const [key, value] of Object.entries({ width: "100%", height: "100%", fill: look.getPropertyValue("--cp-surface").trim() })) ground.setAttribute(key, value);
  const line = page.appendChild(document.createElementNS(space, "text"));
  for (const [key, value] of Object.entries({ x: 12, y: 22, "font-size": 13, "font-weight": 600, "font-family": "sans-serif", fill: look.getPropertyValue("--cp-text").trim() })) line.setAttribute(key, value);
  line.textContent = title;
  const copy = drawing.cloneNode(true);
  for (const [key, value] of Object.entries({ x: 0, y: head, width: box.width, height: box.height })) copy.setAttribute(key, value);
  writeOutLook(drawing, copy);
  page.appendChild(copy);
  return page;
}

// A file knows no style sheet and no variable: every shape carries what the page computed for it.
function writeOutLook(from, to) {
  const look = getComputedStyle(from);
  for (const name of ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "fill-opacity", "font-size", "font-weight", "text-anchor"]) to.style.setProperty(name, look.getPropertyValue(name));
  if (from.tagName === "text") to.style.fontFamily = "sans-serif";
  for (let i = 0; i < from.children.length; i++) writeOutLook(from.children[i], to.children[i]);
}

function offer(name, blob) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @param {HTMLElement} figure whose drawing is saved; the menu's icons are none */
export function savePictureOf(figure, name, title, kind) {
  const drawing = [...figure.querySelectorAll("svg")].filter((svg) => !svg.closest(".chart-menu")).sort((a, b) => area(b) - area(a))[0];
  return drawing ? savePicture(drawing, name, title, kind) : Promise.resolve();
}

function area(element) {
  const box = element.getBoundingClientRect();
  return box.width * box.height;
}
