// The last things a person looked at, for the empty search window. Kept for this tab only, and gone with the signing out: titles name customers.
const keptAs = "cp-visited";
const keptCount = 8;

export function noteVisit() {
  if (location.pathname === "/sign-in") sessionStorage.removeItem(keptAs);
  const title = document.querySelector("title");
  const note = () => {
    if (!document.querySelector(".app")) return;
    const visit = { href: location.pathname + location.search, title: document.title.replace(/ · CampaignPortal$/, "") };
    const rest = read().filter((other) => other.href.split("?")[0] !== location.pathname);
    sessionStorage.setItem(keptAs, JSON.stringify([visit, ...rest].slice(0, keptCount + 1)));
  };
  note();
  new MutationObserver(note).observe(title ?? document.head, { childList: true, subtree: true, characterData: true });
}

export function showVisited(dialog) {
  const list = dialog.querySelector("[data-visited]");
  if (!list) return;
  list.replaceChildren(...read().filter((visit) => visit.href.split("?")[0] !== location.pathname).map((visit) => {
    const link = Object.assign(document.createElement("a"), { className: "hit", href: visit.href, textContent: visit.title });
    link.dataset.closeDialog = "";
    const line = document.createElement("li");
    line.append(link);
    return line;
  }));
}

function read() {
  return JSON.parse(sessionStorage.getItem(keptAs) ?? "[]");
}
