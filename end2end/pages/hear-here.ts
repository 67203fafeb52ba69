// The line on a nest's stage of whoever hears it in this browser: how it goes, what helps, and the way to stop.

import type { Locator, Page } from '@playwright/test';

export class HearHere {
  readonly self: Locator;
  readonly words: Locator;
  readonly stop: Locator;
  readonly tap: Locator;
  readonly playHere: Locator;

  constructor(readonly page: Page) {
    this.self = page.locator('#hear-here');
    this.words = this.self.getByRole('status');
    this.stop = this.self.getByRole('button', { name: 'Stop' });
    this.tap = this.helps('Tap to hear it');
    this.playHere = this.helps('Play it here');
  }

  helps(words: string): Locator {
    return this.self.getByRole('button', { name: words });
  }

  /** Where the player says that it is, in milliseconds; `null` while it is silent. */
  async position(): Promise<number | null> {
    return this.page.evaluate(async () => {
      const state = await window.standinPlayers?.at(-1)?.getCurrentState();
      return state && !state.paused ? state.position : null;
    });
  }
}
