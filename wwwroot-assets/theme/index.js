// Decides light or dark before the first paint. The server has written data-theme when the person chose one; otherwise the system decides, now and whenever it changes.
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");
const follow = () => { root.dataset.theme = system.matches ? "dark" : "light"; };

if (!root.dataset.theme) {
  follow();
  system.addEventListener("change", follow);
}
if (readCookie("cp-sidebar") === "narrow") root.dataset.sidebar = "narrow";

function readCookie(name) {
  return document.cookie.split("; ").find((pair) => pair.startsWith(name + "="))?.slice(name.length + 1);
}
