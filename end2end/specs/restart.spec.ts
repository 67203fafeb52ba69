// The host restarts a nest: who is inside comes along by themselves. What played is still to be read.

import { LONG } from '../house/music';
import { expect, test } from '../house/test';

const { harbour, blueHour } = LONG;
const WITHIN = 2_000;

test('a restart says so to everybody inside and takes them along', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const code = await mira.buildNest('Friday Vibes');
  await mira.search.add(harbour.title);
  await mira.search.add(blueHour.title);
  const jonas = await door.comeIn('Jonas', { at: '/friday-vibes' });
  await jonas.queue.holds(blueHour.title);

  const settings = await mira.openSettings();
  await settings.unfold('Restart…', /2 people are listening|One person is listening/);
  await settings.restart.click();
  await expect(jonas.page.getByText('The host restarted this nest.')).toBeVisible({ timeout: WITHIN });
  await expect(jonas.stage.title, 'what waited is kept and plays now').toHaveText(blueHour.title);
  await expect(mira.bar.name).toHaveText('Friday Vibes');
  await expect(mira.bar.code).toHaveText(code);

  await jonas.page.goto(`/nest/${code}/history`);
  await expect(jonas.page.getByRole('listitem').filter({ hasText: harbour.title })).toContainText('brought by Mira');
});
