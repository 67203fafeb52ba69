// The stage: what plays, and the way to hear it.

import { type Locator, type Page, expect } from '@playwright/test';

/** Two seconds are usual. A machine that composes its house collection meanwhile starves the sound of every browser on it. */
const PLAYS_ALONG_WITHIN_MS = 30_000;

export class Stage {
  readonly self: Locator;
  readonly title: Locator;
  readonly artist: Locator;
  readonly broughtBy: Locator;
  readonly tuneIn: Locator;
  /** Carries `data-sync`: how well this browser plays along. */
  readonly sync: Locator;
  readonly status: Locator;
  /** The one thing that helps where something is wrong with the sound. */
  readonly help: Locator;
  readonly pause: Locator;
  readonly resume: Locator;
  readonly skip: Locator;
  readonly jam: Locator;
  readonly progress: Locator;
  readonly volume: Locator;
  readonly mute: Locator;
  readonly letBenderPick: Locator;
  readonly audio: Locator;

  constructor(page: Page) {
    this.self = page.locator('section.stage');
    this.title = this.self.getByRole('heading', { level: 2 });
    this.artist = this.self.locator('.stage__artist');
    this.broughtBy = this.self.locator('.stage__by');
    this.tuneIn = this.self.getByRole('button', { name: /^Tuned? in$/ });
    this.sync = this.self.locator('.tune-in');
    this.status = this.sync.getByRole('status');
    this.help = this.sync.locator('.tune-in__help');
    this.pause = this.self.getByRole('button', { name: 'Pause' });
    this.resume = this.self.getByRole('button', { name: 'Resume' });
    this.skip = this.self.getByRole('button', { name: 'Skip' });
    this.jam = this.self.getByRole('button', { name: /^Jam:/ });
    this.progress = this.self.getByRole('progressbar', { name: 'Position in the song' });
    this.volume = this.self.getByRole('slider', { name: 'Your volume' });
    this.mute = this.self.getByRole('button', { name: 'Mute' });
    this.letBenderPick = this.self.getByRole('button', { name: 'Let Bender pick' });
    this.audio = page.getByTestId('audio');
  }

  /** Presses "Tune in" and waits until the music plays along. */
  async tuneInToTheMusic(): Promise<void> {
    await this.tuneIn.click();
    await this.playsAlong();
  }

  async playsAlong(): Promise<void> {
    await expect(this.sync).toHaveAttribute('data-sync', 'in-sync', { timeout: PLAYS_ALONG_WITHIN_MS });
  }

  async isQuiet(): Promise<void> {
    await expect(this.title).toHaveText('Quiet in here.');
  }
}
