// What the shell does without asking the server: shortcuts, the sidebar, dialogs.
import { arrive } from "./arrival.js";
import { guardTypedText } from "./connection.js";
import "./drag.js";
import { noteVisit, showVisited } from "./visited.js";
import { moveRow, openDialogs, previewRow, rememberList, selectRow } from "./lists.js";

const root = document.documentElement;
const never = -Infinity;
let goPressedAt = never;

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openSearch();
    return;
  }
  const save = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" ? document.querySelector("[data-save]") : null;
  if (save) {
    event.preventDefault();
    document.activeElement?.blur(); // a field that is being typed in says its value when it is left
    save.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !shortcutsAreOn()) return;
  if (document.querySelector("dialog[open]")) return;
  const afterGo = event.timeStamp - goPressedAt < 1200;
  goPressedAt = never; // not 0: a page counts its milliseconds from its own beginning
  const action = afterGo ? () => document.querySelector(`a[data-go="${CSS.escape(event.key)}"]`)?.click() : single(event.key, event.timeStamp);
  if (!action) return;
  event.preventDefault();
  action();
});

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("[data-toggle-sidebar]")) toggleSidebar();
  if (target?.closest("[data-open-search]")) openSearch();
  if (target?.closest("[data-open-shortcuts]")) openShortcuts();
  if (target?.closest("[data-toggle-shortcuts]")) toggleShortcuts(target.closest("[data-toggle-shortcuts]"));
  if (target?.closest("[data-toggle-menu]")) document.querySelector(".side")?.classList.toggle("open");
  else if (!target?.closest(".side") || target?.closest(".side a")) document.querySelector(".side")?.classList.remove("open");
  // A click beside a dialog's content lands on the dialog itself.
  if (target instanceof HTMLDialogElement || target?.closest("[data-close-dialog]")) target.closest("dialog")?.close();
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
  const command = target?.closest("[data-press]");
  if (command) {
    event.preventDefault();
    document.querySelector(command.dataset.press)?.click();
  }
  rememberList(target);
  const copy = target?.closest("[data-copy]");
  if (copy) navigator.clipboard?.writeText(copy.dataset.copy);
});

document.addEventListener("keydown", (event) => {
  if (event.target instanceof HTMLElement && event.target.closest("#search input")) chooseHit(event);
  if (event.key !== "Escape") return;
  const menus = document.querySelectorAll("details.menu[open]");
  for (const menu of menus) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
  // The top layer only: a dialog closes itself, a menu was above the preview.
  if (menus.length === 0 && !document.querySelector("dialog[open]")) document.querySelector("[data-close-preview]")?.click();
});

window.campaignPortal = { arrive }; // called by the server when a page is shown
guardTypedText();
noteVisit();
new MutationObserver(openDialogs).observe(document.body, { childList: true, subtree: true });
openDialogs();
reflectShortcuts();

function single(key, at) {
  switch (key) {
    case "/": return () => focusFilter();
    case "[": return () => toggleSidebar();
    case "?": return () => openShortcuts();
    case "g": return () => { goPressedAt = at; };
    case "j": return () => moveRow(1);
    case "k": return () => moveRow(-1);
    case "x": return () => selectRow();
    case " ": return previewRow();
    default: return pageKey(key);
  }
}

/** A page gives its own keys to its own buttons: data-key="n". */
function pageKey(key) {
  const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  return button ? () => button.click() : null;
}

/** The list of keys, with those of the page that is open. */
function openShortcuts() {
  const dialog = document.getElementById("shortcuts");
  const own = dialog?.querySelector("[data-page-keys]");
  if (!own) return;
  const lines = [...document.querySelectorAll("main [data-key]")].map((button) => {
    const [line, name, key] = ["li", "span", "kbd"].map((tag) => document.createElement(tag));
    name.textContent = button.getAttribute("aria-label") ?? button.textContent.trim();
    key.textContent = button.dataset.key === " " ? own.dataset.space : button.dataset.key;
    line.append(name, key);
    return line;
  });
  own.querySelector("ul").replaceChildren(...lines);
  own.hidden = lines.length === 0;
  dialog.showModal();
}

function focusFilter() {
  const filter = document.querySelector("[data-list-filter]");
  if (filter) { filter.focus(); filter.select?.(); } else openSearch();
}

function openSearch() {
  const dialog = document.getElementById("search");
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.querySelector("input")?.select();
  showVisited(dialog);
}

function chooseHit(event) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") event.preventDefault(); // the caret stays, the selection moves
  if (event.key !== "Enter") return;
  const hit = document.querySelector('#search [aria-selected="true"], #search [data-visited] a');
  if (!hit) return;
  event.preventDefault();
  if (event.ctrlKey || event.metaKey) window.open(hit.href, "_blank", "noopener");
  else hit.click();
}

// Long lists go on by themselves when their last button comes into view; the button stays for the keyboard.
let isWaiting = false;
document.addEventListener("scroll", () => {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    for (const more of document.querySelectorAll("[data-more]:not([disabled])")) if (more.getBoundingClientRect().top < innerHeight + 240) more.click();
  });
}, { passive: true });

function toggleSidebar() {
  const narrow = root.dataset.sidebar !== "narrow";
  if (narrow) root.dataset.sidebar = "narrow"; else delete root.dataset.sidebar;
  document.cookie = `cp-sidebar=${narrow ? "narrow" : "wide"}; path=/; max-age=31536000; samesite=lax`;
}

function shortcutsAreOn() { return localStorage.getItem("cp-shortcuts") !== "off"; }

function toggleShortcuts() {
  localStorage.setItem("cp-shortcuts", shortcutsAreOn() ? "off" : "on");
  reflectShortcuts();
}

function reflectShortcuts() {
  for (const button of document.querySelectorAll("[data-toggle-shortcuts]")) button.setAttribute("aria-checked", String(shortcutsAreOn()));
}

function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}
