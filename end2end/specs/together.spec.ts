// Two people with a browser each: what one does, the other sees; what plays, both hear.

import { LONG, SHORT } from '../house/music';
import { expect, test } from '../house/test';
import { SEEN_WITHIN_MS, bothMoveOnTo, hearTheSame, queueThree, voteUp } from '../journeys/two-people';
import { heard, reportApart } from '../listening/same-moment';

const { harbour, blueHour, slowTrain, clouds } = LONG;
const { spark, wind, rail } = SHORT;

test('what one person adds, the other sees within a second, with who brought it', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const jonas = await door.comeIn('Jonas');
  await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
  await expect(jonas.stage.broughtBy).toContainText('Brought by Mira');
  await expect(jonas.queue.row(blueHour.title).who).toHaveText('Mira');
  await expect(mira.queue.row(blueHour.title).who).toHaveText('you');
});

test('people take turns: the second person\'s first song goes before the first person\'s third', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const jonas = await door.comeIn('Jonas');
  await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
  await jonas.search.add(clouds.title);
  for (const nest of [mira, jonas]) {
    await nest.queue.holds(clouds.title, blueHour.title, slowTrain.title);
  }
  const row = mira.queue.row(clouds.title);
  await row.openMore();
  await expect(row.why).toContainText("Jonas's 1st turn.");
});

test('votes move the rows for both, and a vote taken back moves them back', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const jonas = await door.comeIn('Jonas');
  await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
  await voteUp(mira, jonas, slowTrain.title, [slowTrain.title, blueHour.title]);
  await jonas.queue.row(slowTrain.title).voteUp.click();
  for (const nest of [jonas, mira]) {
    await expect(nest.queue.titles).toHaveText([blueHour.title, slowTrain.title], { timeout: SEEN_WITHIN_MS });
  }
  await jonas.queue.row(blueHour.title).voteDown.click();
  for (const nest of [jonas, mira]) {
    await expect(nest.queue.titles).toHaveText([slowTrain.title, blueHour.title], { timeout: SEEN_WITHIN_MS });
    await expect(nest.queue.row(blueHour.title).votes).toHaveText(/\u22121$/);
  }
});

test('a jam shows whose heart it is, on a waiting song and on the one that plays', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const jonas = await door.comeIn('Jonas');
  await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
  await jonas.queue.row(blueHour.title).jam.click();
  await expect(mira.queue.row(blueHour.title).jam).toHaveAccessibleName(`Jam: ${blueHour.title}, 1 jam`);
  await mira.queue.row(blueHour.title).openMore();
  await expect(mira.queue.row(blueHour.title).jammedBy).toContainText('Jonas');
  await jonas.stage.jam.click();
  await expect(mira.stage.jam).toHaveAccessibleName(`Jam: ${harbour.title}, 1 jam`);
  await jonas.stage.jam.click();
  await expect(mira.stage.jam).toHaveAccessibleName(`Jam: ${harbour.title}, 0 jams`);
});

test('a removed song can be put back, with its votes and in its place', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const jonas = await door.comeIn('Jonas');
  await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
  await voteUp(mira, jonas, slowTrain.title, [slowTrain.title, blueHour.title]);
  const row = mira.queue.row(slowTrain.title);
  await row.openMore();
  await row.remove.click();
  for (const nest of [mira, jonas]) {
    await nest.queue.holds(blueHour.title);
  }
  const toast = mira.toast(`Removed “${slowTrain.title}”.`);
  await toast.getByRole('button', { name: 'Undo' }).click();
  for (const nest of [mira, jonas]) {
    await nest.queue.holds(slowTrain.title, blueHour.title);
    await expect(nest.queue.row(slowTrain.title).votes).toHaveText(/\+1$/);
  }
});

test('a cleared queue can be put back, and the playing song plays on', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const jonas = await door.comeIn('Jonas');
  await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
  await mira.queue.clear.click();
  for (const nest of [mira, jonas]) {
    await nest.queue.isEmpty();
    await expect(nest.stage.title).toHaveText(harbour.title);
  }
  await mira.toast('Cleared the queue.').getByRole('button', { name: 'Undo' }).click();
  for (const nest of [mira, jonas]) {
    await nest.queue.holds(blueHour.title, slowTrain.title);
  }
});

test('two people who tune in hear the same moment, and at the end of a song both move on by themselves', async ({
  door,
}) => {
  const mira = await door.comeIn('Mira');
  const jonas = await door.comeIn('Jonas');
  await queueThree(mira, jonas, [spark.title, wind.title, rail.title]);
  await voteUp(mira, jonas, rail.title, [rail.title, wind.title]);
  const apartMs = [await hearTheSame(mira, jonas)];
  await expect(mira.stage.title).toHaveText(spark.title);
  apartMs.push(await bothMoveOnTo(mira, jonas, rail.title, spark.seconds * 1000));
  apartMs.push(await bothMoveOnTo(mira, jonas, wind.title, (rail.seconds + 5) * 1000));
  for (const nest of [mira, jonas]) {
    await expect(nest.stage.title).toHaveText('Quiet in here.', { timeout: (wind.seconds + 5) * 1000 });
    await expect.poll(async () => (await heard(nest.page)).isPlaying).toBe(false);
  }
  reportApart(apartMs);
});

test('fault: in sync was said before there was any sound', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  await mira.search.add(harbour.title);
  // Where the last jump went, and how far from there the sound was when the dot first turned green.
  await mira.stage.audio.evaluate((element) => {
    const audio = element as HTMLAudioElement;
    const dot = document.querySelector<HTMLElement>('section.stage .tune-in');
    if (!dot) throw new Error('the stage has no dot');
    audio.addEventListener('seeked', () => (audio.dataset.landedAt = String(audio.currentTime)));
    new MutationObserver(() => {
      if (dot.dataset.sync === 'in-sync') audio.dataset.wentOn ??= String(audio.currentTime - Number(audio.dataset.landedAt));
    }).observe(dot, { attributeFilter: ['data-sync'] });
  });
  await mira.stage.tuneInToTheMusic();
  expect(Number(await mira.stage.audio.getAttribute('data-went-on')), 'seconds of sound').toBeGreaterThan(0.1);
});

test('a skip is a skip for both, at once', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const jonas = await door.comeIn('Jonas');
  await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
  await Promise.all([mira.stage.tuneInToTheMusic(), jonas.stage.tuneInToTheMusic()]);
  await bothMoveOnTo(mira, jonas, blueHour.title, SEEN_WITHIN_MS, () => jonas.stage.skip.click());
});

test('a pause stops the sound and the clock for both, and resuming goes on where it was', async ({ door, program }) => {
  const mira = await door.comeIn('Mira');
  const jonas = await door.comeIn('Jonas');
  await mira.search.add(harbour.title);
  await Promise.all([mira.stage.tuneInToTheMusic(), jonas.stage.tuneInToTheMusic()]);
  await jonas.stage.pause.click();
  for (const nest of [mira, jonas]) {
    await expect(nest.stage.self).toHaveAttribute('data-state', 'paused', { timeout: SEEN_WITHIN_MS });
    await expect.poll(async () => (await heard(nest.page)).isPlaying).toBe(false);
    await expect(nest.stage.status).toHaveText('Paused for everyone');
  }
  const { playing } = await program.playing();
  const pausedPosition = (playing?.paused_at ?? 0) - (playing?.started_at ?? 0);
  expect(pausedPosition).toBeGreaterThan(0);
  await mira.page.waitForTimeout(2_000); // a pause that nobody could take for none

  await mira.stage.resume.click();
  for (const nest of [mira, jonas]) {
    await expect(nest.stage.self).toHaveAttribute('data-state', 'playing', { timeout: SEEN_WITHIN_MS });
    await nest.stage.playsAlong();
  }
  const after = await program.playing();
  const position = after.now - (after.playing?.started_at ?? 0);
  const sounding = (await heard(mira.page)).position * 1000;
  expect(sounding).toBeGreaterThan(pausedPosition);
  expect(Math.abs(sounding - position), 'the sound is where the clock is').toBeLessThan(500);
});
