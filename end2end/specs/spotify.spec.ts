// One's own Spotify: connecting it, hearing the nest on a device, going one's own way, taking it all back.

import type { WebSocketRoute } from '@playwright/test';

import { take } from '../house/pictures';
import { SCREENS } from '../house/screens';
import { LINKS, type Listener, Spotify, withCovers } from '../house/spotify';
import { expect, test as inAnyHouse, type Door } from '../house/test';
import type { NestPage } from '../pages/nest-page';
import { SpotifyPage } from '../pages/spotify-page';
import { expectFingerSized, expectWithinReach } from '../reach/within-reach';

const PLAIN = { javaScriptEnabled: false, reducedMotion: 'reduce' } as const;
const HEAR = '/spotify?nest=main';
/** What a player does by hand counts 15 s after it was told something, and it is looked at every 20 s. */
const NOTICED_WITHIN_MS = 45_000;
const SOON = { timeout: 10_000 };

const UNTIL = new Date(2026, 10, 21, 21, 42).getTime();
/** What can be wrong with one's own device, what the dot says of it, and the one thing that helps. */
const TROUBLES: [footing: string, words: RegExp, help: string | null][] = [
  ['no_device', /^Kitchen: gone$/, 'Choose a device'],
  ['asleep', /asleep or switched off/, 'Back in sync'],
  ['no_premium', /no Premium/, 'Your Spotify'],
  ['no_seat', /no seat/, 'Your Spotify'],
  ['app_refused', /doesn't know the app/, 'Your Spotify'],
  ['barred', /in your country/, null],
  ['own_way', /you play something else on it/, 'Back in sync'],
  ['stopped_by_hand', /you stopped it there/, 'Back in sync'],
  ['clock_unsure', /too slow to tell/, 'Back in sync'],
  ['rate_limited', /Goes on at 21:42$/, null],
  ['account_ended', /wants your permission once more/, 'Connect again'],
  ['unreachable', /can't be reached/, null],
  ['elsewhere', /plays for another nest/, 'Back in sync'],
];

const test = inAnyHouse.extend<{ spotify: Spotify }>({
  spotify: async ({ folder }, use) => {
    const spotify = await Spotify.start(folder);
    await use(spotify);
    await spotify.stop();
  },
  settings: async ({ spotify }, use) => use(spotify.settings),
});

/** Signs somebody in, connects their account and chooses the kitchen speaker. */
async function comeInAndHear(door: Door, nickname: string, name: string): Promise<NestPage> {
  const person = await door.comeIn(nickname);
  await withCovers(person.page.context());
  const own = new SpotifyPage(person.page);
  await person.page.goto(HEAR);
  await own.agreeAs(name);
  await own.goOn.click();
  await own.hearOn('Kitchen');
  await expect(own.chosen).toBeVisible();
  await person.page.goto('/');
  await person.isAlive();
  return person;
}

const idOf = (n: number) => new URL(LINKS.track(n)).pathname.split('/').pop();

async function add(person: NestPage, n: number): Promise<void> {
  const data = { add: { track: `spotify:track:${idOf(n)}` } };
  const answer = await person.page.request.post('/api/nests/main/commands', { data });
  expect(answer.ok(), await answer.text()).toBe(true);
}

for (const [screen, viewport] of Object.entries(SCREENS)) {
  for (const [how, options] of Object.entries({ 'with JavaScript': {}, 'without JavaScript': PLAIN })) {
    test(`on a ${screen} ${how}, an account is connected, a device chosen, and both let go`, async ({ door }, testInfo) => {
      const { page } = await door.comeIn('Anna', { viewport, ...options });
      const own = new SpotifyPage(page);
      // Axe is a script itself.
      const look = async (what: string, name: string) => {
        if (how === 'with JavaScript') {
          await expectWithinReach(page, what);
          await expectFingerSized(page, what);
          await take(page, name, testInfo);
        }
      };
      await page.goto(HEAR);
      await look('not connected yet', 'spotify-connect');
      await own.agreeAs('Anna Listens');
      await expect(own.notice).toHaveText('Connected.');
      await expect(own.who).toHaveText('Anna Listens');
      await own.goOn.click();
      await own.hearOn('Kitchen');
      await expect(own.device('Kitchen').getByTestId('chosen')).toBeVisible();
      await expect(own.device('Phone').getByRole('button', { name: 'Hear it here' })).toBeVisible();
      await look('a device is chosen', 'spotify-devices');
      await own.stop.click();
      await expect(own.chosen).toHaveCount(0);
      await own.disconnect.click();
      await expect(own.notice).toHaveText('Disconnected. The house has forgotten your account.');
      await expect(own.connect).toBeVisible();
    });
  }
}

test('who doesn’t agree, has no seat or pays nothing is told so, and stays', async ({ door }) => {
  const { page } = await door.comeIn('Anna');
  const own = new SpotifyPage(page);
  await page.goto('/spotify');
  await own.cancel();
  await expect(own.notice).toContainText('You did not agree at Spotify');
  await own.agreeAs('Fred Without a Seat');
  await expect(own.notice).toContainText('five seats');
  await expectWithinReach(page, 'no seat');
  await own.agreeAs('Cleo Pays Nothing');
  await expect(own.notice.filter({ hasText: 'Only Premium lets others start music' })).toBeVisible();
});

test('two people hear the same song on their own devices, and skip, pause and resume follow', async ({ door, spotify }) => {
  const anna = await comeInAndHear(door, 'Anna', 'Anna Listens');
  const ben = await comeInAndHear(door, 'Ben', 'Ben Listens');
  const hears = async (listener: Listener) => {
    const heard = await spotify.hears(listener);
    return heard?.playing ? heard.uri.replace('spotify:track:', '') : null;
  };
  const bothHear = async (n: number | null) => {
    const wanted = n === null ? null : idOf(n);
    for (const listener of ['anna31', 'ben31'] as const) {
      await expect.poll(() => hears(listener), { timeout: 5_000 }).toBe(wanted);
    }
  };
  await add(anna, 0);
  await bothHear(0);
  await add(anna, 1);
  await expect(ben.queue.rows).toHaveCount(1);
  const [one, other] = await Promise.all([spotify.hears('anna31'), spotify.hears('ben31')]);
  expect(Math.abs((one?.position_ms ?? 0) - (other?.position_ms ?? 60_000))).toBeLessThan(1_000);
  await expect(anna.page.getByRole('link', { name: 'Hear it elsewhere' })).toBeVisible();
  await ben.page.getByRole('button', { name: 'Pause', exact: true }).click();
  await bothHear(null);
  await ben.page.getByRole('button', { name: 'Resume', exact: true }).click();
  await bothHear(0);
  await ben.page.getByRole('button', { name: 'Skip', exact: true }).click();
  await bothHear(1);
});

test('going one\'s own way shows at the dot of both tabs, and Back in sync in either mends it', async ({ door, spotify }) => {
  test.setTimeout(150_000);
  const anna = await comeInAndHear(door, 'Anna', 'Anna Listens');
  const tab = await anna.openTab();
  await add(anna, 0);
  for (const { stage } of [anna, tab]) {
    await expect(stage.status).toHaveText('Kitchen: in sync', SOON);
    await expect(stage.help).toHaveCount(0);
  }
  await expect(tab.bar.inSync).toHaveText('1 of 1 in sync');
  await spotify.playByHand('anna31', 7);
  for (const { stage } of [anna, tab]) {
    await expect(stage.status).toHaveText('Kitchen: you play something else on it', { timeout: NOTICED_WITHIN_MS });
    await expect(stage.sync).toHaveAttribute('data-sync', 'trouble');
  }
  await expect(anna.bar.inSync).toHaveText('0 of 1 in sync');
  await tab.stage.help.focus();
  await tab.page.keyboard.press('Enter');
  await expect.poll(async () => (await spotify.hears('anna31'))?.uri, SOON).toContain(idOf(0));
  for (const { stage } of [anna, tab]) {
    await expect(stage.status).toHaveText('Kitchen: in sync', SOON);
  }
  await expect(anna.bar.inSync).toHaveText('1 of 1 in sync');
});

for (const [screen, viewport] of Object.entries(SCREENS)) {
  test(`on a ${screen}, each trouble of one's own device has a name, and the one thing that helps is in reach`, async ({
    door,
  }, testInfo) => {
    test.setTimeout(150_000);
    const anna = await door.comeIn('Anna', { viewport });
    await withCovers(anna.page.context());
    await add(anna, 0);
    let tell: (frame: object) => void = () => {};
    await anna.page.routeWebSocket(/\/socket\//, (toPage: WebSocketRoute) => {
      toPage.connectToServer();
      tell = (frame) => toPage.send(JSON.stringify(frame));
    });
    await anna.page.reload();
    await anna.isAlive();
    await expect(anna.stage.sync).toHaveAttribute('data-sync', 'off');
    for (const [named, words, help] of TROUBLES) {
      const footing = named === 'rate_limited' ? { rate_limited: { until: UNTIL } } : named;
      tell({ hearing: { device: 'Kitchen', footing } });
      await expect(anna.stage.status).toHaveText(words);
      await expect(anna.stage.sync).toHaveAttribute('data-sync', 'trouble');
      if (help === null) {
        await expect(anna.stage.help).toHaveCount(0);
      } else {
        await expect(anna.stage.help).toHaveText(help);
      }
      await anna.stage.sync.scrollIntoViewIfNeeded();
      await take(anna.page, `sync-dot-${named.replaceAll('_', '-')}`, testInfo);
      await expectWithinReach(anna.page, `${named} at the dot`);
      await expectFingerSized(anna.page, `${named} at the dot`);
    }
  });
}
