// The page "Back in a moment": opens what was asked for as soon as the program can draw it. Without this there is its link.

const EVERY_MS = 5_000;

async function look() {
  const health = await fetch('/health', { cache: 'no-store', signal: AbortSignal.timeout(EVERY_MS) }).catch(() => null);
  if (health?.ok) {
    location.reload();
  } else {
    setTimeout(look, EVERY_MS);
  }
}

document.getElementById('by-itself').hidden = false;
setTimeout(look, EVERY_MS);
