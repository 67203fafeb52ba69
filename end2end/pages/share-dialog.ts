// The dialog that brings others to a nest: its link, to scan, to copy, to send.

import type { Locator, Page } from '@playwright/test';

export class ShareDialog {
  readonly self: Locator;
  readonly qr: Locator;
  readonly link: Locator;
  readonly copy: Locator;
  /** Only on phones that have a share sheet. */
  readonly sendTo: Locator;

  constructor(page: Page) {
    this.self = page.getByRole('dialog', { name: 'Share this nest' });
    this.qr = this.self.getByRole('img', { name: 'QR code of the link' });
    this.link = this.self.getByLabel('Link to this nest');
    this.copy = this.self.getByRole('button', { name: 'Copy link' });
    this.sendTo = this.self.getByRole('button', { name: /^Send to/ });
  }
}
