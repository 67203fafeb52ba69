// The nests that somebody made or visited.

import type { Locator, Page } from '@playwright/test';

export class MyNestsPage {
  readonly rows: Locator;
  readonly notice: Locator;

  constructor(readonly page: Page) {
    const main = page.getByRole('main');
    this.rows = main.getByRole('listitem');
    this.notice = main.getByRole('alert');
  }

  async open(): Promise<void> {
    await this.page.goto('/nests');
  }

  nest(name: string): Locator {
    return this.rows.filter({ hasText: name });
  }

  /** Only beside one's own nest, while it sleeps. */
  restart(name: string): Locator {
    return this.rows.getByRole('button', { name: `Restart ${name}` });
  }
}
