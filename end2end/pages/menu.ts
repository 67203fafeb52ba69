// A person's own menu.

import type { Locator, Page } from '@playwright/test';

export class Menu {
  readonly self: Locator;
  readonly open: Locator;
  /** The way to the menu on phones. */
  readonly more: Locator;
  /** Only on phones; wide screens have these in the bar. */
  readonly build: Locator;
  readonly join: Locator;
  readonly backToMain: Locator;
  /** Only for whoever built the nest, and in the Main Nest for everybody. */
  readonly settings: Locator;
  /** Only for whoever built the nest. */
  readonly restart: Locator;
  readonly paste: Locator;
  readonly share: Locator;
  readonly keys: Locator;
  readonly signOut: Locator;

  constructor(page: Page) {
    this.self = page.getByRole('dialog', { name: 'Menu' });
    this.open = page.getByRole('button', { name: 'Your menu' });
    this.more = page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: 'More' });
    this.build = this.self.getByRole('link', { name: 'Build a Nest' });
    this.join = this.self.getByRole('link', { name: 'Join a Nest' });
    this.backToMain = this.self.getByRole('link', { name: 'Back to Main Nest' });
    this.settings = this.self.getByRole('link', { name: 'Nest settings' });
    this.restart = this.self.getByRole('link', { name: 'Restart nest…' });
    this.paste = this.self.getByRole('link', { name: 'Paste many links' });
    this.share = this.self.getByRole('button', { name: 'Share this nest' });
    this.keys = this.self.getByRole('button', { name: 'Keyboard shortcuts' });
    this.signOut = this.self.getByRole('button', { name: 'Sign out' });
  }

  theme(name: string): Locator {
    return this.self.getByRole('radio', { name });
  }
}
