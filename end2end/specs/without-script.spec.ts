// The same pages with JavaScript off: everything that matters is a plain form or a plain link.

import { LONG } from '../house/music';
import { SCREENS } from '../house/screens';
import { expect, test } from '../house/test';

const { harbour, blueHour, slowTrain } = LONG;
// With little motion: Playwright waits for moving buttons with a timer in the page, and without scripts there are none.
const PLAIN = { javaScriptEnabled: false, reducedMotion: 'reduce' } as const;

test('without JavaScript one can sign in, search, add, and see the queue', async ({ door }) => {
  const mira = await door.comeIn('Mira', PLAIN);
  await mira.stage.isQuiet();
  for (const title of [harbour.title, blueHour.title]) {
    await mira.search.field.fill(title);
    await mira.search.go.click();
    await expect(mira.search.hit(title)).toBeVisible();
    await mira.search.addButton(title).click();
    await expect(mira.notice).toHaveCount(0);
  }
  await expect(mira.stage.title).toHaveText(harbour.title);
  await mira.queue.holds(blueHour.title);
  await expect(mira.queue.row(blueHour.title).plays).toHaveText(/^in \d+ min$|^now$/);
  await expect(mira.page.locator('.needs-js:visible'), 'nothing shows that could not work').toHaveCount(0);
});

test('without JavaScript one can vote, take the vote back, jam, pause, resume, skip, remove and clear', async ({
  door,
}) => {
  const mira = await door.comeIn('Mira');
  await mira.search.add(harbour.title);
  await mira.search.add(blueHour.title);
  await mira.search.add(slowTrain.title);
  await mira.queue.holds(blueHour.title, slowTrain.title);

  const jonas = await door.comeIn('Jonas', PLAIN);
  await jonas.queue.holds(blueHour.title, slowTrain.title);
  await jonas.queue.row(slowTrain.title).voteUp.click();
  await jonas.queue.holds(slowTrain.title, blueHour.title);
  await mira.queue.holds(slowTrain.title, blueHour.title);
  await jonas.queue.row(slowTrain.title).voteUp.click();
  await jonas.queue.holds(blueHour.title, slowTrain.title);

  await jonas.queue.row(blueHour.title).jam.click();
  await expect(jonas.queue.row(blueHour.title).jam).toHaveAccessibleName(`Jam: ${blueHour.title}, 1 jam`);
  await jonas.stage.jam.click();
  await expect(mira.stage.jam).toHaveAccessibleName(`Jam: ${harbour.title}, 1 jam`);

  await jonas.stage.pause.click();
  await expect(jonas.stage.resume).toBeVisible();
  await expect(mira.stage.self).toHaveAttribute('data-state', 'paused');
  await jonas.stage.resume.click();
  await expect(jonas.stage.pause).toBeVisible();
  await jonas.stage.skip.click();
  await expect(jonas.stage.title).toHaveText(blueHour.title);
  await expect(mira.stage.title).toHaveText(blueHour.title);

  const row = jonas.queue.row(slowTrain.title);
  await row.openMore();
  await row.remove.click();
  await jonas.queue.isEmpty();
  await mira.search.add(harbour.title);
  await jonas.page.reload();
  await jonas.queue.holds(harbour.title);
  await jonas.queue.clear.click();
  await jonas.queue.isEmpty();
});

test('without JavaScript a refused wish says why, on the page it came from', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  await mira.search.add(harbour.title);
  await mira.search.add(blueHour.title);
  const jonas = await door.comeIn('Jonas', PLAIN);
  await jonas.queue.holds(blueHour.title);
  const row = mira.queue.row(blueHour.title);
  await row.openMore();
  await row.remove.click();
  await mira.queue.isEmpty();

  await jonas.queue.row(blueHour.title).voteUp.click();
  await expect(jonas.notice).toHaveText('That song is not in the queue any more.');
  await jonas.queue.isEmpty();
});

for (const [screen, viewport] of Object.entries(SCREENS)) {
  test(`on a ${screen} without JavaScript one can build a nest, and others can join it by its code`, async ({ door }) => {
    const mira = await door.comeIn('Mira', { viewport, ...PLAIN });
    await mira.goToBuild();
    await mira.page.getByLabel('Name (optional)').fill('Friday Vibes');
    await mira.page.getByRole('button', { name: 'Build', exact: true }).click();
    await expect(mira.bar.name).toHaveText('Friday Vibes');
    const code = await mira.bar.code.textContent();

    const jonas = await door.comeIn('Jonas', { viewport, ...PLAIN });
    await jonas.goToJoin();
    await expect(jonas.page.getByRole('link', { name: /Friday Vibes/ })).toBeVisible();
    const field = jonas.page.getByLabel('Have a code or a link?');
    await field.fill('ZZZZZ');
    await jonas.page.getByRole('button', { name: 'Fly in' }).click();
    await expect(jonas.notice).toHaveText(/There is no such nest/i);
    const [input, button] = await Promise.all([
      field.boundingBox(),
      jonas.page.getByRole('button', { name: 'Fly in' }).boundingBox(),
    ]);
    expect(button?.y, 'the button stays beside the field').toBe(input?.y);
    expect(button?.x).toBeGreaterThan((input?.x ?? 0) + (input?.width ?? 0));
    await field.fill(code?.toLowerCase() ?? '');
    await jonas.page.getByRole('button', { name: 'Fly in' }).click();
    await expect(jonas.bar.name).toHaveText('Friday Vibes');
    await jonas.page.goto('/join');
    await jonas.page.getByRole('link', { name: /Friday Vibes/ }).click();
    await expect(jonas.bar.name, 'from the list').toHaveText('Friday Vibes');
  });
}

test('without JavaScript a nickname that cannot be is refused in words, beside the field', async ({ door }) => {
  const page = await (await door.visitor(PLAIN)).newPage();
  await page.goto('/');
  await page.getByLabel('What shall we call you?').fill('   ');
  await page.getByRole('button', { name: 'Come in' }).click();
  await expect(page.getByRole('alert')).toHaveText('Type a name, so that the others know who brought the song.');
  await expect(page.getByLabel('What shall we call you?')).toHaveAttribute('aria-invalid', 'true');
});

test('without JavaScript a first taste that is no track is refused beside its field, and the cursor is there', async ({ door }) => {
  const { page } = await door.comeIn('Mira', PLAIN);
  await page.goto('/build');
  const [name, taste] = [page.getByLabel('Name (optional)'), page.getByLabel('First taste (optional)')];
  await expect(name).toBeFocused();
  await name.fill('Friday Vibes');
  await taste.fill('something slow');
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(taste).toHaveAccessibleDescription(/a track's URI/);
  await expect(taste).toBeFocused();
  await expect(taste).toHaveValue('something slow');
  await expect(name).toHaveValue('Friday Vibes');
});
