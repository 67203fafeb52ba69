// A nest's page: where its parts are. What can be done with a part is in the part's own file.

import { type Locator, type Page, expect } from '@playwright/test';

import { scan } from '../house/camera';
import { Bar } from './bar';
import { BuildDialog } from './build-dialog';
import { JoinDialog } from './join-dialog';
import { Menu } from './menu';
import { Queue } from './queue';
import { Search } from './search';
import { SettingsPage } from './settings-page';
import { ShareDialog } from './share-dialog';
import { Stage } from './stage';

export class NestPage {
  readonly bar: Bar;
  readonly stage: Stage;
  readonly search: Search;
  readonly queue: Queue;
  readonly build: BuildDialog;
  readonly join: JoinDialog;
  readonly menu: Menu;
  readonly share: ShareDialog;
  /** The thin bar that says how the line to the server stands. */
  readonly banner: Locator;
  readonly toasts: Locator;
  /** What a form without a script was refused for. */
  readonly notice: Locator;
  /** All keys, as `?` shows them. */
  readonly keys: Locator;

  /** Steps with each page that is loaded. */
  private visits = 0;
  /** The loaded page's socket has told who is here. */
  private isGreeted = false;
  /** Of the nest, as the latest whole state over a socket had it. */
  private seenGeneration: number | undefined;

  constructor(readonly page: Page) {
    this.bar = new Bar(page);
    this.stage = new Stage(page);
    this.search = new Search(page);
    this.queue = new Queue(page);
    this.build = new BuildDialog(page);
    this.join = new JoinDialog(page);
    this.menu = new Menu(page);
    this.share = new ShareDialog(page);
    this.banner = page.locator('.banner');
    this.toasts = page.locator('.toasts');
    this.notice = page.getByRole('main').getByRole('alert');
    this.keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    this.watchForGreetings();
  }

  /** Waits until the page's socket has told who is here: from then on it is the live client that answers. */
  async isAlive(): Promise<void> {
    await expect.poll(() => this.isGreeted, { message: 'the page has a socket' }).toBe(true);
    await expect(this.bar.listeners).toHaveText(/^[1-9]/);
  }

  /** Which of the nest's generations this page is on; `undefined` before a socket brought the whole state. */
  get generation(): number | undefined {
    return this.seenGeneration;
  }

  toast(words: string | RegExp): Locator {
    return this.toasts.locator('.toast').filter({ hasText: words });
  }

  /** By whichever button this screen has for it. */
  async openMenu(): Promise<void> {
    await this.menu.open.or(this.menu.more).filter({ visible: true }).click();
    await expect(this.menu.self).toBeVisible();
  }

  async openPeople(): Promise<void> {
    await this.bar.peopleButton.click();
    await expect(this.bar.people).toBeVisible();
  }

  /** To the dialog; without JavaScript to the page. */
  async goToBuild(): Promise<void> {
    await this.openFromBarOrMenu(this.bar.build, this.menu.build);
  }

  async openBuild(): Promise<void> {
    await this.goToBuild();
    await expect(this.build.self).toBeVisible();
  }

  /** Builds a nest of this name and goes there. Answers its code. */
  async buildNest(name: string): Promise<string> {
    await this.openBuild();
    await this.build.name.fill(name);
    await this.build.build.click();
    await expect(this.bar.name).toHaveText(name);
    await this.isAlive();
    return (await this.bar.code.textContent()) ?? '';
  }

  /** By the menu, as the host of a nest, or in the Main Nest. */
  async openSettings(): Promise<SettingsPage> {
    await this.openMenu();
    await this.menu.settings.click();
    const settings = new SettingsPage(this.page);
    await expect(settings.heading).toBeVisible();
    return settings;
  }

  /** By the menu, as the host of a nest; `says` is how many are listening. */
  async openRestart(says: RegExp): Promise<SettingsPage> {
    await this.openMenu();
    await this.menu.restart.click();
    const settings = new SettingsPage(this.page);
    await expect(settings.restart, 'its fold is open').toBeVisible();
    await expect(settings.listening).toHaveText(says);
    return settings;
  }

  /** The link to this nest as the share dialog's QR code has it, read off the screen like a camera does. */
  async scanShared(): Promise<{ scanned: string | undefined; shown: string }> {
    await this.openMenu();
    await this.menu.share.click();
    const picture = this.share.qr;
    await expect(picture).toBeVisible();
    const loaded = () => picture.evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth > 0);
    await expect.poll(loaded).toBe(true);
    const shown = await this.share.link.inputValue();
    return { scanned: scan(await picture.screenshot({ animations: 'disabled' })), shown };
  }

  /** To the dialog; without JavaScript to the page. */
  async goToJoin(): Promise<void> {
    await this.openFromBarOrMenu(this.bar.join, this.menu.join);
  }

  /** Both with nothing but keys. */
  async pressBuild(): Promise<void> {
    await this.pressInBarOrMenu(this.bar.build, this.menu.build);
  }

  async pressJoin(): Promise<void> {
    await this.pressInBarOrMenu(this.bar.join, this.menu.join);
  }

  async pressMain(): Promise<void> {
    await this.pressInBarOrMenu(this.bar.backToMain, this.menu.backToMain);
  }

  async openJoin(): Promise<void> {
    await this.goToJoin();
    await expect(this.join.self).toBeVisible();
  }

  async goToMain(): Promise<void> {
    await this.openFromBarOrMenu(this.bar.backToMain, this.menu.backToMain);
    await expect(this.bar.name).toHaveText('Main Nest');
    await this.isAlive();
  }

  async goOffline(): Promise<void> {
    await this.page.context().setOffline(true);
  }

  async goOnline(): Promise<void> {
    await this.page.context().setOffline(false);
  }

  /** Another tab of the same person. */
  async openTab(at = '/'): Promise<NestPage> {
    const tab = new NestPage(await this.page.context().newPage());
    await tab.page.goto(at);
    await tab.isAlive();
    return tab;
  }

  /** On a wide screen from the bar, on a phone from the menu. */
  private async openFromBarOrMenu(inBar: Locator, inMenu: Locator): Promise<void> {
    if (await inBar.isVisible()) {
      await inBar.click();
    } else {
      await this.openMenu();
      await inMenu.click();
    }
  }

  private async pressInBarOrMenu(inBar: Locator, inMenu: Locator): Promise<void> {
    const isInBar = await inBar.isVisible();
    for (const stop of isInBar ? [inBar] : [this.menu.more, inMenu]) {
      await stop.focus();
      await this.page.keyboard.press('Enter');
    }
  }

  private watchForGreetings(): void {
    this.page.on('request', (request) => {
      if (request.isNavigationRequest() && request.frame() === this.page.mainFrame()) {
        this.visits += 1;
        this.isGreeted = false;
        this.seenGeneration = undefined;
      }
    });
    this.page.on('websocket', (socket) => {
      const visit = this.visits;
      socket.on('framereceived', ({ payload }) => {
        const frame = payload.toString();
        if (visit === this.visits && frame.startsWith('{"people"')) {
          this.isGreeted = true;
        }
        if (visit === this.visits && frame.startsWith('{"snapshot"')) {
          this.seenGeneration = (JSON.parse(frame) as { snapshot: { generation: number } }).snapshot.generation;
        }
      });
    });
  }
}
