// Delivers entries in batches: soon, again after a pause when the portal does not answer, and at once when the page goes away.
const maxWaiting = 200, batchSize = 50, beaconBytes = 60_000, soon = 200, longestPause = 60_000;

/** @param {string} address where batches go @param {ReturnType<import("./memory.js").createMemory>} memory */
export function createQueue(address, memory) {
  let timer = 0, pause = 0, isSending = false;

  const body = (batch) => JSON.stringify({ batch, sentAt: new Date().toISOString() });
  const remove = (batch) => {
    const sent = new Set(batch.map((entry) => entry.messageId));
    memory.setQueue(memory.queue().filter((entry) => !sent.has(entry.messageId)));
  };

  function plan(delay) {
    clearTimeout(timer);
    timer = setTimeout(flush, delay);
  }

  async function flush() {
    const batch = memory.queue().slice(0, batchSize);
    if (isSending || !batch.length || navigator.onLine === false) return;
    isSending = true;
    let wait = null;
    try {
      // A simple request: plain text and no header of ours, so that the browser need not ask first.
      const answer = await fetch(address, { method: "POST", body: body(batch), keepalive: true, credentials: "omit", headers: { "Content-Type": "text/plain" } });
      if (answer.ok || (answer.status < 500 && answer.status !== 429 && answer.status !== 408)) remove(batch); // what was refused for good is not sent for ever
      else wait = Number(answer.headers.get("Retry-After")) * 1_000 || null;
      pause = answer.ok ? 0 : next();
    } catch {
      pause = next();
    }
    isSending = false;
    if (memory.queue().length) plan(pause ? wait ?? pause : 0);
  }

  const next = () => Math.min(longestPause, (pause || 500) * 2) * (0.8 + 0.4 * Math.random());

  // A beacon cannot say whether it arrived: what it carries stays in the queue, and the portal knows a repeated id.
  function leave() {
    const batch = memory.queue().slice(0, batchSize);
    while (batch.length && body(batch).length > beaconBytes) batch.pop();
    if (batch.length) navigator.sendBeacon?.(address, body(batch));
  }

  addEventListener("online", () => plan(0));
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());

  return {
    add(entry) {
      memory.setQueue([...memory.queue(), entry].slice(-maxWaiting)); // the oldest go first
      if (!pause) plan(soon);
    },
    flush,
    forget() {
      clearTimeout(timer);
      memory.setQueue([]);
    },
  };
}
