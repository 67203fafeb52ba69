// What the creator of a nest can change about it: a plain page of forms. In the Main Nest everybody, but only Bender's switch.

import { type Locator, type Page, expect } from '@playwright/test';

export class SettingsPage {
  readonly heading: Locator;
  readonly name: Locator;
  readonly rename: Locator;
  readonly emoji: Locator;
  readonly saveEmoji: Locator;
  readonly keepSongs: Locator;
  /** How Bender stands in the nest, in words. */
  readonly benderHere: Locator;
  readonly switchBenderOff: Locator;
  readonly switchBenderOn: Locator;
  readonly clientId: Locator;
  readonly clientSecret: Locator;
  /** What is wrong with the id, or the secret, that was typed last; below its field. */
  readonly clientIdError: Locator;
  readonly clientSecretError: Locator;
  readonly saveApp: Locator;
  readonly replaceApp: Locator;
  readonly removeApp: Locator;
  readonly seats: Locator;
  readonly restart: Locator;
  /** What a new start is confirmed with. */
  readonly listening: Locator;
  readonly remove: Locator;
  /** What a form was refused for, where that is about none of its fields. */
  readonly notice: Locator;
  private readonly main: Locator;

  constructor(readonly page: Page) {
    this.main = page.getByRole('main');
    this.heading = page.getByRole('heading', { level: 1, name: 'Nest settings' });
    this.name = this.main.getByLabel('Name', { exact: true });
    this.rename = this.main.getByRole('button', { name: 'Rename' });
    this.emoji = this.main.getByLabel('Emoji of the link');
    this.saveEmoji = this.main.getByRole('button', { name: 'Save emoji' });
    this.keepSongs = this.main.getByRole('checkbox', { name: 'Keep the songs that wait' });
    this.benderHere = this.main.getByTestId('bender-here');
    this.switchBenderOff = this.main.getByRole('button', { name: 'Switch Bender off' });
    this.switchBenderOn = this.main.getByRole('button', { name: 'Switch Bender on' });
    this.clientId = this.main.getByLabel('Client ID');
    this.clientSecret = this.main.getByLabel('Client secret');
    this.clientIdError = this.main.locator('#client_id-error');
    this.clientSecretError = this.main.locator('#client_secret-error');
    this.saveApp = this.main.getByRole('button', { name: 'Save app' });
    this.replaceApp = this.main.getByRole('button', { name: 'Replace app' });
    this.removeApp = this.main.getByRole('button', { name: 'Remove app', exact: true });
    this.seats = this.main.getByTestId('seats');
    this.restart = this.main.getByRole('button', { name: 'Restart nest' });
    this.listening = this.main.getByTestId('listening');
    this.remove = this.main.getByRole('button', { name: 'Delete nest for good' });
    this.notice = this.main.locator('.notice').and(this.main.getByRole('alert'));
  }

  /** Types the credentials of a Spotify app; saving them is the caller's. */
  async typeApp(id: string, secret: string): Promise<void> {
    await this.clientId.fill(id);
    await this.clientSecret.fill(secret);
  }

  /** Folds out what a new start, or the end, would mean; `says` is how many are listening. */
  async unfold(what: 'Restart…' | 'Delete…' | 'Remove app…', says: RegExp): Promise<void> {
    const fold = this.main.locator('details').filter({ hasText: what });
    await fold.locator('summary').click();
    await expect(fold.getByText(says)).toBeVisible();
  }
}
