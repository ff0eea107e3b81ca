// The field in which a message is written: saves after a pause, inserts at the cursor, goes to a line.

const pause = 700;

/** @param {HTMLTextAreaElement} field */
export function create(field) {
  let timer = 0;
  const save = () => {
    clearTimeout(timer);
    timer = 0;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  };
  const key = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || field.dataset.format !== "Markdown") return;
    const mark = { b: "**", i: "*" }[event.key.toLowerCase()];
    if (!mark) return;
    event.preventDefault();
    insert(mark, mark, "");
  };
  const insert = (before, after, sample) => {
    const selected = field.value.slice(field.selectionStart, field.selectionEnd) || sample;
    const start = field.selectionStart + before.length;
    field.focus();
    // Keeps the browser's own undo, which setting the value would lose.
    if (!document.execCommand("insertText", false, before + selected + after)) field.setRangeText(before + selected + after);
    field.setSelectionRange(start, start + selected.length);
    save();
  };
  field.addEventListener("input", wait);
  field.addEventListener("keydown", key);
  return {
    insert,
    /** @param {number} line from 1 @param {number} column from 1 */
    goTo(line, column) {
      const at = field.value.split("\n").slice(0, line - 1).reduce((length, text) => length + text.length + 1, 0) + column - 1;
      field.focus();
      field.setSelectionRange(at, at + 1);
      field.scrollTop = Math.max(0, (line - 5) * parseFloat(getComputedStyle(field).lineHeight || "20"));
    },
    dispose() {
      if (timer) save();
      field.removeEventListener("input", wait);
      field.removeEventListener("keydown", key);
    },
  };
}
