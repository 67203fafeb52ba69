// What a cold load of a page takes in a real Chromium: `node page-weight.mjs URL LOADS`, with the visitor's cookie
// ("name=value") in SESSION_COOKIE. Prints one line of JSON: medians in milliseconds, and what the last load fetched.
// Used by `make bench`; asserts nothing.

import { chromium } from 'playwright-core';

const LOAD_TIME_MS = 20_000;
// No larger paint for this long: the picture stands.
const QUIET_MS = 1_000;
const MOST_LOADS = 20;

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const [url, loads] = [process.argv[2], Math.min(Number(process.argv[3]), MOST_LOADS)];
const [name, ...value] = (process.env.SESSION_COOKIE ?? '').split('=');
if (!url || !(loads >= 1) || !name) {
  console.error('usage: SESSION_COOKIE=name=value node page-weight.mjs URL LOADS');
  process.exit(1);
}

// In the page, before its own scripts: the live socket is opened once the page has come to life.
function noteWhenAlive() {
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...args) {
      super(...args);
      window.aliveAt ??= performance.now();
    }
  };
}

// In the page: waits until no larger paint comes, then tells what there was.
function seen(quietMs) {
  return new Promise((resolve) => {
    let largest = null;
    const done = () => {
      const paint = performance.getEntriesByName('first-contentful-paint')[0];
      const fetched = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
      const element = largest?.element;
      resolve({
        firstPaintMs: paint?.startTime ?? 0,
        largestPaintMs: largest?.startTime ?? 0,
        largestPaintOf: element ? `${element.tagName.toLowerCase()}.${element.classList[0] ?? ''}` : 'nothing',
        aliveMs: window.aliveAt ?? 0,
        requests: fetched.length,
        bytes: fetched.reduce((sum, entry) => sum + entry.encodedBodySize, 0),
      });
    };
    let quiet = setTimeout(done, quietMs);
    new PerformanceObserver((list) => {
      largest = list.getEntries().at(-1);
      clearTimeout(quiet);
      quiet = setTimeout(done, quietMs);
    }).observe({ type: 'largest-contentful-paint', buffered: true });
  });
}

// A context of its own has an empty cache.
async function coldLoad(browser) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    await context.addCookies([{ name, value: value.join('='), url }]);
    await context.addInitScript(noteWhenAlive);
    const page = await context.newPage();
    page.setDefaultTimeout(LOAD_TIME_MS);
    await page.goto(url, { waitUntil: 'load' });
    await page.waitForFunction(() => window.aliveAt !== undefined);
    return await page.evaluate(seen, QUIET_MS);
  } finally {
    await context.close();
  }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: FLAGS,
  timeout: LOAD_TIME_MS,
});
try {
  const all = [];
  for (let load = 0; load < loads; load += 1) {
    all.push(await coldLoad(browser));
  }
  const medianOf = (what) => median(all.map((one) => one[what]));
  const medians = {
    firstPaintMs: medianOf('firstPaintMs'),
    largestPaintMs: medianOf('largestPaintMs'),
    aliveMs: medianOf('aliveMs'),
  };
  console.log(JSON.stringify({ ...all.at(-1), ...medians }));
} finally {
  await browser.close();
}
