// Hears the nest in this browser, by the player that Spotify's script opens. Only on pages for which this browser was chosen.
// Opens the player, says which one it is and names what goes wrong; what it plays, and from where, the server tells it through
// Spotify, like any other device.
const TRIES = 10;
const AGAIN_MS = 1_000;
const SOON_MS = 300;
const MINUTE_S = 60;
const { sdk, nest, name } = document.getElementById("hear-here-script").dataset;
const place = document.getElementById("hear-here");
const sound = document.querySelector("audio");
const [line, help, stop] = ["p", "button", "button"].map((kind) => place.appendChild(document.createElement(kind)));
line.setAttribute("role", "status");
help.className = stop.className = "button";
stop.textContent = "Stop";
stop.ariaLabel = "Stop hearing it in this browser";

let holds = false; // this tab is the one that plays
let player = null;
let device = null; // its id at Spotify
let token; // the last one that it was given
let refused; // the one that Spotify did not accept
let blocked = false;
let rest = null; // until Spotify may be asked again: one wait, whoever else is refused meanwhile
let handBack = () => {};
const waiting = new AbortController();
let soon; // it is said a moment later that another tab plays: mostly none does
// Chosen just now, or asked for during a rest: it is wished for, whatever else plays.
let wished = location.hash === "#hear";
if (wished) history.replaceState(null, "", location.pathname + location.search);

const toAccount = () => location.assign(`/spotify?nest=${nest}`);
// What is said, the one thing that helps, and how.
const troubles = {
  initialization_error: ["This browser can't play Spotify.", "Choose a device", toAccount],
  authentication_error: ["Spotify no longer accepts the permission you gave.", "Connect again", toAccount],
  account_error: ["Only Premium plays in a browser.", "Your account", toAccount],
  playback_error: ["Spotify couldn't play this song here.", "Try again", () => report(true)],
  autoplay_failed: ["Your browser wants a tap first.", "Tap to hear it"], // any tap on the page will do
  not_ready: ["Spotify has lost this browser.", "Try again", again],
  unreachable: ["Spotify can't be reached.", "Try again", () => location.reload()],
  elsewhere: ["It plays in another tab.", "Play it here", takeOver],
};

function say(words, trouble = "", act = "", how = null) {
  place.dataset.trouble = trouble;
  line.textContent = words;
  help.hidden = !act;
  help.textContent = act;
  help.onclick = how;
}

function tell(trouble) {
  const [words, act, how] = troubles[trouble];
  say(words, trouble, act, how);
}

const post = (path, body) =>
  fetch(`/api/nests/${nest}/player${path}`, {
    method: "POST",
    keepalive: true,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

const pause = (ms) => new Promise((over) => setTimeout(over, ms));

// Spotify wants a break of so many seconds. The page goes on by itself after it, if its tab still plays.
function tellRest(seconds) {
  const time = seconds > MINUTE_S ? `${Math.ceil(seconds / MINUTE_S)} min` : `${seconds} s`;
  say(`Spotify needs a break. It goes on by itself in ${time}.`, "resting");
}

async function restFor(seconds) {
  await pause(seconds * 1_000);
  rest = null;
  if (!holds) return;
  if (place.dataset.trouble === "resting") say("Starting Spotify…");
  report();
}

// For a while: Spotify takes a moment to know a player, and the store may be away.
async function ask(path, body, tries = TRIES) {
  if (!holds) return;
  const answer = await post(path, body).catch(() => null);
  if (answer?.ok) return answer;
  if (!holds) return;
  if (answer?.status === 401) return location.reload(); // signed out: the page says so
  if (answer?.status === 403) {
    const { error, message } = await answer.json();
    // Forbidden: they chose something else. Otherwise it is their account, and the house says what about it.
    return error === "forbidden" ? close() : say(message, "authentication_error", "Your account", toAccount);
  }
  if (answer?.status === 429) {
    const seconds = Math.max(1, Number(answer.headers.get("retry-after")) || 0);
    tellRest(seconds);
    if (body.ready) wished ||= body.ready.asked;
    await (rest ??= restFor(seconds));
    return path ? ask(path, body) : null; // which player it is, is said once for all after the rest
  }
  if (tries === 0) return tell("unreachable");
  await pause(AGAIN_MS);
  return ask(path, body, tries - 1);
}

async function report(asked = false) {
  wished ||= asked;
  const mine = device;
  if (!mine || rest) return;
  const news = { ready: { device: mine, asked: wished } };
  wished = false;
  if (!(await ask("", news)) || mine !== device) return;
  if (blocked) tell("autoplay_failed");
  else say("You hear it in this browser.");
}

async function give(callback) {
  const answer = await ask("/token", { refused });
  if (answer) callback((token = (await answer.json()).access_token));
}

async function connect() {
  if (!(await player.connect()) && holds && !place.dataset.trouble) tell("not_ready");
}

function again() {
  say("Starting Spotify…");
  connect();
}

const volume = () => (sound.muted ? 0 : sound.volume);

function start() {
  if (!holds) return; // the script came after another tab took over
  player = new Spotify.Player({ name: `EchoNest (${name})`, getOAuthToken: give, volume: volume() });
  const on = (event, act) => player.addListener(event, act);
  on("ready", ({ device_id }) => {
    if (!holds) return;
    device = device_id;
    refused = undefined;
    player.activateElement(); // the tap that led here may still count
    report();
  });
  on("not_ready", () => {
    device = null;
    tell("not_ready");
  });
  on("autoplay_failed", () => {
    blocked = true;
    tell("autoplay_failed");
  });
  // A token may be taken back before its time: the next one is worth one try.
  on("authentication_error", () => {
    if (refused || !token) return tell("authentication_error");
    refused = token;
    connect();
  });
  for (const error of ["initialization_error", "account_error", "playback_error"]) on(error, () => tell(error));
  connect();
}

function open() {
  say("Starting Spotify…");
  if (window.Spotify) return start();
  window.onSpotifyWebPlaybackSDKReady = start;
  const script = document.head.appendChild(document.createElement("script"));
  script.onerror = () => tell("unreachable");
  script.src = sdk;
}

function end() {
  holds = false;
  player?.disconnect();
  if (device) post("", { gone: { device } }).catch(() => {});
  player = device = null;
  handBack();
}

function close() {
  clearTimeout(soon);
  waiting.abort();
  end();
  place.replaceChildren();
}

// Of the tabs in this browser one plays: the one that holds the lock.
function take(how) {
  let held = false;
  const hold = () =>
    new Promise((over) => {
      held = holds = true;
      clearTimeout(soon);
      handBack = over;
      open();
    });
  navigator.locks.request("hear-here", how, hold).catch(() => {
    if (!held) return;
    end();
    tell("elsewhere");
  });
}

function takeOver() {
  say("Starting Spotify…"); // and is not pressed twice
  waiting.abort();
  wished = true;
  take({ steal: true });
}

stop.onclick = () => {
  const body = new URLSearchParams({ nest });
  const headers = { accept: "application/json" };
  fetch("/api/fn/stop_hearing", { method: "POST", keepalive: true, headers, body }).catch(() => {});
  close();
  document.querySelector(".stage__spotify a")?.focus();
};
addEventListener("click", () => {
  player?.activateElement();
  if (blocked) {
    blocked = false;
    report(true);
  }
});
sound.addEventListener("volumechange", () => player?.setVolume(volume()));
const lookAgain = () => document.hidden || report();
document.addEventListener("visibilitychange", lookAgain);
addEventListener("online", lookAgain);
addEventListener("pagehide", end);
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

if (navigator.locks) {
  soon = setTimeout(tell, SOON_MS, "elsewhere");
  take({ signal: waiting.signal });
} else {
  tell("initialization_error"); // a page that isn't safe has no locks, and Spotify doesn't play on it either
}
