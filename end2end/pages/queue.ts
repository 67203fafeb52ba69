// The queue and its rows.

import { type Locator, type Page, expect } from '@playwright/test';

export class Queue {
  readonly self: Locator;
  readonly rows: Locator;
  readonly titles: Locator;
  readonly clear: Locator;
  readonly bendersPicks: Locator;

  constructor(page: Page) {
    this.self = page.getByRole('region', { name: 'Up next' });
    this.rows = this.self.locator('.row');
    this.titles = this.rows.locator('.row__title');
    this.clear = this.self.getByRole('button', { name: 'Clear' });
    this.bendersPicks = this.self.getByRole('region', { name: "Bender's picks" }).locator('.row');
  }

  row(title: string): Row {
    const named = this.self.page().locator('.row__title').getByText(title, { exact: true });
    return new Row(this.rows.filter({ has: named }), title);
  }

  /** Waits until exactly these titles wait, in this order. */
  async holds(...titles: string[]): Promise<void> {
    await expect(this.titles).toHaveText(titles);
  }

  async isEmpty(): Promise<void> {
    await expect(this.rows).toHaveCount(0);
  }

  /** Counts, from now on, how often a row slides. */
  async watchSlides(): Promise<{ count(): Promise<number> }> {
    const seen = await this.self.evaluateHandle((queue) => {
      const slides = { count: 0 };
      queue.addEventListener('transitionrun', (event) => {
        const isRow = event.target instanceof Element && event.target.matches('.row');
        if (isRow && (event as TransitionEvent).propertyName === 'transform') {
          slides.count += 1;
        }
      });
      return slides;
    });
    return { count: () => seen.evaluate((slides) => slides.count) };
  }
}

export class Row {
  readonly who: Locator;
  readonly votes: Locator;
  readonly voteUp: Locator;
  readonly voteDown: Locator;
  readonly jam: Locator;
  readonly remove: Locator;
  readonly why: Locator;
  readonly jammedBy: Locator;
  readonly plays: Locator;
  /** What can be done with Bender's pick. */
  readonly queueIt: Locator;
  readonly filterIt: Locator;
  /** Only for what has a page at its source. */
  readonly openIt: Locator;
  private readonly more: Locator;

  constructor(
    readonly self: Locator,
    title: string,
  ) {
    this.who = self.locator('.row__who-name');
    this.votes = self.locator('.votes__net');
    this.voteUp = self.getByRole('button', { name: `Vote up: ${title}` });
    this.voteDown = self.getByRole('button', { name: `Vote down: ${title}` });
    this.jam = self.getByRole('button', { name: `Jam: ${title}` });
    this.more = self.locator('summary');
    this.remove = self.getByRole('button', { name: 'Remove' });
    this.why = self.locator('.row__why');
    this.jammedBy = self.locator('.row__jams');
    this.plays = self.getByRole('time');
    this.queueIt = self.getByRole('button', { name: 'Queue it' });
    this.filterIt = self.getByRole('button', { name: 'Filter it' });
    this.openIt = self.getByRole('link', { name: 'Open it' });
  }

  async openMore(): Promise<void> {
    await this.more.click();
  }
}
