// The journey EchoNest exists for: two people, one queue, the same music at the same moment.
// Told once, for the short tones of the tests and for real music.

import { type Page, expect } from '@playwright/test';

import { expectSameMoment } from '../listening/same-moment';
import type { NestPage } from '../pages/nest-page';

/** People see what others do within this time. */
export const SEEN_WITHIN_MS = 1_000;
/** Two browsers that play along are at most so far apart. */
export const TOGETHER_WITHIN_MS = 150;
/** Between tuning in and being compared. */
export const LISTENED_MS = 5_000;
/** For a browser to notice that a song is over, and to load the next one. */
const CHANGE_OF_SONG_MS = 10_000;

/** Three songs, added in this order to a nest where nothing plays: the first one plays at once. */
export async function queueThree(host: NestPage, guest: NestPage, titles: [string, string, string]): Promise<void> {
  const [first, second, third] = titles;
  await host.search.add(first);
  await expect(guest.stage.title).toHaveText(first, { timeout: SEEN_WITHIN_MS });
  await host.search.add(second);
  await expect(guest.queue.row(second).self).toBeVisible({ timeout: SEEN_WITHIN_MS });
  await host.search.add(third);
  await expect(guest.queue.row(third).self).toBeVisible({ timeout: SEEN_WITHIN_MS });
  await host.queue.holds(second, third);
  await guest.queue.holds(second, third);
}

/** A vote of the guest's brings the last song to the front, for both. */
export async function voteUp(host: NestPage, guest: NestPage, title: string, after: string[]): Promise<void> {
  await guest.queue.row(title).voteUp.click();
  for (const nest of [guest, host]) {
    await expect(nest.queue.titles).toHaveText(after, { timeout: SEEN_WITHIN_MS });
    await expect(nest.queue.row(title).votes).toHaveText(/\+1$/);
  }
  await expect(guest.queue.row(title).voteUp).toHaveAttribute('aria-pressed', 'true');
  await expect(host.queue.row(title).voteUp).toHaveAttribute('aria-pressed', 'false');
}

/** Both tune in, and hear the same moment of what plays. */
export async function hearTheSame(host: NestPage, guest: NestPage): Promise<number> {
  await Promise.all([host.stage.tuneIn.click(), guest.stage.tuneIn.click()]);
  await host.page.waitForTimeout(LISTENED_MS); // so long they have, and no longer, to find the moment
  const track = await trackOf(host.page);
  return expectSameMoment(host.page, guest.page, track, TOGETHER_WITHIN_MS);
}

/** What `act` does, or the end of the song alone, lets both browsers move on to `next` and play it along. */
export async function bothMoveOnTo(
  host: NestPage,
  guest: NestPage,
  next: string,
  withinMs: number,
  act: () => Promise<void> = waiting,
): Promise<number> {
  const before = await trackOf(host.page);
  await act();
  for (const nest of [host, guest]) {
    await expect(nest.stage.title).toHaveText(next, { timeout: withinMs });
  }
  for (const nest of [host, guest]) {
    await expect(nest.stage.audio).not.toHaveAttribute('data-track', before, { timeout: CHANGE_OF_SONG_MS });
    await nest.stage.playsAlong();
  }
  return expectSameMoment(host.page, guest.page, await trackOf(host.page), TOGETHER_WITHIN_MS);
}

/** Nobody does anything. */
async function waiting(): Promise<void> {}

async function trackOf(page: Page): Promise<string> {
  const track = await page.getByTestId('audio').getAttribute('data-track');
  expect(track, 'a track is loaded').not.toBeNull();
  return track ?? '';
}
