// Rows by keyboard: j and k move, Enter opens (the row's link has the focus), x selects. A row is [data-row] with a link inside.

/** @param {number} step 1 or -1 */
export function moveRow(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (rows.length === 0) {
    moveAlong(step);
    return;
  }
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  (row.matches("a, button") ? row : row.querySelector("a, button"))?.focus();
}

// The list that the open page was opened from, for this tab only: addresses with numbers, no names.
const keptAs = "cp-list";

/** @param {Element | null} target what was clicked: a row of a list, or something else */
export function rememberList(target) {
  if (!target?.closest("[data-row]")) return;
  const paths = [...document.querySelectorAll("[data-row]")].map((row) => (row.matches("a") ? row : row.querySelector("a"))?.pathname);
  sessionStorage.setItem(keptAs, JSON.stringify(paths.filter(Boolean)));
}

/** On the page of one row, j and k go on along its list. */
function moveAlong(step) {
  const list = JSON.parse(sessionStorage.getItem(keptAs) ?? "[]");
  const at = list.indexOf(location.pathname);
  const next = at < 0 ? undefined : list[at + step];
  if (next) window.Blazor?.navigateTo(next);
}

export function selectRow() {
  document.activeElement?.closest("[data-row]")?.querySelector("input[type=checkbox]")?.click();
}

/** Space shows what a row is about; on anything but a row's link it does what it always does. */
export function previewRow() {
  const active = document.activeElement;
  const preview = active?.matches("a") ? active.closest("[data-row]")?.querySelector("[data-preview]") : null;
  return preview ? () => preview.click() : null;
}

const openers = new Map();

/** Dialogs that a page renders open themselves: the server cannot call showModal. One that it takes away gives the focus back, as a closed one would. */
export function openDialogs() {
  for (const [dialog, opener] of openers) {
    if (dialog.isConnected) continue;
    openers.delete(dialog);
    if (document.activeElement === document.body) (whereToReturn(opener) ?? document.getElementById("content"))?.focus({ preventScroll: true });
  }
  for (const dialog of document.querySelectorAll("dialog[data-modal]:not([open])")) {
    openers.set(dialog, document.activeElement);
    dialog.showModal();
  }
}

// What was clicked may lie in a menu that has closed, or be gone with what it changed.
function whereToReturn(opener) {
  if (!opener?.isConnected || opener === document.body) return null;
  return opener.closest("details.menu:not([open])")?.querySelector("summary") ?? opener;
}
