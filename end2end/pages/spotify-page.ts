// The page about one's own account at Spotify, and the page at Spotify's stand-in on which one agrees.

import type { Locator, Page } from '@playwright/test';

export class SpotifyPage {
  readonly connect: Locator;
  readonly disconnect: Locator;
  readonly who: Locator;
  readonly notice: Locator;
  readonly chosen: Locator;
  readonly goOn: Locator;
  readonly stop: Locator;
  readonly backInSync: Locator;
  /** How many seats of the nest's own app are taken. */
  readonly seats: Locator;

  constructor(readonly page: Page) {
    this.connect = page.getByRole('button', { name: 'Connect Spotify' });
    this.disconnect = page.getByRole('button', { name: 'Disconnect' });
    this.who = page.getByTestId('who');
    this.notice = page.locator('.notice:not([hidden])');
    this.chosen = page.getByTestId('chosen');
    this.goOn = page.getByRole('link', { name: 'Go on' });
    this.stop = page.getByRole('button', { name: 'Stop' });
    this.seats = page.getByTestId('seats');
    this.backInSync = page.getByRole('button', { name: 'Back in sync' });
  }

  async agreeAs(name: string): Promise<void> {
    await this.connect.click();
    await this.page.getByRole('button', { name: `Agree as ${name}` }).click();
  }

  async cancel(): Promise<void> {
    await this.connect.click();
    await this.page.getByRole('button', { name: 'Cancel' }).click();
  }

  device(name: string): Locator {
    return this.page.getByRole('listitem').filter({ hasText: name });
  }

  /** In this very browser; leads on to the nest. */
  async hearHere(): Promise<void> {
    await this.hearOn('In this browser');
  }

  async hearOn(name: string): Promise<void> {
    await this.device(name).getByRole('button', { name: 'Hear it here' }).click();
  }
}
