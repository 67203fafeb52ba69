// What played in a nest: rows, a search, other pages, files.

import type { Locator, Page } from '@playwright/test';

export class HistoryPage {
  readonly rows: Locator;
  readonly field: Locator;
  readonly search: Locator;
  readonly showAll: Locator;
  readonly newest: Locator;
  readonly newer: Locator;
  readonly older: Locator;
  readonly files: Locator;
  readonly backToNest: Locator;

  constructor(readonly page: Page) {
    const main = page.getByRole('main');
    const pages = main.getByRole('navigation', { name: 'Pages' });
    this.rows = main.getByRole('listitem');
    this.field = main.getByRole('searchbox');
    this.search = main.getByRole('button', { name: 'Search' });
    this.showAll = main.getByRole('link', { name: 'Show all' });
    this.newest = pages.getByRole('link', { name: 'Newest' });
    this.newer = pages.getByRole('link', { name: 'Newer' });
    this.older = pages.getByRole('link', { name: 'Older' });
    this.files = main.getByRole('navigation', { name: 'Take all of it with you' }).getByRole('link');
    this.backToNest = main.getByRole('link', { name: 'Back to the nest' });
  }

  async open(nest: string): Promise<void> {
    await this.page.goto(`/nest/${nest}/history`);
  }

  async lookFor(words: string): Promise<void> {
    await this.field.fill(words);
    await this.search.click();
  }

  /** When the page's songs began, in milliseconds since 1970, from top to bottom. */
  async beginnings(): Promise<number[]> {
    const times = await this.rows.locator('time').evaluateAll((all) => all.map((time) => time.getAttribute('datetime')));
    return times.map((time) => Date.parse(time ?? ''));
  }
}
