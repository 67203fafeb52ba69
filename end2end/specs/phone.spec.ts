// Nests with a phone in the hand: everything that a desk can do, at 390 pixels.

import { LONG } from '../house/music';
import { SCREENS } from '../house/screens';
import { expect, test } from '../house/test';

const { harbour, blueHour } = LONG;
const CODE = /^[ABCDEFGHJKMNPQRSTUVWXYZ23456789]{5}$/;
const SEEN_WITHIN_MS = 2_000;
const viewport = SCREENS.phone;

test('nests are built, found in every way and left again', async ({ door, program }) => {
  test.setTimeout(90_000);
  const mira = await door.comeIn('Mira', { viewport });
  const code = await mira.buildNest('Rooftop');
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

  const tv = await (await door.visitor()).newPage();
  await tv.goto('/tv');
  await mira.page.goto(`/pair?nest=${code}`);
  await mira.page.getByLabel('Code on the screen').fill((await tv.locator('.tv__code').textContent()) ?? '');
  await mira.page.getByRole('button', { name: 'Show it there' }).click();
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

test('a link goes to the phone\'s own share sheet, where there is one', async ({ door }) => {
  const mira = await door.comeIn('Mira', { viewport });
  await mira.page.addInitScript(() => {
    const shared: unknown[] = [];
    const share = (what: unknown) => Promise.resolve(shared.push(what));
    Object.assign(window, { shared });
    Object.defineProperty(navigator, 'share', { value: share });
  });
  await mira.buildNest('Rooftop');
  const { shown } = await mira.scanShared();
  await mira.page.getByRole('dialog', { name: 'Share this nest' }).getByRole('button', { name: /Send/ }).click();
  const shared = () => mira.page.evaluate(() => (window as unknown as { shared: { url: string }[] }).shared);
  expect(await shared()).toEqual([{ url: shown }]);
});
