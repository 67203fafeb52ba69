// The search: a field, and results that one can add.

import { type Locator, type Page, expect } from '@playwright/test';

export class Search {
  readonly self: Locator;
  readonly field: Locator;
  /** Only where no script runs. */
  readonly go: Locator;
  readonly panel: Locator;
  readonly hits: Locator;
  readonly hitTitles: Locator;
  /** The sources' names above their hits, where there are several. */
  readonly sources: Locator;
  /** The line below the hits: who still searches, who has no answer. */
  readonly state: Locator;
  /** The hit that Enter adds. */
  readonly chosen: Locator;
  /** Below the hits, while a source has more. */
  readonly more: Locator;
  /** For links and for several lines. */
  readonly openSheet: Locator;
  /** Phones show the search only when asked to. */
  private readonly open: Locator;
  private readonly done: Locator;

  constructor(page: Page) {
    this.self = page.getByRole('search');
    this.field = page.getByLabel('Search for a song or paste a link');
    this.go = this.self.getByRole('button', { name: 'Search' });
    this.panel = page.locator('#search-results');
    this.hits = this.panel.getByRole('listitem');
    this.hitTitles = this.hits.locator('.hit__title');
    this.sources = this.panel.locator('.search__source');
    this.state = this.panel.getByRole('status');
    this.chosen = this.panel.locator('[data-cursor] .hit__title');
    this.more = this.panel.getByRole('button', { name: 'Show more' });
    this.openSheet = this.panel.getByRole('button', { name: 'Open the paste sheet' });
    this.open = page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Search' });
    this.done = this.self.getByRole('link', { name: 'Done' });
  }

  hit(title: string): Locator {
    return this.hits.filter({ has: this.panel.page().locator('.hit__title').getByText(title, { exact: true }) });
  }

  addButton(title: string): Locator {
    return this.panel.getByRole('button', { name: `Add ${title}`, exact: true });
  }

  /** Types the title and waits until it is found. */
  async find(title: string): Promise<void> {
    await this.type(title);
    await expect(this.hit(title)).toBeVisible();
  }

  /** Finds and adds a song, and closes the search. */
  async add(title: string): Promise<void> {
    await this.find(title);
    await this.addButton(title).click();
    await this.close();
  }

  async type(words: string): Promise<void> {
    if (!(await this.field.isVisible())) {
      await this.open.click();
    }
    await this.field.fill(words);
  }

  async close(): Promise<void> {
    if (await this.done.isVisible()) {
      await this.done.click();
    } else {
      await this.field.press('Escape');
    }
    await expect(this.panel).toBeHidden();
  }
}
