// Where the focus goes when another page is shown.

/** @param {boolean} isFirst the page that the browser itself asked for: whoever was quicker than the circuit keeps the focus */
export function arrive(isFirst) {
  const start = document.querySelector("[data-first-focus]") ?? document.querySelector("h1");
  if (start && !(isFirst && document.activeElement !== document.body)) {
    if (start.matches("h1")) start.tabIndex = -1; // a heading takes the focus only when it may
    start.focus({ preventScroll: true });
  }
  document.documentElement.dataset.arrived = location.pathname;
}
