// The dialog that builds a nest.

import type { Locator, Page } from '@playwright/test';

export class BuildDialog {
  readonly self: Locator;
  readonly name: Locator;
  readonly seed: Locator;
  readonly seeds: Locator;
  readonly build: Locator;
  readonly cancel: Locator;
  readonly close: Locator;

  constructor(page: Page) {
    this.self = page.getByRole('dialog', { name: 'Build a Nest' });
    this.name = this.self.getByLabel('Name (optional)');
    this.seed = this.self.getByLabel('First taste (optional)');
    this.seeds = this.self.getByRole('option');
    this.build = this.self.getByRole('button', { name: 'Build', exact: true });
    this.cancel = this.self.getByRole('button', { name: 'Cancel' });
    this.close = this.self.getByRole('button', { name: 'Close' });
  }
}
