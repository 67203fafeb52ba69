// The life of a nest: it falls asleep, its host wakes it, those who wait come in; what played is kept.

import { LONG } from '../house/music';
import { expect, test } from '../house/test';

const { harbour, blueHour, slowTrain } = LONG;
/** A landing on the next generation, by those inside. */
const LANDED_WITHIN_MS = 2_000;
/** The shortest life of an idle nest that can be set is a minute; and the look at it. */
const ASLEEP_WITHIN_MS = 80_000;

test('the host restarts a nest, and whoever is inside lands on the new start without a hand', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const code = await mira.buildNest('Friday Vibes');
  await mira.search.add(harbour.title);
  await mira.search.add(blueHour.title);
  const jonas = await door.comeIn('Jonas', { at: `/nest/${code}` });
  await expect(jonas.stage.title).toHaveText(harbour.title);
  await jonas.queue.holds(blueHour.title);

  const settings = await mira.openSettings();
  await settings.unfold('Restart…', /listening/);
  await settings.keepSongs.uncheck();
  await settings.restart.click();

  await expect(jonas.stage.title).toHaveText('Quiet in here.', { timeout: LANDED_WITHIN_MS });
  await jonas.queue.isEmpty();
  await mira.isAlive();
  await expect(mira.bar.name).toHaveText('Friday Vibes');
  await expect(mira.bar.code).toHaveText(code);
  await jonas.search.add(slowTrain.title);
  await expect(mira.stage.title).toHaveText(slowTrain.title);
});

test('a guest is not offered to restart, and is told why at the door', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const code = await mira.buildNest('Friday Vibes');
  const jonas = await door.comeIn('Jonas', { at: `/nest/${code}` });
  await jonas.openMenu();
  await expect(jonas.menu.settings).toHaveCount(0);
  await jonas.page.goto(`/nest/${code}/settings`);
  await expect(jonas.page.getByText('Only Mira, who built it, can change it.')).toBeVisible();
});

test.describe('asleep', () => {
  test.use({ settings: { NEST_MAX_INACTIVE_MINUTES: '1', NEST_CLEANUP_SECONDS: '1' } });

  test('a nest that was left alone sleeps, and the one who waits comes in when its host wakes it', async ({ door }) => {
    test.setTimeout(ASLEEP_WITHIN_MS + 60_000);
    const mira = await door.comeIn('Mira');
    const code = await mira.buildNest('Night Owls');
    await mira.bar.backToMain.click();
    await expect(mira.bar.name).toHaveText('Main Nest');

    const jonas = await door.comeIn('Jonas');
    const stateOf = async () => {
      const answer = await jonas.page.request.get(`/api/nests/${code}`);
      return ((await answer.json()) as { state: string }).state;
    };
    await expect.poll(stateOf, { timeout: ASLEEP_WITHIN_MS }).toBe('asleep');
    const list = await jonas.page.request.get('/api/nests');
    expect(await list.text(), 'it left the list').not.toContain(code);

    await jonas.page.goto('/night-owls');
    await expect(jonas.page.getByRole('heading', { name: 'Night Owls is asleep.' })).toBeVisible();
    await expect(jonas.page.getByText('Mira, who built it, can wake it.')).toBeVisible();

    await mira.page.goto('/nests');
    await mira.page.getByRole('button', { name: 'Restart Night Owls' }).click();
    await expect(mira.bar.name).toHaveText('Night Owls');
    await expect(jonas.bar.name).toHaveText('Night Owls');
    await jonas.isAlive();
    await expect(jonas.bar.code).toHaveText(code);
    await expect(jonas.bar.listeners).toHaveText('2');
  });
});

test('what played is kept: searchable, with who brought it, and to take home', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const code = await mira.buildNest('Friday Vibes');
  for (const { title } of [harbour, blueHour, slowTrain]) {
    await mira.search.add(title);
  }
  await mira.queue.holds(blueHour.title, slowTrain.title);
  await mira.stage.jam.click();
  await mira.stage.skip.click();
  await expect(mira.stage.title).toHaveText(blueHour.title);
  await mira.stage.skip.click();
  await expect(mira.stage.title).toHaveText(slowTrain.title);

  await mira.openMenu();
  await mira.menu.self.getByRole('link', { name: 'What played here' }).click();
  const songs = mira.page.getByRole('main').getByRole('listitem');
  await expect(songs).toHaveCount(2);
  await expect(songs.first(), 'the newest first').toContainText(blueHour.title);
  await expect(songs.nth(1)).toContainText('brought by Mira');
  await expect(songs.nth(1)).toContainText('1 jam');
  await mira.page.getByRole('searchbox').fill('harbor');
  await mira.page.getByRole('button', { name: 'Search' }).click();
  await expect(songs).toHaveCount(0);
  await mira.page.getByRole('searchbox').fill(harbour.title.toLowerCase());
  await mira.page.getByRole('button', { name: 'Search' }).click();
  await expect(songs).toHaveCount(1);

  const files: [string, string, string][] = [
    ['m3u', 'mpegurl', '#EXTM3U'],
    ['csv', 'text/csv', harbour.title],
    ['json', 'application/json', harbour.title],
  ];
  for (const [ending, type, content] of files) {
    const file = await mira.page.request.get(`/nest/${code}/history.${ending}`);
    expect(file.headers()['content-type'], ending).toContain(type);
    expect(file.headers()['content-disposition'], ending).toContain('attachment');
    expect(await file.text(), ending).toContain(content);
  }
});
