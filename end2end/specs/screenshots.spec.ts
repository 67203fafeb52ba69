// Pictures of every screen, see house/pictures.ts. Those of a sleeping nest are taken where one sleeps (life.spec.ts).

import type { Page } from '@playwright/test';

import { take } from '../house/pictures';
import { SCREENS } from '../house/screens';
import { expect, test } from '../house/test';
import { pairScreen } from '../journeys/paired-screen';
import { HistoryPage } from '../pages/history-page';
import type { NestPage } from '../pages/nest-page';
import { SettingsPage } from '../pages/settings-page';

const HOUSE_COLLECTION = { MUSIC_DIR: undefined };
const SONGS_QUEUED = 7;
const SONGS_PLAYED = 4;

/** The titles that the house collection holds, as a search finds them. */
async function houseTitles(page: Page): Promise<string[]> {
  const found = async () => {
    const answers = await Promise.all(
      [...'aeio'].map(async (letter) => {
        const answer = await page.request.get('/api/search', { params: { q: letter, limit: '50' } });
        const { tracks } = (await answer.json()) as { tracks: { title: string }[] };
        return tracks.map((track) => track.title);
      }),
    );
    return [...new Set(answers.flat())].sort();
  };
  await expect.poll(async () => (await found()).length, { timeout: 120_000 }).toBeGreaterThan(SONGS_QUEUED);
  return found();
}

/** A lively nest: three people take turns, vote and jam. */
async function enliven(host: NestPage, guests: NestPage[], titles: string[]): Promise<void> {
  const everybody = [host, ...guests];
  for (const [n, title] of titles.slice(0, SONGS_QUEUED).entries()) {
    await everybody[n % everybody.length]?.search.add(title);
  }
  await expect(host.queue.rows).toHaveCount(SONGS_QUEUED - 1);
  const waiting = await host.queue.titles.allTextContents();
  for (const guest of guests) {
    await guest.stage.jam.click();
    await guest.queue.row(waiting[1] ?? '').jam.click();
    const last = guest.queue.row(waiting.at(-1) ?? '');
    if (await last.voteUp.isEnabled()) {
      await last.voteUp.click();
    }
  }
}

for (const [screen, viewport] of Object.entries(SCREENS)) {
  test.describe(`pictures for a ${screen}`, () => {
    test('the first visit, and an empty queue', async ({ door }, testInfo) => {
      const page = await (await door.visitor({ viewport })).newPage();
      await page.goto('/');
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await take(page, 'first-visit', testInfo);
      const mira = await door.comeIn('Mira', { viewport });
      await mira.stage.isQuiet();
      await take(mira.page, 'empty-queue', testInfo);
    });

    test.describe('of the house collection', () => {
      test.use({ settings: HOUSE_COLLECTION });
      test.setTimeout(180_000);

      test('a full queue, a search, the dialogs, and a broken connection', async ({ door }, testInfo) => {
        const mira = await door.comeIn('Mira Koch', { viewport });
        const titles = await houseTitles(mira.page);
        const guests = [await door.comeIn('Jonas Berg'), await door.comeIn('Ada')];
        await enliven(mira, guests, titles);
        await mira.stage.tuneInToTheMusic();
        await expect(mira.bar.listeners).toHaveText('3');
        await take(mira.page, 'full-queue', testInfo);

        await mira.search.type((titles.at(-1) ?? '').slice(0, 4));
        await expect(mira.search.hits.first()).toBeVisible();
        await take(mira.page, 'search', testInfo);
        await mira.search.close();

        await mira.openBuild();
        await mira.build.name.fill('Friday Vibes');
        await take(mira.page, 'build', testInfo);
        await mira.build.cancel.click();

        for (const [name, seedOf] of [
          ['Rooftop', guests[0]],
          ['Night Shift', guests[1]],
        ] as const) {
          await seedOf?.page.request.post('/api/nests', { data: { name } });
        }
        const built = await mira.page.request.post('/api/nests', { data: { name: 'Friday Vibes' } });
        const { code } = (await built.json()) as { code: string };
        const settings = new SettingsPage(await mira.page.context().newPage());
        await settings.page.goto(`/nest/${code}/settings`);
        await settings.unfold('Restart…', /Nobody is listening/);
        await take(settings.page, 'settings', testInfo);
        await settings.page.close();
        await mira.page.request.delete(`/api/nests/${code}`);

        await mira.openJoin();
        await expect(mira.join.nests).toHaveCount(2);
        await take(mira.page, 'join', testInfo);
        await mira.page.keyboard.press('Escape');

        await mira.goOffline();
        await expect(mira.banner).toHaveText('Reconnecting…');
        await take(mira.page, 'reconnecting', testInfo);
      });

      test('what played, and a nest on a TV', async ({ door }, testInfo) => {
        const mira = await door.comeIn('Mira Koch', { viewport });
        const titles = await houseTitles(mira.page);
        const guests = [await door.comeIn('Jonas Berg'), await door.comeIn('Ada')];
        await enliven(mira, guests, titles);
        const tv = await pairScreen(door, mira, 'main', { viewport });
        await take(tv, 'tv', testInfo);
        await mira.page.reload();
        await expect(mira.page.getByRole('button', { name: 'Disconnect' })).toBeVisible();
        await take(mira.page, 'pair', testInfo);

        await mira.page.goto('/');
        await mira.isAlive();
        for (let played = 0; played < SONGS_PLAYED; played += 1) {
          const title = (await mira.stage.title.textContent()) ?? '';
          await mira.stage.skip.click();
          await expect(mira.stage.title).not.toHaveText(title);
        }
        const history = new HistoryPage(mira.page);
        await history.open('main');
        await expect(history.rows).toHaveCount(SONGS_PLAYED);
        await take(mira.page, 'history', testInfo);
      });
    });
  });
}
