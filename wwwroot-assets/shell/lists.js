// Rows by keyboard: j and k move, Enter opens (the row's link has the focus), x selects. A row is [data-row] with a link inside.

/** @param {number} step 1 or -1 */
export function moveRow(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (rows.length === 0) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  (row.matches("a, button") ? row : row.querySelector("a, button"))?.focus();
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

/** Dialogs that a page renders open themselves: the server cannot call showModal. */
export function openDialogs() {
  for (const dialog of document.querySelectorAll("dialog[data-modal]:not([open])")) dialog.showModal();
}
