// The nest bar: where one is, who else is here, the ways to other nests.

import type { Locator, Page } from '@playwright/test';

export class Bar {
  readonly self: Locator;
  readonly name: Locator;
  readonly code: Locator;
  readonly copyLink: Locator;
  /** Only on wide screens; phones have it in the menu. */
  readonly qr: Locator;
  /** Only the number, or `--`. */
  readonly listeners: Locator;
  readonly peopleButton: Locator;
  readonly people: Locator;
  /** `2 of 3 in sync`, at the head of the list; also while the list is closed. */
  readonly inSync: Locator;
  readonly build: Locator;
  readonly join: Locator;
  readonly backToMain: Locator;

  constructor(page: Page) {
    this.self = page.getByRole('banner');
    this.name = this.self.locator('.nest-bar__name');
    this.code = this.self.locator('.code__text');
    this.copyLink = this.self.getByRole('button', { name: 'Copy link to this nest' });
    this.qr = this.self.getByRole('link', { name: 'QR code of this nest' });
    this.listeners = page.getByTestId('listeners');
    this.peopleButton = this.self.getByRole('button', { name: /who is here/ });
    this.people = page.getByRole('dialog', { name: /listening/ });
    this.inSync = page.getByTestId('in-sync');
    this.build = this.self.getByRole('link', { name: 'Build a Nest' });
    this.join = this.self.getByRole('link', { name: 'Join' });
    this.backToMain = this.self.getByRole('link', { name: 'Back to Main Nest' });
  }

  /** Somebody in the list of who is here. */
  person(name: string): Locator {
    return this.people.getByRole('listitem').filter({ hasText: name });
  }
}
