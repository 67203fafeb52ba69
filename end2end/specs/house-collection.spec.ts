// A first start with nothing set up: the program composes its own music, and Bender plays it.

import { expect, test } from '../house/test';

/** From the first start to the first sound. */
const FIRST_SOUND_WITHIN_MS = 30_000;
const WHOLE_COLLECTION_WITHIN_MS = 120_000;
const LEAST_TRACKS = 12;

test.use({ settings: { MUSIC_DIR: undefined, USE_BENDER: 'true' } });

test('with no music set up there is music soon, and two people hear the same of it', async ({ door }) => {
  test.setTimeout(WHOLE_COLLECTION_WITHIN_MS + 60_000);
  const mira = await door.comeIn('Mira');
  await expect(mira.stage.self).toHaveAttribute('data-state', 'playing', { timeout: FIRST_SOUND_WITHIN_MS });
  await expect(mira.stage.broughtBy).toContainText("Bender's pick");
  const jonas = await door.comeIn('Jonas');
  await Promise.all([mira.stage.tuneInToTheMusic(), jonas.stage.tuneInToTheMusic()]);
  await expect(mira.stage.title).toHaveText((await jonas.stage.title.textContent()) ?? '');

  const library = async () => {
    const answer = await mira.page.request.get('/api/library');
    const { tracks, broken } = (await answer.json()) as { tracks: number; broken: number };
    return { enough: tracks >= LEAST_TRACKS, broken };
  };
  await expect.poll(library, { timeout: WHOLE_COLLECTION_WITHIN_MS }).toEqual({ enough: true, broken: 0 });
  await expect(mira.queue.bendersPicks).toHaveCount(3);
});

test('what people ask for plays before what Bender picked', async ({ door }) => {
  test.setTimeout(WHOLE_COLLECTION_WITHIN_MS + 60_000);
  const mira = await door.comeIn('Mira');
  await expect(mira.queue.bendersPicks).toHaveCount(3, { timeout: WHOLE_COLLECTION_WITHIN_MS });
  const wanted = (await mira.queue.titles.last().textContent()) ?? '';
  await mira.search.add(wanted);
  await expect(mira.queue.titles.first()).toHaveText(wanted);
  await expect(mira.queue.row(wanted).self, 'it plays once').toHaveCount(1);
  await mira.stage.skip.click();
  await expect(mira.stage.title).toHaveText(wanted);
  await expect(mira.stage.broughtBy).toContainText('Brought by Mira');
});
