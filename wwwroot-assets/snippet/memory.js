// What the browser remembers between pages, and only after consent. Where storage is forbidden, it is the page's own memory.
const keys = { visitor: "cp.visitor", user: "cp.user", queue: "cp.queue", consent: "cp.consent" };

export function createMemory() {
  const own = {};
  const get = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return own[key] ?? null;
    }
  };
  const set = (key, value) => {
    own[key] = value;
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch { /* full or forbidden: this page remembers */ }
  };
  const forget = (...names) => names.forEach((name) => set(name, null));
  const newVisitor = () => "v-" + (crypto.randomUUID?.() ?? Math.random().toString(36).slice(2));
  return {
    visitor() {
      let id = get(keys.visitor);
      if (!id) set(keys.visitor, (id = newVisitor()));
      return id;
    },
    user: () => get(keys.user),
    setUser: (id) => set(keys.user, id),
    newVisitor,
    /** Forgets who it was; what waits names its person itself and is still delivered. */
    reset: () => forget(keys.visitor, keys.user),
    /** @returns {boolean | null} null while the visitor has not answered on this site */
    consent: () => ({ yes: true, no: false })[get(keys.consent)] ?? null,
    setConsent(isGranted) {
      if (!isGranted) forget(keys.visitor, keys.user, keys.queue);
      set(keys.consent, isGranted ? "yes" : "no"); // the refusal itself has to be remembered, and says nothing of anybody
    },
    queue() {
      try {
        return JSON.parse(get(keys.queue)) ?? [];
      } catch {
        return [];
      }
    },
    setQueue: (entries) => set(keys.queue, entries.length ? JSON.stringify(entries) : null),
  };
}
