// A host brings a Spotify app of their own: entering it, connecting by it, its five seats. In a house that has no Spotify itself.

import { take } from '../house/pictures';
import { SCREENS } from '../house/screens';
import { HOSTS_APP, HOSTS_USERS, LINKS, Spotify, withCovers } from '../house/spotify';
import { type Door, expect, test as inAnyHouse } from '../house/test';
import { HearHere } from '../pages/hear-here';
import { NestPage } from '../pages/nest-page';
import { SettingsPage } from '../pages/settings-page';
import { SpotifyPage } from '../pages/spotify-page';
import { expectFingerSized, expectWithinReach } from '../reach/within-reach';

const WRONG_SECRET = 'not-the-secret';
const PLAIN = { javaScriptEnabled: false, reducedMotion: 'reduce' } as const;

const test = inAnyHouse.extend<{ spotify: Spotify }>({
  spotify: async ({ folder }, use) => {
    const spotify = await Spotify.start(folder);
    await use(spotify);
    await spotify.stop();
  },
  settings: async ({ spotify }, use) =>
    use({ ...spotify.settings, SPOTIFY_CLIENT_ID: undefined, SPOTIFY_CLIENT_SECRET: undefined }),
});

/** Mira's nest, and the way to the page on which one connects for it. */
async function nestOf(mira: NestPage): Promise<{ code: string; settings: string; hear: string }> {
  const answer = await mira.page.request.post('/api/nests', { data: { name: 'Friday Vibes' } });
  const { code } = (await answer.json()) as { code: string };
  return { code, settings: `/nest/${code}/settings`, hear: `/spotify?nest=${code}` };
}

/** Somebody comes in and connects for the nest, as whoever is called `name` at Spotify. */
async function connected(door: Door, nickname: string, hear: string, name: string): Promise<SpotifyPage> {
  const { page } = await door.comeIn(nickname);
  const own = new SpotifyPage(page);
  await page.goto(hear);
  await own.agreeAs(name);
  await expect(own.notice.first()).toHaveText('Connected.');
  return own;
}

async function bring(mira: NestPage, code: string): Promise<void> {
  const data = { client_id: HOSTS_APP.id, client_secret: HOSTS_APP.secret };
  const answer = await mira.page.request.put(`/api/nests/${code}/spotify-app`, { data });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** The first track, found by the search of the page. Five artists have one of that name. */
async function addTheFirst(who: NestPage): Promise<void> {
  await who.search.type('Amber Rooms');
  await expect(who.search.panel.locator('[data-cursor]')).toContainText('Glass Harbour');
  await who.search.field.press('Enter');
}

for (const [screen, viewport] of Object.entries(SCREENS)) {
  for (const [how, options] of Object.entries({ 'with JavaScript': {}, 'without JavaScript': PLAIN })) {
    test(`on a ${screen} ${how}, a wrong secret is told, the right one kept, and a listener connects by it`, async ({ door }, testInfo) => {
      const mira = await door.comeIn('Mira', { viewport, ...options });
      const nest = await nestOf(mira);
      // Axe is a script itself.
      const look = async (page: NestPage['page'], what: string, name: string) => {
        if (how === 'with JavaScript') {
          await expectWithinReach(page, what);
          await expectFingerSized(page, what);
          await take(page, name, testInfo);
        }
      };
      const settings = new SettingsPage(mira.page);
      await mira.page.goto(nest.settings);
      await settings.typeApp(HOSTS_APP.id, WRONG_SECRET);
      await settings.saveApp.click();
      await expect(settings.clientSecretError).toHaveText('This is not the secret of that app.');
      await expect(settings.clientSecret).toHaveAttribute('aria-invalid', 'true');
      await expect(settings.clientSecret).toHaveAccessibleDescription(/^This is not the secret of that app\./);
      await expect(settings.clientSecret, 'it is typed anew').toHaveValue('');
      await expect(settings.clientId, 'it stays').toHaveValue(HOSTS_APP.id);
      await expect(settings.clientId).not.toHaveAttribute('aria-invalid');
      await expect(settings.clientIdError).toBeHidden();
      await expect(settings.notice, 'said once').toBeHidden();
      expect(mira.page.url()).not.toContain(WRONG_SECRET);
      await expect(settings.seats).toHaveCount(0);
      await look(mira.page, 'a wrong secret', 'own-app-refused');
      await settings.typeApp(HOSTS_APP.id, HOSTS_APP.secret);
      await settings.saveApp.click();
      await expect(settings.seats).toHaveText('0 of 5 seats used');
      await expect(settings.clientSecretError).toBeHidden();
      await expect(settings.clientSecret).not.toHaveAttribute('aria-invalid');
      await expect(settings.clientId).toHaveValue(HOSTS_APP.id);
      await expect(settings.clientSecret, 'it is never shown again').toHaveValue('');
      await look(mira.page, 'an own app', 'own-app');

      const { page } = await door.comeIn('Ben', { viewport, ...options });
      const own = new SpotifyPage(page);
      await page.goto(nest.hear);
      await expect(own.seats).toContainText('0 of 5 seats used');
      await look(page, 'connecting by the nest’s app', 'own-app-connect');
      await own.agreeAs('Ben Listens');
      await expect(own.notice.first()).toHaveText('Connected.');
      await expect(own.who).toHaveText('Ben Listens');
      await expect(own.seats).toContainText('1 of 5 seats used');
      await own.hearOn('Kitchen');
      await expect(own.chosen).toBeVisible();
      await mira.page.goto(nest.settings);
      await expect(settings.seats).toHaveText('1 of 5 seats used');

      await settings.unfold('Remove app…', /falls silent/);
      await settings.removeApp.click();
      await expect(settings.saveApp).toBeVisible();
      await page.goto(nest.hear);
      await expect(page.getByText('This house has no Spotify.')).toBeVisible();
    });
  }
}

test('the sixth listener is told that all seats are taken, until somebody leaves', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const nest = await nestOf(mira);
  await bring(mira, nest.code);
  const seated: SpotifyPage[] = [];
  for (const [n, name] of HOSTS_USERS.entries()) {
    seated.push(await connected(door, `Guest ${n}`, nest.hear, name));
  }
  const { page } = await door.comeIn('Sixth');
  const own = new SpotifyPage(page);
  await page.goto(nest.hear);
  await expect(own.seats).toContainText('5 of 5 seats used');
  await expect(own.notice).toContainText('All five seats of this nest\'s Spotify app are taken');
  await expect(own.connect).toHaveCount(0);
  await expectWithinReach(page, 'all seats taken');
  await seated[0]?.disconnect.click();
  await expect(seated[0]!.connect).toBeVisible();
  await page.reload();
  await expect(own.seats).toContainText('4 of 5 seats used');
  await own.agreeAs('Eve Listens');
  await expect(own.notice).toContainText('User Management');
  await expect(own.seats, 'she is not entered in the app').toContainText('4 of 5 seats used');
});

test('a song found and added by the nest’s app plays on a listener’s device, and falls silent when the app goes', async ({
  door,
  spotify,
}) => {
  const mira = await door.comeIn('Mira');
  const nest = await nestOf(mira);
  await bring(mira, nest.code);
  const own = await connected(door, 'Ben', nest.hear, 'Ben Listens');
  await own.hearOn('Kitchen');
  await expect(own.chosen).toBeVisible();
  await withCovers(own.page.context());
  const ben = new NestPage(own.page);
  await own.page.goto(`/nest/${nest.code}`);
  await ben.isAlive();
  await addTheFirst(ben);
  const id = new URL(LINKS.track(0)).pathname.split('/').pop();
  const hears = async () => {
    const heard = await spotify.hears('ben31');
    return heard?.playing ? heard.uri : null;
  };
  await expect.poll(hears, { timeout: 5_000 }).toBe(`spotify:track:${id}`);
  const removed = await mira.page.request.delete(`/api/nests/${nest.code}/spotify-app`);
  expect(removed.status()).toBe(204);
  expect(await hears()).toBeNull();
});

test('a browser plays by the nest’s app as well, and only its page lets the player in', async ({ door, spotify }) => {
  const mira = await door.comeIn('Mira');
  const nest = await nestOf(mira);
  await bring(mira, nest.code);
  const own = await connected(door, 'Ben', nest.hear, 'Ben Listens');
  await withCovers(own.page.context());
  const ben = new NestPage(own.page);
  await own.hearHere();
  await ben.isAlive();
  const here = new HearHere(own.page);
  await expect(here.words).toHaveText('You hear it in this browser.');
  await here.words.click();
  await addTheFirst(ben);
  await expect.poll(async () => (await spotify.hears('ben31'))?.playing, { timeout: 5_000 }).toBe(true);
  await own.page.goto('/');
  expect(await own.page.evaluate(() => 'Spotify' in window)).toBe(false);
  await expect.poll(async () => (await spotify.hears('ben31'))?.playing ?? false).toBe(false);
});
