// The sign-in page, as a visitor uses it.

import type { Locator, Page } from '@playwright/test';

export class LoginPage {
  readonly nickname: Locator;
  readonly enter: Locator;
  /** In a house with Spotify, the way past connecting one's own account. */
  readonly skipSpotify: Locator;

  constructor(readonly page: Page) {
    this.nickname = page.getByLabel('What shall we call you?');
    this.skipSpotify = page.getByRole('link', { name: 'Skip for now' });
    this.enter = page.getByRole('button', { name: 'Come in' });
  }

  async comeInAs(nickname: string): Promise<void> {
    await this.nickname.fill(nickname);
    await this.enter.click();
  }
}
