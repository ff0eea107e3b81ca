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
  return field instanceof HTMLElement && field.matches("textarea, select, input:not([type=password], [type=file], [type=hidden], [type=submit])") && !field.closest("[data-forget]") && nameOf(field) !== null;
}

function nameOf(field) {
  if (field.id) return "#" + CSS.escape(field.id);
  if (field.getAttribute("name")) return `[name="${CSS.escape(field.getAttribute("name"))}"]`;
  return field.matches("[data-list-filter]") ? "[data-list-filter]" : null;
}

function keep() {
  const fields = [...touched].filter((field) => field.isConnected).map((field) => ({ at: nameOf(field), value: field.value, checked: field.checked ?? null }));
  if (fields.length > 0) sessionStorage.setItem(keptAs, JSON.stringify({ path: location.pathname, at: Date.now(), fields }));
}

function restore() {
  const kept = JSON.parse(sessionStorage.getItem(keptAs) ?? "null");
  sessionStorage.removeItem(keptAs);
  if (!kept || kept.path !== location.pathname || Date.now() - kept.at > keptFor) return;
  let left = kept.fields;
  const fill = () => {
    if (document.querySelector(".app:not([data-live=true])")) return; // before that nobody would hear of it; pages outside the shell are plain forms
    left = left.filter((entry) => !put(entry));
    if (left.length === 0) watch.disconnect();
  };
  const watch = new MutationObserver(fill); // a field may come late: with its data, or when its dialog is opened
  watch.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-live"] });
  fill();
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
