// A nest's screen: shows what the server draws, keeps the screen awake, and comes back by itself, for weeks.
const SILENCE_MS = 60_000; // the server speaks every 20 s
const COME_BACK_MS = 10_000;
const { events: address, build } = document.body.dataset;
const main = document.querySelector("main");
let source;
let silence;

function heard() {
  clearTimeout(silence);
  silence = setTimeout(listen, SILENCE_MS);
}

function listen() {
  source?.close();
  source = new EventSource(address);
  source.addEventListener("main", (event) => {
    main.innerHTML = event.data; // drawn and escaped by the server
    heard();
  });
  source.addEventListener("here", heard);
  source.addEventListener("build", (event) => {
    if (event.data !== build) location.reload();
    heard();
  });
  source.addEventListener("bye", () => location.reload());
  source.addEventListener("error", () => {
    // Closed for good: refused (no longer paired, asleep). The page itself says why.
    if (source.readyState === EventSource.CLOSED) {
      clearTimeout(silence);
      silence = setTimeout(() => location.reload(), COME_BACK_MS);
    }
  });
  heard();
}

async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Not allowed, or the battery is low: the screen's own settings decide.
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") stayAwake();
});
stayAwake();
listen();
