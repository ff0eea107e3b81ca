// Shows where something that is dragged would land. Only what stands in a place of this kind is meant, no file and no text from outside.
let isOurs = false;
let over = null;

document.addEventListener("dragstart", (event) => {
  isOurs = placeOf(event) !== null && event.dataTransfer !== null;
  if (isOurs) event.dataTransfer.setData("text/plain", ""); // some browsers drag nothing that has no data
});

document.addEventListener("dragover", (event) => {
  const place = isOurs ? placeOf(event) : null;
  if (place) event.preventDefault(); // it may be dropped here
  mark(place);
});

document.addEventListener("drop", (event) => {
  if (isOurs && placeOf(event)) event.preventDefault();
  mark(null);
});

document.addEventListener("dragend", () => {
  isOurs = false;
  mark(null);
});

function placeOf(event) {
  return event.target instanceof Element ? event.target.closest("[data-drop]") : null;
}

function mark(place) {
  if (place === over) return;
  over?.removeAttribute("data-over");
  over = place;
  over?.setAttribute("data-over", "");
}
