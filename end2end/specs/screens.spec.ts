// Bringing others in: a code to scan, a link that tells what it is, and a screen that shows the nest without anybody signed in.

import { scan } from '../house/camera';
import { LONG, SONGS } from '../house/music';
import { SCREENS } from '../house/screens';
import { expect, test } from '../house/test';
import { pairScreen } from '../journeys/paired-screen';

const { harbour, blueHour, slowTrain } = LONG;
const SEEN_WITHIN_MS = 2_000;

test('the QR code in the share dialog leads to the nest, whoever scans it', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  await mira.buildNest('Friday Vibes');
  const { scanned, shown } = await mira.scanShared();
  expect(scanned).toBe(shown);

  const { pathname } = new URL(shown);
  const jonas = await door.comeIn('Jonas', { at: pathname });
  await expect(jonas.bar.name).toHaveText('Friday Vibes');
});

test('the QR code on a TV is the link that the nest bar copies', async ({ door }) => {
  const mira = await door.comeIn('Mira', { permissions: ['clipboard-read', 'clipboard-write'] });
  const code = await mira.buildNest('Friday Vibes');
  await mira.bar.copyLink.click();
  await expect(mira.toast(/Link copied/)).toBeVisible();
  const copied = await mira.page.evaluate(() => navigator.clipboard.readText());
  const { shown } = await mira.scanShared();
  expect(shown).toBe(copied);
  expect(new URL(copied).pathname).toBe('/friday-vibes');

  for (const viewport of Object.values(SCREENS)) {
    const tv = await pairScreen(door, mira, code, { viewport });
    expect(scan(await tv.screenshot()), `off ${viewport.width} pixels`).toBe(copied);
  }
});

test('a screen is paired by its code, shows the nest and follows it, and can be taken back', async ({ door, program }) => {
  const mira = await door.comeIn('Mira');
  await mira.search.add(harbour.title);
  await mira.search.add(blueHour.title);
  const tv = await (await door.visitor()).newPage();
  await tv.goto('/tv');
  const code = (await tv.locator('.tv__code').textContent()) ?? '';
  expect(code).toMatch(/^[A-Z0-9]{6}$/);

  await mira.page.goto('/pair');
  await mira.page.getByLabel('Code on the screen').fill('ZZZZZZ');
  await mira.page.getByRole('button', { name: 'Show it there' }).click();
  await expect(mira.page.getByLabel('Code on the screen')).toHaveAttribute('aria-invalid', 'true');
  await mira.page.getByLabel('Code on the screen').fill(code.toLowerCase());
  await mira.page.getByRole('button', { name: 'Show it there' }).click();

  await expect(tv.getByRole('heading', { level: 1 })).toHaveText(harbour.title, { timeout: SEEN_WITHIN_MS });
  await expect(tv.getByRole('listitem')).toHaveText([new RegExp(blueHour.title)]);
  await expect(tv.getByRole('button'), 'nobody operates a TV').toHaveCount(0);
  const jonas = await door.comeIn('Jonas');
  await jonas.search.add(slowTrain.title);
  await expect(tv.getByRole('listitem')).toHaveCount(2, { timeout: SEEN_WITHIN_MS });
  await jonas.stage.skip.click();
  await expect(tv.getByRole('heading', { level: 1 }), 'whose turn it is').toHaveText(slowTrain.title, { timeout: SEEN_WITHIN_MS });
  expect(scan(await tv.screenshot()), 'whoever sees it can join').toContain(new URL(program.url).host);

  await mira.page.goto('/pair');
  await mira.page.getByRole('button', { name: 'Disconnect' }).click();
  await expect(mira.page.getByRole('button', { name: 'Disconnect' })).toHaveCount(0);
  await expect(tv.locator('.tv__code'), 'by itself').toBeVisible({ timeout: SEEN_WITHIN_MS });
});

test('a screen that is not paired sees no nest', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  await mira.search.add(harbour.title);
  const tv = await (await door.visitor()).newPage();
  await tv.goto('/nest/main/tv');
  await expect(tv).toHaveURL('/tv');
  expect(await tv.content()).not.toContain(harbour.title);
  const events = await tv.request.get('/nest/main/tv/events');
  expect(events.status()).toBe(401);
});

test('a screen keeps itself awake, shows five songs to come, and nothing on it stands still for long', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const code = await mira.buildNest('Friday Vibes');
  for (const { title } of SONGS) {
    await mira.search.add(title);
  }
  const tv = await mira.page.context().newPage();
  await tv.addInitScript(() => {
    const asked: string[] = [];
    Object.assign(window, { asked });
    const request = (kind: string) => Promise.resolve(asked.push(kind));
    Object.defineProperty(navigator, 'wakeLock', { value: { request } });
  });
  await tv.goto(`/nest/${code}/tv`);
  await expect(tv.getByRole('listitem')).toHaveCount(5);
  await expect(tv.getByText(`and ${SONGS.length - 6} more`), 'one plays, five are told').toBeVisible();
  const asked = () => tv.evaluate(() => (window as unknown as { asked: string[] }).asked);
  expect(await asked()).toEqual(['screen']);
  await tv.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  expect(await asked(), 'again, whenever it is looked at again').toEqual(['screen', 'screen']);

  const drift = tv.locator('.tv__drift');
  const at = (seconds: number) =>
    drift.evaluate((page, milliseconds) => {
      for (const animation of page.getAnimations()) {
        animation.currentTime = milliseconds;
      }
      const { x, y, right, bottom } = page.getBoundingClientRect();
      return { x, y, inside: x >= 0 && y >= 0 && right <= innerWidth && bottom <= innerHeight };
    }, seconds * 1000);
  const places = [await at(0), await at(120), await at(240), await at(360)];
  expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(places.length);
  expect(places.every(({ inside }) => inside)).toBe(true);
});
