// What played, on its own page: fifty at a time, there and back, searched. With a script and without, wide and narrow.

import { LONG } from '../house/music';
import { SCREENS } from '../house/screens';
import { expect, test } from '../house/test';
import { playThrough } from '../journeys/an-evening';
import { HistoryPage } from '../pages/history-page';

const { harbour, blueHour } = LONG;
const PLAYS = 120;
const A_PAGE = 50;
const VISITS = {
  'wide, with a script': { viewport: SCREENS.desk },
  'narrow, without a script': { viewport: SCREENS.phone, javaScriptEnabled: false, reducedMotion: 'reduce' },
} as const;

/** Turns the pages from the newest to the oldest. Answers when their songs began. */
async function turnToTheOldest(history: HistoryPage, sizes: readonly number[]): Promise<number[][]> {
  await expect(history.newer, 'nothing is newer than the newest').toHaveCount(0);
  const pages: number[][] = [];
  for (const [n, size] of sizes.entries()) {
    await expect(history.rows).toHaveCount(size);
    pages.push(await history.beginnings());
    if (n < sizes.length - 1) {
      await history.older.click();
      await expect(history.newer).toBeVisible();
    }
  }
  await expect(history.older, 'nothing is older than the oldest').toHaveCount(0);
  return pages;
}

/** Turns them back, one by one, and expects the same songs on each. */
async function turnBack(history: HistoryPage, pages: readonly number[][]): Promise<void> {
  for (const page of pages.slice(0, -1).reverse()) {
    await history.newer.click();
    await expect(history.rows).toHaveCount(page.length);
    expect(await history.beginnings()).toEqual(page);
  }
  await expect(history.newer).toHaveCount(0);
}

test('what played is read fifty at a time, there and back, and so is what a search finds', async ({ door, program }) => {
  test.setTimeout(150_000);
  await playThrough(program, ['Mira', 'Jonas', 'Ada'], [harbour, blueHour], PLAYS);
  for (const [how, options] of Object.entries(VISITS)) {
    await test.step(how, async () => {
      const { page } = await door.comeIn('Mira', options);
      const history = new HistoryPage(page);
      await history.open('main');
      const all = await turnToTheOldest(history, [A_PAGE, A_PAGE, PLAYS - 2 * A_PAGE]);
      const newestFirst = [...new Set(all.flat())].sort((a, b) => b - a);
      expect(all.flat(), 'every song once, the newest first').toEqual(newestFirst);
      expect(newestFirst).toHaveLength(PLAYS);
      await turnBack(history, all);

      await history.lookFor('HARBOUR');
      const found = await turnToTheOldest(history, [A_PAGE, PLAYS / 2 - A_PAGE]);
      await expect(history.rows.filter({ hasText: harbour.title })).toHaveCount(PLAYS / 2 - A_PAGE);
      await expect(history.field, 'it stays what was looked for').toHaveValue('HARBOUR');
      await turnBack(history, found);
      await expect(history.rows.filter({ hasText: harbour.title })).toHaveCount(A_PAGE);
      await history.older.click();
      await history.newest.click();
      expect(await history.beginnings()).toEqual(found[0]);
      await expect(history.field).toHaveValue('HARBOUR');

      await history.lookFor('harbour hour');
      await expect(history.rows).toHaveCount(0);
      await expect(page.getByText('No song that played here has all these words.')).toBeVisible();
      await history.showAll.click();
      expect(await history.beginnings()).toEqual(all[0]);
      await expect(history.field).toHaveValue('');
    });
  }
});

test('before anything has played, the page says so and offers no empty files', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const history = new HistoryPage(mira.page);
  await history.open('main');
  await expect(mira.page.getByText('Nothing has played here yet.')).toBeVisible();
  await expect(history.files).toHaveCount(0);
  await history.backToNest.click();
  await expect(mira.bar.name).toHaveText('Main Nest');
});
