// The tracking snippet: <script async src="https://portal/assets/snippet.js" data-key="cp_…" data-consent="ask"></script>
// Calls before it is loaded: window.campaignPortal = window.campaignPortal || []; campaignPortal.push(["view", {…}]).
// Nothing is stored or sent before consent. A browser that asks not to be tracked (Global Privacy Control) is believed, until its
// visitor says yes on this site. What was not delivered waits in the browser and is sent again under the same id, so nothing counts twice.
import { createQueue } from "./queue.js";
import { createMemory } from "./memory.js";

const script = document.currentScript;
const portal = new URL(script.src).origin;
const memory = createMemory();
const queue = createQueue(`${portal}/api/v1/events?key=${encodeURIComponent(script.dataset.key || "")}`, memory);
const asksNotTo = navigator.globalPrivacyControl === true;
const held = []; // calls before an answer: in this page only
let consent = memory.consent() ?? (script.dataset.consent === "granted" && !asksNotTo ? true : script.dataset.consent === "ask" && !asksNotTo ? null : false);

/** @param {object} call a call of Segment's specification, without the fields that are always the same */
function send(call) {
  if (consent === false) return;
  const entry = { messageId: crypto.randomUUID?.() ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`, timestamp: new Date().toISOString(), ...call };
  if (consent === null) {
    if (held.length < 50) held.push(entry);
    return;
  }
  deliver(entry);
}

function deliver(entry) {
  queue.add({ anonymousId: memory.visitor(), userId: memory.user() ?? undefined, ...entry });
}

const track = (event, properties) => send({ type: "track", event, properties });

const api = {
  /** A page was opened. Called once by itself unless data-page="manual". */
  page: (name) => send({ type: "page", name: name ?? document.title, properties: { path: location.pathname } }),
  /** @param {{product_id: string, name?: string, category?: string, price?: number}} item */
  view: (item) => track("Product Viewed", item),
  search: (query) => track("Products Searched", { query }),
  cart: (item) => track("Product Added", item),
  /** @param {{order_id: string, currency?: string, products: object[]}} order */
  order: (order) => track("Order Completed", order),
  track,
  /** Says who the visitor is; what this browser did before joins the customer. */
  identify(userId, traits) {
    if (consent) memory.setUser(userId);
    send({ type: "identify", userId, traits });
  },
  /** The visitor signed out: the next one may be somebody else. What this one did is still delivered, as theirs. */
  reset() {
    const anonymousId = memory.newVisitor();
    held.forEach((entry) => (entry.anonymousId ??= anonymousId)); // calls before an answer have no visitor yet: not the next one
    memory.reset();
  },
  /** @param {boolean} isGranted the visitor's own answer; it also ends what an earlier answer began */
  consent(isGranted) {
    consent = isGranted;
    memory.setConsent(isGranted);
    if (isGranted) held.forEach(deliver);
    else queue.forget();
    held.length = 0;
  },
  flush: queue.flush,
};

const early = Array.isArray(window.campaignPortal) ? window.campaignPortal : [];
window.campaignPortal = { ...api, push: ([name, ...args]) => api[name](...args) };
if (script.dataset.page !== "manual") api.page();
early.forEach(window.campaignPortal.push);
if (consent) queue.flush(); // what an earlier page could not deliver
