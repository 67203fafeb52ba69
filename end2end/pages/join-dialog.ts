// The dialog that leads into other nests.

import type { Locator, Page } from '@playwright/test';

export class JoinDialog {
  readonly self: Locator;
  readonly nests: Locator;
  readonly code: Locator;
  readonly flyIn: Locator;
  readonly cancel: Locator;
  readonly close: Locator;
  readonly error: Locator;

  constructor(page: Page) {
    this.self = page.getByRole('dialog', { name: 'Join a Nest' });
    this.nests = this.self.getByRole('link');
    this.code = this.self.getByLabel('Have a code or a link?');
    this.flyIn = this.self.getByRole('button', { name: 'Fly in' });
    this.cancel = this.self.getByRole('button', { name: 'Cancel' });
    this.close = this.self.getByRole('button', { name: 'Close' });
    this.error = this.self.getByRole('alert');
  }

  nest(name: string): Locator {
    return this.nests.filter({ hasText: name });
  }
}
