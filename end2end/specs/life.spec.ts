// The life of a nest: it falls asleep, its host wakes it, those who wait come in; what played is kept. Wide and narrow.

import { LONG } from '../house/music';
import { take } from '../house/pictures';
import { SCREENS } from '../house/screens';
import { expect, test } from '../house/test';
import { HistoryPage } from '../pages/history-page';
import { MyNestsPage } from '../pages/my-nests-page';
import { expectFingerSized, expectWithinReach } from '../reach/within-reach';

const { harbour, blueHour, slowTrain } = LONG;
/** A landing on the next generation, by those inside. */
const LANDED_WITHIN_MS = 2_000;
/** The shortest life of an idle nest that can be set is a minute; and the look at it. */
const ASLEEP_WITHIN_MS = 80_000;

for (const [screen, viewport] of Object.entries(SCREENS)) {
  test.describe(`on a ${screen} of ${viewport.width} pixels`, () => {
    test('the host restarts a nest, and whoever is inside lands on the new start without a hand', async ({ door }) => {
      const mira = await door.comeIn('Mira', { viewport });
      const code = await mira.buildNest('Friday Vibes');
      await mira.search.add(harbour.title);
      await mira.search.add(blueHour.title);
      const jonas = await door.comeIn('Jonas', { viewport, at: `/nest/${code}` });
      await expect(jonas.stage.title).toHaveText(harbour.title);
      await jonas.queue.holds(blueHour.title);

      const settings = await mira.openRestart(/2 people are listening|One person is listening/);
      await settings.keepSongs.uncheck();
      await settings.restart.click();

      await expect(jonas.stage.title).toHaveText('Quiet in here.', { timeout: LANDED_WITHIN_MS });
      await jonas.queue.isEmpty();
      await mira.isAlive();
      await expect(mira.bar.name).toHaveText('Friday Vibes');
      await expect(mira.bar.code).toHaveText(code);
      await jonas.search.add(slowTrain.title);
      await expect(mira.stage.title).toHaveText(slowTrain.title);
    });

    test('a guest is not offered to restart, and is told why at the door', async ({ door }) => {
      const mira = await door.comeIn('Mira', { viewport });
      const code = await mira.buildNest('Friday Vibes');
      const jonas = await door.comeIn('Jonas', { viewport, at: `/nest/${code}` });
      await jonas.openMenu();
      await expect(jonas.menu.settings).toHaveCount(0);
      await expect(jonas.menu.restart).toHaveCount(0);
      await jonas.page.goto(`/nest/${code}/settings`);
      await expect(jonas.page.getByText('Only Mira, who built it, can change it.')).toBeVisible();
    });

    test.describe('asleep', () => {
      test.use({ settings: { NEST_MAX_INACTIVE_MINUTES: '1', NEST_CLEANUP_SECONDS: '1' } });

      test('a nest left alone sleeps; its host wakes it from the list, and the one who waits comes in', async ({
        door,
      }, testInfo) => {
        test.setTimeout(ASLEEP_WITHIN_MS + 90_000);
        const mira = await door.comeIn('Mira', { viewport });
        const code = await mira.buildNest('Night Owls');
        await mira.goToMain();
        const jonas = await door.comeIn('Jonas', { viewport });
        const stateOf = async () => {
          const answer = await jonas.page.request.get(`/api/nests/${code}`);
          return ((await answer.json()) as { state: string }).state;
        };
        await expect.poll(stateOf, { timeout: ASLEEP_WITHIN_MS }).toBe('asleep');
        const list = await jonas.page.request.get('/api/nests');
        expect(await list.text(), 'it left the list').not.toContain(code);

        const restartHere = (page: typeof mira.page) => page.getByRole('main').getByRole('button', { name: 'Restart nest' });
        await test.step('whoever did not build it may wait in front of it', async () => {
          await jonas.page.goto('/night-owls');
          await expect(jonas.page.getByRole('heading', { name: 'Night Owls is asleep.' })).toBeVisible();
          await expect(jonas.page.getByText('Mira, who built it, can wake it.')).toBeVisible();
          await expect(restartHere(jonas.page)).toHaveCount(0);
          await expectWithinReach(jonas.page, 'asleep, for a guest');
          await take(jonas.page, 'asleep-for-a-guest', testInfo);
        });
        await test.step('its host is offered to wake it, on its page and in the list', async () => {
          await mira.page.goto(`/nest/${code}`);
          await expect(restartHere(mira.page)).toBeVisible();
          await expectWithinReach(mira.page, 'asleep, for its host');
          await take(mira.page, 'asleep', testInfo);
          if (viewport === SCREENS.phone) {
            await expectFingerSized(mira.page, 'asleep, for its host');
          }
        });

        const nests = new MyNestsPage(mira.page);
        await nests.open();
        await expect(nests.nest('Night Owls')).toContainText('Asleep since');
        await expectWithinReach(mira.page, 'my nests, one asleep');
        await take(mira.page, 'my-nests', testInfo);
        if (viewport === SCREENS.phone) {
          await expectFingerSized(mira.page, 'my nests, one asleep');
        }
        await nests.restart('Night Owls').click();
        await expect(nests.nest('Night Owls'), 'the row changes').toContainText('quiet just now');
        await expect(nests.nest('Night Owls')).not.toContainText('Asleep');
        await expect(nests.restart('Night Owls')).toHaveCount(0);
        await expect(mira.page, 'in place').toHaveURL('/nests');

        await expect(jonas.bar.name, 'without a hand').toHaveText('Night Owls');
        await jonas.isAlive();
        await nests.nest('Night Owls').getByRole('link').click();
        await expect(mira.bar.name).toHaveText('Night Owls');
        await expect(jonas.bar.code).toHaveText(code);
        await expect(jonas.bar.listeners).toHaveText('2');
      });
    });

    test('what played is kept: searchable, with who brought it, and to take home', async ({ door }) => {
      const mira = await door.comeIn('Mira', { viewport });
      const code = await mira.buildNest('Friday Vibes');
      for (const { title } of [harbour, blueHour, slowTrain]) {
        await mira.search.add(title);
      }
      await mira.queue.holds(blueHour.title, slowTrain.title);
      await mira.stage.jam.click();
      await mira.stage.skip.click();
      await expect(mira.stage.title).toHaveText(blueHour.title);
      await mira.stage.skip.click();
      await expect(mira.stage.title).toHaveText(slowTrain.title);

      await mira.openMenu();
      await mira.menu.self.getByRole('link', { name: 'What played here' }).click();
      const history = new HistoryPage(mira.page);
      await expect(history.rows).toHaveCount(2);
      await expect(history.rows.first(), 'the newest first').toContainText(blueHour.title);
      await expect(history.rows.nth(1)).toContainText('brought by Mira');
      await expect(history.rows.nth(1)).toContainText('1 jam');
      await history.lookFor('harbor');
      await expect(history.rows).toHaveCount(0);
      await history.lookFor(harbour.title.toLowerCase());
      await expect(history.rows).toHaveCount(1);

      const files: [string, string, string][] = [
        ['m3u', 'mpegurl', '#EXTM3U'],
        ['csv', 'text/csv', harbour.title],
        ['json', 'application/json', harbour.title],
      ];
      for (const [ending, type, content] of files) {
        const file = await mira.page.request.get(`/nest/${code}/history.${ending}`);
        expect(file.headers()['content-type'], ending).toContain(type);
        expect(file.headers()['content-disposition'], ending).toContain('attachment');
        expect(await file.text(), ending).toContain(content);
      }
    });
  });
}
