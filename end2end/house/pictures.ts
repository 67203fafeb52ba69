// Pictures of the pages, for the README and for eyes. With UPDATE_SCREENSHOTS=1 they go to docs/screenshots/, otherwise
// beside the test's results. Either way no page may be wider than its screen.

import path from 'node:path';

import { type Page, type TestInfo, expect } from '@playwright/test';

const GALLERY = path.resolve(__dirname, '../../docs/screenshots');
const UPDATE = process.env.UPDATE_SCREENSHOTS === '1';

export async function take(page: Page, name: string, testInfo: TestInfo): Promise<void> {
  const { width } = page.viewportSize() ?? { width: 0 };
  const file = `${name}-${width}.png`;
  await page.screenshot({ path: UPDATE ? path.join(GALLERY, file) : testInfo.outputPath(file) });
  const widest = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(widest, `${name} is not wider than its screen`).toBeLessThanOrEqual(width);
}
