// The host restarts a nest: who is inside comes along by themselves. What played is still to be read.

import { LONG } from '../house/music';
import { SCREENS } from '../house/screens';
import { expect, test } from '../house/test';
import { HistoryPage } from '../pages/history-page';

const { harbour, blueHour, slowTrain } = LONG;
/** From the host's click until everybody inside is on the new generation. */
const WITHIN_MS = 2_000;
const LOOK_AGAIN_MS = [20];

for (const [screen, viewport] of Object.entries(SCREENS)) {
  test(`a restart says so to everybody inside and takes them along, on a ${screen}`, async ({ door }) => {
    const mira = await door.comeIn('Mira', { viewport });
    const code = await mira.buildNest('Friday Vibes');
    await mira.search.add(harbour.title);
    await mira.search.add(blueHour.title);
    const jonas = await door.comeIn('Jonas', { viewport, at: '/friday-vibes' });
    await jonas.queue.holds(blueHour.title);
    const nest = async () => {
      const answer = await jonas.page.request.get(`/api/nests/${code}`);
      return (await answer.json()) as { generation: number; restart_count: number };
    };
    const before = await nest();

    const settings = await mira.openSettings();
    await settings.unfold('Restart…', /2 people are listening|One person is listening/);
    const next = before.generation + 1;
    await Promise.all([
      expect
        .poll(() => jonas.generation, { timeout: WITHIN_MS, intervals: LOOK_AGAIN_MS, message: 'the next generation' })
        .toBe(next),
      expect(jonas.banner).toHaveText('The host restarted this nest.', { timeout: WITHIN_MS }),
      settings.restart.click(),
    ]);
    expect(await nest()).toMatchObject({ generation: next, restart_count: before.restart_count + 1 });
    await expect(jonas.stage.title, 'what waited is kept and plays now').toHaveText(blueHour.title);
    await expect(mira.bar.name).toHaveText('Friday Vibes');
    await expect(mira.bar.code).toHaveText(code);
    await mira.isAlive();
    await jonas.search.add(slowTrain.title);
    await mira.queue.holds(slowTrain.title);
    await expect(jonas.banner, 'said long enough').toBeHidden();

    const history = new HistoryPage(jonas.page);
    await history.open(code);
    await expect(history.rows.filter({ hasText: harbour.title })).toContainText('brought by Mira');
  });
}
