// The paste sheet: a field for links, what they mean, and what can't be added.

import type { Locator, Page } from '@playwright/test';

export class PastePage {
  readonly heading: Locator;
  /** Of an empty page, and below a sheet. */
  readonly field: Locator;
  readonly lookUp: Locator;
  readonly sheet: Locator;
  readonly ticks: Locator;
  readonly headings: Locator;
  readonly add: Locator;
  readonly moreAlbums: Locator;
  /** What could not be added, line by line. */
  readonly leftOut: Locator;
  readonly notice: Locator;
  /** The way to one's own playlists, and the list itself. */
  readonly choosePlaylist: Locator;
  readonly playlists: Locator;
  readonly connect: Locator;

  constructor(readonly page: Page) {
    const main = page.getByRole('main');
    this.heading = main.getByRole('heading', { level: 1 });
    this.field = main.getByRole('textbox');
    this.lookUp = main.getByRole('button', { name: 'Look them up' });
    this.sheet = main.locator('#sheet');
    this.ticks = this.sheet.getByRole('checkbox');
    this.headings = this.sheet.getByRole('heading', { level: 3 });
    this.add = this.sheet.getByRole('button', { name: /^Add / });
    this.moreAlbums = this.sheet.getByRole('button', { name: /^Show more albums/ });
    this.leftOut = main.locator('.sheet__line');
    this.notice = main.getByRole('alert');
    this.choosePlaylist = main.getByRole('link', { name: 'Choose from your playlists' });
    this.playlists = main.locator('#playlists').getByRole('listitem');
    this.connect = main.getByRole('link', { name: /^Connect your Spotify/ });
  }

  playlist(name: string): Locator {
    return this.playlists.filter({ hasText: name }).getByRole('link');
  }

  async paste(lines: readonly string[]): Promise<void> {
    await this.field.fill(lines.join('\n'));
    await this.lookUp.click();
  }

  tick(title: string): Locator {
    return this.sheet.getByRole('checkbox', { name: title });
  }
}
