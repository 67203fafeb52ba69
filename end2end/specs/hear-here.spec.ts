// Hearing the nest in the browser itself, by the player that Spotify's script opens there; the script is the stand-in's.

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import type { Page } from '@playwright/test';

import { take } from '../house/pictures';
import type { PrivateRedis } from '../house/private-redis';
import { SCREENS } from '../house/screens';
import { LINKS, type Listener, Spotify, withCovers } from '../house/spotify';
import { expect, test as inAnyHouse, type Door } from '../house/test';
import { expectInStep, expectUnbroken } from '../listening/at-spotify';
import { reportApart } from '../listening/same-moment';
import { HearHere } from '../pages/hear-here';
import type { NestPage } from '../pages/nest-page';
import { SpotifyPage } from '../pages/spotify-page';
import { expectFingerSized, expectWithinReach } from '../reach/within-reach';

const HEAR = '/spotify?nest=main';
const HEARD_HERE = 'You hear it in this browser.';
/** How soon every player does what the nest does. */
const FOLLOWS_MS = 1_000;
/** How far two players may be from each other. */
const TOGETHER_MS = 1_000;
/** Until whoever plays something else is known to have gone their own way: 15 s of grace, and a look every 20 s. */
const OWN_WAY_MS = 50_000;
/** Until a token that ran out is noticed: a device is looked at 4 s after it was told something, and then every 20 s. */
const RENEWED_MS = 30_000;
/** What a listener may lose in the meantime. */
const UNHEARD_MS = 1_000;
/** For so long after it a renewal may show that it was none. */
const AFTERWARDS_MS = 6_000;
/** How long Spotify wants to be left alone: for longer than a page asks again before it gives up. */
const REST_S = 13;
/** What the page fetches for it, as it travels. */
const MAX_SCRIPT_BYTES = 4_096;

const test = inAnyHouse.extend<{ spotify: Spotify }>({
  spotify: async ({ folder }, use) => {
    const spotify = await Spotify.start(folder);
    await use(spotify);
    await spotify.stop();
  },
  settings: async ({ spotify }, use) => use(spotify.settings),
});

/** Some browsers forget on the next page that the last one was tapped. Chromium takes the tap along: here it forgets as well. */
async function forgetTaps(page: Page): Promise<void> {
  await page.addInitScript(() => {
    let isActive = false;
    addEventListener('click', () => (isActive = true), { capture: true });
    Object.defineProperty(navigator, 'userActivation', { get: () => ({ isActive, hasBeenActive: isActive }) });
  });
}

interface Hearer {
  nest: NestPage;
  here: HearHere;
}

/** Signs somebody in, connects their account, and chooses. */
async function comeIn(door: Door, nickname: string, name: string, where: 'here' | 'Kitchen', options = {}): Promise<Hearer> {
  const nest = await door.comeIn(nickname, options);
  await forgetTaps(nest.page);
  await withCovers(nest.page.context());
  const own = new SpotifyPage(nest.page);
  await nest.page.goto(HEAR);
  await own.agreeAs(name);
  await own.goOn.click();
  if (where === 'here') {
    await own.hearHere();
  } else {
    await own.hearOn(where);
    await expect(own.chosen).toBeVisible();
    await nest.page.goto('/');
  }
  await nest.isAlive();
  return { nest, here: new HearHere(nest.page) };
}

/** The same, until it is heard: browsers let no page sound that nobody touched. */
async function hearHere(door: Door, nickname: string, name: string): Promise<Hearer> {
  const hearer = await comeIn(door, nickname, name, 'here');
  await expect(hearer.here.words).toHaveText(HEARD_HERE);
  await hearer.here.words.click();
  return hearer;
}

const idOf = (n: number) => new URL(LINKS.track(n)).pathname.split('/').pop();

async function add(person: NestPage, n: number): Promise<void> {
  const data = { add: { track: `spotify:track:${idOf(n)}` } };
  const answer = await person.page.request.post('/api/nests/main/commands', { data });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** Waits until each plays the n-th track, or nothing. */
async function allHear(spotify: Spotify, listeners: readonly Listener[], n: number | null, timeout = 5_000): Promise<void> {
  const wanted = n === null ? null : `spotify:track:${idOf(n)}`;
  const hears = async () => {
    const all = await Promise.all(listeners.map((listener) => spotify.hears(listener)));
    return all.map((heard) => (heard?.playing ? heard.uri : null));
  };
  await expect.poll(hears, { timeout, intervals: [50] }).toEqual(listeners.map(() => wanted));
}

const BOTH = ['anna31', 'ben31'] as const;
/** What the keys of accounts begin with; the person's id follows. */
const ACCOUNT = 'NESTS|spotify-account:';

/** Both players are at the same moment, and her page knows where hers is: it is told a moment later. */
async function expectTogether(spotify: Spotify, here: HearHere, when: string): Promise<void> {
  const apart = async () => {
    const [hers, his, shown] = await Promise.all([spotify.hears('anna31'), spotify.hears('ben31'), here.position()]);
    if (!hers?.playing || !his?.playing || shown === null) {
      return Infinity;
    }
    return Math.max(Math.abs(hers.position_ms - his.position_ms), Math.abs(hers.position_ms - shown));
  };
  await expect.poll(apart, { message: when, timeout: FOLLOWS_MS, intervals: [50] }).toBeLessThan(TOGETHER_MS);
}

test('one in the browser and one on a device hear the same moment, and skip, pause and resume follow', async ({
  door,
  program,
  spotify,
}) => {
  const anna = await hearHere(door, 'Anna', 'Anna Listens');
  const ben = await comeIn(door, 'Ben', 'Ben Listens', 'Kitchen');
  await add(anna.nest, 0);
  await allHear(spotify, BOTH, 0);
  await add(anna.nest, 1);
  await expect(ben.nest.queue.rows).toHaveCount(1);
  await expectTogether(spotify, anna.here, 'from the start');
  // The nest's own sound stays out of it.
  await expect(anna.nest.page.getByTestId('audio')).toHaveJSProperty('paused', true);

  await ben.nest.page.getByRole('button', { name: 'Pause', exact: true }).click();
  await allHear(spotify, BOTH, null, FOLLOWS_MS);
  await ben.nest.page.getByRole('button', { name: 'Resume', exact: true }).click();
  await allHear(spotify, BOTH, 0, FOLLOWS_MS);
  await expectTogether(spotify, anna.here, 'after the pause');
  reportApart(await expectInStep(spotify, program, BOTH, TOGETHER_MS));
  await ben.nest.page.getByRole('button', { name: 'Skip', exact: true }).click();
  await allHear(spotify, BOTH, 1, FOLLOWS_MS);
  await expectTogether(spotify, anna.here, 'after the skip');

  await anna.here.stop.click();
  await allHear(spotify, ['anna31'], null, FOLLOWS_MS);
  await allHear(spotify, ['ben31'], 1);
  await expect(anna.here.self).toBeEmpty();
});

/** Under which the house keeps somebody's account, by their name at Spotify. */
async function accountOf(redis: PrivateRedis, name: string): Promise<string> {
  for (const key of await redis.keys(`${ACCOUNT}*`)) {
    if ((await redis.field(key, 'who')) === name) {
      return key;
    }
  }
  throw new Error(`the house keeps no account of ${name}`);
}

test('tokens that run out in mid-song are renewed unheard, and disconnecting leaves none of them', async ({
  door,
  folder,
  spotify,
  program,
}) => {
  test.setTimeout(90_000);
  const anna = await hearHere(door, 'Anna', 'Anna Listens');
  await comeIn(door, 'Ben', 'Ben Listens', 'Kitchen');
  const redis = program.privateRedis;
  const [hers, his] = await Promise.all([accountOf(redis, 'Anna Listens'), accountOf(redis, 'Ben Listens')]);
  const kept = (field: string) => Promise.all([hers, his].map((account) => redis.field(account, field)));
  for (const n of [0, 1]) {
    await add(anna.nest, n);
  }
  await allHear(spotify, BOTH, 0);
  const [before, versions] = await Promise.all([spotify.tokens(), kept('version')]);
  // Soon enough after they were told to play: the first look at his device meets a token that counts no more.
  const lost = await expectUnbroken(spotify, BOTH, UNHEARD_MS, async () => {
    await Promise.all(BOTH.map((listener) => spotify.expireTokens(listener)));
    const renewed = async () => (await kept('version')).map((version, n) => version !== versions[n]);
    await expect.poll(renewed, { message: 'new tokens are kept', timeout: RENEWED_MS }).toEqual([true, true]);
    await anna.nest.page.waitForTimeout(AFTERWARDS_MS); // listened to all the while
  });
  reportApart(lost);
  await allHear(spotify, BOTH, 0);
  await expect(anna.here.words).toHaveText(HEARD_HERE);
  await anna.nest.page.getByRole('button', { name: 'Skip', exact: true }).click();
  await allHear(spotify, BOTH, 1);

  const secrets = [...before, ...(await spotify.tokens())];
  const own = new SpotifyPage(anna.nest.page);
  await anna.nest.page.goto(HEAR);
  const device = `NEST:main|HEARING:${hers.slice(ACCOUNT.length)}`;
  const [sealed = '', bens = ''] = await kept('sealed');
  const held = async (texts: string[]) => {
    const everything = await redis.everything();
    return texts.filter((text) => everything.includes(text));
  };
  expect(await held([hers, device, sealed, bens]), 'what is to go is there').toEqual([hers, device, sealed, bens]);
  await own.disconnect.click();
  await expect(own.connect).toBeVisible();
  await allHear(spotify, ['anna31'], null);
  expect(await redis.keys(`${ACCOUNT}*`), 'only his is left').toEqual([his]);
  expect(await redis.keys(device.replace(':main|', ':*|'))).toEqual([]);
  const looked = [hers, device, sealed, bens, ...secrets];
  expect(await held(looked), 'nothing of hers is left, and of nobody a token in clear text').toEqual([bens]);
  const token = await anna.nest.page.request.post('/api/nests/main/player/token', { data: {} });
  expect(token.status()).toBe(403);
  await program.stop();
  const data = path.join(folder, 'data');
  for (const entry of readdirSync(data, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())) {
    const text = readFileSync(path.join(entry.parentPath, entry.name), 'latin1');
    expect(secrets.filter((secret) => text.includes(secret)), entry.name).toEqual([]);
  }
  for (const log of program.logs()) {
    const text = readFileSync(log, 'latin1');
    expect(text.includes(' TRACE '), log).toBe(true);
    expect(secrets.filter((secret) => text.includes(secret)), log).toEqual([]);
  }
});

test('whoever plays something else in the browser is left alone until they ask to be taken back', async ({ door, spotify }) => {
  test.setTimeout(120_000);
  const anna = await hearHere(door, 'Anna', 'Anna Listens');
  const ben = await comeIn(door, 'Ben', 'Ben Listens', 'Kitchen');
  for (const n of [0, 1]) {
    await add(anna.nest, n);
  }
  await allHear(spotify, BOTH, 0);
  const other = new SpotifyPage(await anna.nest.page.context().newPage());
  // Another track just where the nest is would be taken for the same one under another name.
  await expect.poll(async () => (await spotify.hears('anna31'))?.position_ms).toBeGreaterThan(4_000);
  await spotify.playByHand('anna31', 7);
  const leftAlone = async () => {
    await other.page.goto(HEAR);
    return (await other.notice.allTextContents()).join(' ');
  };
  await expect.poll(leftAlone, { timeout: OWN_WAY_MS, intervals: [2_000] }).toContain('left alone');
  await ben.nest.page.getByRole('button', { name: 'Skip', exact: true }).click();
  await allHear(spotify, ['ben31'], 1);
  await allHear(spotify, ['anna31'], 7);
  await other.backInSync.click();
  await allHear(spotify, BOTH, 1);
});

test('of two tabs one plays, the other can take over, and a tab that is closed falls silent', async ({ door, spotify }) => {
  const anna = await hearHere(door, 'Anna', 'Anna Listens');
  await add(anna.nest, 0);
  await allHear(spotify, ['anna31'], 0);
  const first = (await spotify.hears('anna31'))?.device;
  const tab = await anna.nest.openTab();
  const second = new HearHere(tab.page);
  await expect(second.words).toHaveText('It plays in another tab.');
  await second.playHere.click();
  await expect(second.words).toHaveText(HEARD_HERE);
  await expect(anna.here.words).toHaveText('It plays in another tab.');
  await expect.poll(async () => (await spotify.hears('anna31'))?.device).not.toBe(first);
  await allHear(spotify, ['anna31'], 0);
  await tab.page.close();
  await allHear(spotify, ['anna31'], null);
  await anna.here.playHere.click();
  await allHear(spotify, ['anna31'], 0);
  // Opened again, the page goes on where the nest is; only the browser's tap is asked for.
  await anna.nest.page.reload();
  await anna.nest.isAlive();
  await anna.here.tap.click();
  await allHear(spotify, ['anna31'], 0);
});

for (const [screen, viewport] of Object.entries(SCREENS)) {
  test(`on a ${screen} each thing that is wrong is named with what helps`, async ({ door, spotify }, testInfo) => {
    test.setTimeout(90_000);
    const anna = await comeIn(door, 'Anna', 'Anna Listens', 'here', { viewport });
    const look = async ({ page }: NestPage, what: string, name: string) => {
      await expectWithinReach(page, what);
      await expectFingerSized(page, what);
      await take(page, name, testInfo);
    };
    await expect(anna.here.words).toHaveText(HEARD_HERE);
    await add(anna.nest, 0);
    await expect(anna.here.words).toHaveText('Your browser wants a tap first.');
    await look(anna.nest, 'a tap is wanted', 'hear-here-tap');
    await anna.here.tap.click();
    await expect(anna.here.words).toHaveText(HEARD_HERE);
    await allHear(spotify, ['anna31'], 0);
    await look(anna.nest, 'it is heard', 'hear-here');

    const tab = await anna.nest.openTab();
    await expect(new HearHere(tab.page).words).toHaveText('It plays in another tab.');
    await look(tab, 'another tab has it', 'hear-here-elsewhere');
    await tab.page.close();

    const cleo = await comeIn(door, 'Cleo', 'Cleo Pays Nothing', 'here', { viewport });
    await expect(cleo.here.words).toHaveText('Only Premium plays in a browser.');
    await look(cleo.nest, 'no Premium', 'hear-here-no-premium');
    await cleo.here.helps('Your account').click();
    await expect(cleo.nest.page).toHaveURL(/\/spotify\?nest=main$/);

    const script = String(spotify.settings.SPOTIFY_SDK_URL);
    await anna.nest.page.route(script, (route) => route.abort());
    await anna.nest.page.reload();
    await anna.nest.isAlive();
    await expect(anna.here.words).toHaveText("Spotify can't be reached.");
    await look(anna.nest, 'Spotify is out of reach', 'hear-here-unreachable');
    await anna.nest.page.unroute(script);
    await anna.here.helps('Try again').click();
    await expect(anna.here.words).not.toHaveText("Spotify can't be reached.");
  });
}

test('while Spotify rests a listener is told so, and hears it after the rest by no tap beyond the one that the browser wants', async ({
  door,
  spotify,
}) => {
  const anna = await comeIn(door, 'Anna', 'Anna Listens', 'here');
  await expect(anna.here.words).toHaveText(HEARD_HERE);
  await add(anna.nest, 0);
  await anna.nest.page.goto('/nests');
  await spotify.rest(REST_S);
  const reports: number[] = [];
  anna.nest.page.on('response', (answer) => {
    if (new URL(answer.url()).pathname === '/api/nests/main/player' && (answer.request().postData() ?? '').includes('ready')) {
      reports.push(answer.status());
    }
  });
  await anna.nest.page.goto('/');
  await anna.nest.isAlive();
  await expect(anna.here.self).toHaveAttribute('data-trouble', 'resting');
  await expect(anna.here.words).toHaveText(/^Spotify needs a break\. It goes on by itself in \d+ s\.$/);
  await expect(anna.here.self.getByRole('button')).toHaveText(['Stop']);
  // Looked at again meanwhile, and touched as browsers want it.
  await anna.nest.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await anna.here.words.click();
  await expect(anna.here.self).toHaveAttribute('data-trouble', 'resting');
  await expect(anna.here.words).toHaveText(HEARD_HERE, { timeout: (REST_S + 5) * 1_000 });
  await allHear(spotify, ['anna31'], 0);
  expect(reports, 'it asked once before the rest, and once after it').toEqual([429, 204]);
});

test('nobody fetches the player who has not chosen it, and it is small', async ({ door }) => {
  const ben = await door.comeIn('Ben');
  const fetched: string[] = [];
  ben.page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await ben.page.reload();
  await ben.isAlive();
  expect(fetched.filter((file) => file.includes('hear-here') || file.includes('sdk'))).toEqual([]);

  const own = new SpotifyPage(ben.page);
  await ben.page.goto(HEAR);
  await own.agreeAs('Ben Listens');
  await own.goOn.click();
  const arrives = ben.page.waitForResponse((answer) => answer.url().endsWith('/hear-here.js'));
  await own.hearHere();
  const { responseBodySize } = await (await arrives).request().sizes();
  expect(responseBodySize).toBeLessThan(MAX_SCRIPT_BYTES);
});
