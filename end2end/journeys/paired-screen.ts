// A screen that shows a nest: it tells its code, a member types it.

import { type BrowserContextOptions, type Page, expect } from '@playwright/test';

import type { Door } from '../house/test';
import type { NestPage } from '../pages/nest-page';

/** Pairs a new screen with `nest`, a code or `main`, by the hand of `member`, and waits until it shows it. */
export async function pairScreen(
  door: Door,
  member: NestPage,
  nest: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const screen = await (await door.visitor(options)).newPage();
  await screen.goto('/tv');
  const code = (await screen.locator('.tv__code').textContent()) ?? '';
  await member.page.goto(`/pair?nest=${nest}`);
  await member.page.getByLabel('Code on the screen').fill(code);
  await member.page.getByRole('button', { name: 'Show it there' }).click();
  await expect(screen.getByRole('complementary', { name: 'Join' })).toBeVisible();
  return screen;
}
