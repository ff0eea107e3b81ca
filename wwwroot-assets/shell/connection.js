// What a person typed outlives the line and the server. While the line is down the fields stay usable; when it is back the server hears of them again;
// when the server was restarted the page loads anew and the fields are filled as they were.
const keptAs = "cp-kept-text";
const keptFor = 60 * 60 * 1000; // an hour: older text would surprise
const touched = new Set();
const bar = document.getElementById("components-reconnect-modal");

export function guardTypedText() {
  document.addEventListener("input", (event) => { if (isKept(event.target)) touched.add(event.target); }, true);
  // Another language, theme or zone loads the page anew and costs no work.
  document.addEventListener("submit", (event) => { if (event.target.matches("[action^='account/']:not([action*='sign'])")) keep(); });
  // What was sent or saved is no longer unsaved.
  document.addEventListener("submit", (event) => { for (const field of touched) if (event.target.contains(field)) touched.delete(field); }, true);
  if (bar) new MutationObserver(follow).observe(bar, { attributeFilter: ["class"] });
  addEventListener("pagehide", () => { if (isDown()) keep(); });
  restore();
}

function isDown() {
  return ["show", "failed", "rejected"].some((state) => bar?.classList.contains("components-reconnect-" + state));
}

let wasDown = false;

function follow() {
  if (bar.classList.contains("components-reconnect-rejected")) reload(); // the server was restarted and knows this page no more
  else if (bar.classList.contains("components-reconnect-failed")) waitForServer();
  else if (wasDown && !isDown()) for (const field of touched) announce(field);
  wasDown = isDown();
}

function reload() {
  keep();
  location.reload();
}

let isWaiting = false;

async function waitForServer() {
  if (isWaiting) return;
  isWaiting = true;
  while (isDown()) {
    try {
      if ((await fetch("/health/live", { cache: "no-store" })).ok) { reload(); return; }
    } catch { /* still away */ }
    await new Promise((done) => setTimeout(done, 2000));
  }
  isWaiting = false;
}

function isKept(field) {
  return field instanceof HTMLElement && field.matches("textarea, select, input:not([type=password], [type=file], [type=hidden], [type=submit])") && !field.closest("[data-forget]");
}

// Null where nothing tells the field from others: then it outlives the line, but no new page.
function nameOf(field) {
  if (field.dataset.keep) return `[data-keep="${CSS.escape(field.dataset.keep)}"]`; // one of several of its kind that are shown in turn
  if (field.id) return "#" + CSS.escape(field.id);
  if (field.getAttribute("name")) return `[name="${CSS.escape(field.getAttribute("name"))}"]`;
  return field.matches("[data-list-filter]") ? "[data-list-filter]" : null;
}

function keep() {
  const fields = [...touched].filter((field) => field.isConnected && nameOf(field)).map((field) => ({ at: nameOf(field), part: field.dataset.keep ?? null, value: field.value, checked: field.checked ?? null }));
  if (fields.length > 0) sessionStorage.setItem(keptAs, JSON.stringify({ path: location.pathname, at: Date.now(), fields }));
}

function restore() {
  const kept = JSON.parse(sessionStorage.getItem(keptAs) ?? "null");
  sessionStorage.removeItem(keptAs);
  if (!kept || kept.path !== location.pathname || Date.now() - kept.at > keptFor) return;
  let left = kept.fields;
  const fill = () => {
    if (document.querySelector(".app:not([data-live=true])")) return; // before that nobody would hear of it; pages outside the shell are plain forms
    if (location.pathname !== kept.path) left = []; // the person went elsewhere, where fields may have the same names
    for (const entry of left) {
      if (put(entry)) left = left.filter((other) => other !== entry);
      else if (isOpening(entry)) break;
    }
    if (left.length === 0) watch.disconnect();
  };
  const watch = new MutationObserver(fill); // a field may come late: with its data, or when its dialog is opened
  watch.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-live", "aria-pressed"] });
  fill();
}

/** Presses, once each, the buttons that show the part of the page where the field stands; true while one of them is on its way. */
function isOpening(entry) {
  if (!entry.part) return false;
  const button = [...document.querySelectorAll(`[data-opens~="${CSS.escape(entry.part)}"]`)].find((one) => one.getAttribute("aria-pressed") !== "true");
  if (!button) return false;
  entry.pressed ??= new Set();
  if (!entry.pressed.has(button)) {
    entry.pressed.add(button);
    button.click();
  }
  return true;
}

function put({ at, value, checked }) {
  const field = document.querySelector(at);
  if (!field) return false;
  if (field.type === "checkbox" || field.type === "radio") field.checked = checked; else field.value = value;
  touched.add(field);
  announce(field);
  return true;
}

function announce(field) {
  if (!field.isConnected) return;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}
