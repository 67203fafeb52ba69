// One's own Spotify: connecting it, hearing the nest on a device, going one's own way, taking it all back.

import { take } from '../house/pictures';
import { SCREENS } from '../house/screens';
import { LINKS, type Listener, Spotify, withCovers } from '../house/spotify';
import { expect, test as inAnyHouse, type Door } from '../house/test';
import type { NestPage } from '../pages/nest-page';
import { SpotifyPage } from '../pages/spotify-page';
import { expectFingerSized, expectWithinReach } from '../reach/within-reach';

const PLAIN = { javaScriptEnabled: false, reducedMotion: 'reduce' } as const;
const HEAR = '/spotify?nest=main';

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
  await expect(anna.page.getByRole('link', { name: 'Hear it on your Spotify' })).toBeVisible();
  await ben.page.getByRole('button', { name: 'Pause', exact: true }).click();
  await bothHear(null);
  await ben.page.getByRole('button', { name: 'Resume', exact: true }).click();
  await bothHear(0);
  await ben.page.getByRole('button', { name: 'Skip', exact: true }).click();
  await bothHear(1);
});
