// A page that nobody has touched yet, as browsers see it: they let nothing sound there.
//
// Playwright's own looks into a page count as touches (it evaluates with `userGesture`, for traces as well), so whoever looks
// before the page has asked for sound lets it sound. Here nothing looks until then; what a page says on its console comes
// without a look. Tests that use it switch the trace off.

import type { Page } from '@playwright/test';

const ASKED = 'the page has asked for sound';

/** Loads the page again and waits until it has asked the browser to play. */
export async function reloadUntouched(page: Page): Promise<void> {
  await page.addInitScript((asked) => {
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
      const started = play.call(this);
      console.debug(asked);
      return started;
    };
  }, ASKED);
  const asked = page.waitForEvent('console', (message) => message.text() === ASKED);
  await page.reload();
  await asked;
}
