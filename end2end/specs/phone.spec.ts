// Nests with a phone in the hand: everything that a desk can do, at 390 pixels.

import { LONG } from '../house/music';
import { SCREENS } from '../house/screens';
import { expect, test } from '../house/test';
import { pairScreen } from '../journeys/paired-screen';
import type { NestPage } from '../pages/nest-page';

const { harbour, blueHour } = LONG;
const CODE = /^[ABCDEFGHJKMNPQRSTUVWXYZ23456789]{5}$/;
const SEEN_WITHIN_MS = 2_000;
const viewport = SCREENS.phone;

test('nests are built, found in every way and left again', async ({ door, program }) => {
  test.setTimeout(90_000);
  const mira = await door.comeIn('Mira', { viewport });
  const addresses: string[] = [];
  mira.page.on('request', (request) => {
    if (request.isNavigationRequest()) {
      addresses.push(new URL(request.url()).pathname);
    }
  });
  const code = await mira.buildNest('Rooftop');
  expect(addresses, 'to its name').toContain('/rooftop');
  await expect(mira.page).toHaveURL(`/nest/${code}`);
  await mira.search.add(harbour.title);
  const { scanned, shown } = await mira.scanShared();
  expect(scanned).toBe(shown);
  expect(new URL(shown).pathname).toBe('/rooftop');

  const jonas = await door.comeIn('Jonas', { viewport });
  await jonas.openJoin();
  await jonas.join.nest('Rooftop').click();
  await expect(jonas.bar.name, 'from the list').toHaveText('Rooftop');
  await jonas.isAlive();
  for (const typed of [` ${code.toLowerCase()} `, `${program.url}/rooftop`]) {
    await jonas.goToMain();
    await jonas.openJoin();
    await jonas.join.code.fill(typed);
    await jonas.join.flyIn.click();
    await expect(jonas.bar.name, typed).toHaveText('Rooftop');
    await jonas.isAlive();
  }
  await expect(jonas.stage.title).toHaveText(harbour.title);

  await jonas.openBuild();
  await jonas.build.build.click();
  await expect(jonas.bar.name).not.toHaveText('Rooftop');
  await jonas.isAlive();
  const own = (await jonas.bar.code.textContent()) ?? '';
  expect(own).toMatch(CODE);
  await expect(jonas.page, 'no name, no link name').toHaveURL(`/nest/${own}`);
});

test('a restart takes phones along, history can be read and taken home, a screen is paired', async ({ door }) => {
  test.setTimeout(90_000);
  const mira = await door.comeIn('Mira', { viewport });
  const code = await mira.buildNest('Rooftop');
  await mira.search.add(harbour.title);
  await mira.search.add(blueHour.title);
  const jonas = await door.comeIn('Jonas', { viewport, at: `/${code}` });
  await jonas.queue.holds(blueHour.title);

  const tv = await pairScreen(door, mira, code);
  await expect(tv.getByRole('heading', { level: 1 })).toHaveText(harbour.title, { timeout: SEEN_WITHIN_MS });

  await mira.page.goto(`/nest/${code}`);
  await mira.isAlive();
  const settings = await mira.openSettings();
  await settings.unfold('Restart…', /listening/);
  await settings.restart.click();
  await expect(jonas.page.getByText('The host restarted this nest.')).toBeVisible({ timeout: SEEN_WITHIN_MS });
  await expect(jonas.stage.title).toHaveText(blueHour.title);
  await expect(tv.getByRole('heading', { level: 1 }), 'screens come along').toHaveText(blueHour.title);

  await jonas.openMenu();
  await jonas.menu.self.getByRole('link', { name: 'What played here' }).click();
  await expect(jonas.page.getByRole('main').getByRole('listitem')).toContainText(harbour.title);
  const coming = jonas.page.waitForEvent('download');
  await jonas.page.getByRole('link', { name: 'CSV' }).click();
  expect((await coming).suggestedFilename()).toMatch(/\.csv$/);
});

test.describe('the phone\'s own share sheet', () => {
  /** Shares a nest with a sheet that ends so: `null`, or the name of an error. Answers the link that is to be shared. */
  async function shareWith(mira: NestPage, end: string | null): Promise<string> {
    await mira.page.addInitScript((end) => {
      const shared: unknown[] = [];
      const uncaught: unknown[] = [];
      addEventListener('unhandledrejection', ({ reason }) => uncaught.push(String(reason)));
      const share = (what: unknown) => {
        shared.push(what);
        return end === null ? Promise.resolve() : Promise.reject(new DOMException('the sheet ended', end));
      };
      Object.assign(window, { shared, uncaught });
      Object.defineProperty(navigator, 'share', { value: share });
    }, end);
    await mira.buildNest('Rooftop');
    const { shown } = await mira.scanShared();
    await mira.share.sendTo.click();
    await expect.poll(() => mira.page.evaluate(() => (window as unknown as Sheet).shared)).toEqual([{ url: shown }]);
    return shown;
  }

  /** What no part of the page dealt with. Rejections are told after the task in which nobody took them. */
  async function uncaught(mira: NestPage): Promise<string[]> {
    return mira.page.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve));
      return (window as unknown as Sheet).uncaught;
    });
  }

  interface Sheet {
    shared: { url: string }[];
    uncaught: string[];
  }

  test('takes the link, where there is one', async ({ door }) => {
    const mira = await door.comeIn('Mira', { viewport });
    await shareWith(mira, null);
    expect(await uncaught(mira)).toEqual([]);
  });

  test('may be closed, and nothing is said about it', async ({ door }) => {
    const mira = await door.comeIn('Mira', { viewport });
    await shareWith(mira, 'AbortError');
    expect(await uncaught(mira)).toEqual([]);
    await expect(mira.toasts.locator('.toast')).toHaveCount(0);
    await expect(mira.share.self, 'one may choose another way').toBeVisible();
  });

  test('may fail: then the link is copied, and said to be', async ({ door }) => {
    const mira = await door.comeIn('Mira', { viewport, permissions: ['clipboard-read', 'clipboard-write'] });
    const link = await shareWith(mira, 'NotAllowedError');
    await expect(mira.toast(/Link copied/)).toBeVisible();
    await expect(mira.share.self).toBeHidden();
    expect(await mira.page.evaluate(() => navigator.clipboard.readText())).toBe(link);
    expect(await uncaught(mira)).toEqual([]);
  });

  test('may fail where nothing can be copied either: then the link stands there, chosen', async ({ door }) => {
    const mira = await door.comeIn('Mira', { viewport });
    await mira.page.addInitScript(() => {
      const writeText = () => Promise.reject(new DOMException('not here', 'NotAllowedError'));
      Object.defineProperty(navigator.clipboard, 'writeText', { value: writeText });
    });
    const link = await shareWith(mira, 'NotAllowedError');
    await expect(mira.share.link).toBeFocused();
    expect(await mira.page.evaluate(() => document.getSelection()?.toString())).toBe(link);
    expect(await uncaught(mira)).toEqual([]);
  });
});
