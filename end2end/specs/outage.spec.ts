// When the program or its store dies in the middle of a song: nothing acknowledged is lost, and everybody comes back.

import { readFileSync } from 'node:fs';

import { LONG, SHORT } from '../house/music';
import { SCREENS } from '../house/screens';
import { Store } from '../house/store';
import { expect, signIn, test } from '../house/test';
import { queueThree, voteUp } from '../journeys/two-people';
import { driftFrom, expectSameMoment } from '../listening/same-moment';
import { expectFingerSized, expectWithinReach } from '../reach/within-reach';

const { harbour, blueHour, slowTrain, clouds } = LONG;
const { spark } = SHORT;

/** How long the program stays away. */
const AWAY_MS = 20_000;
/** Browsers try again after 8 s at the latest. */
const BACK_WITHIN_MS = 15_000;
/** Between the clock and the sound. */
const IN_TIME_MS = 150;

/** With a store that outlives the program and can die without it. */
const testWithStore = test.extend<{ store: Store }>({
  store: async ({ folder }, use) => {
    const store = await Store.start(`${folder}/store`);
    await use(store);
    await store.stop();
  },
  settings: async ({ store }, use) => {
    await use({ REDIS_URL: store.url });
  },
});

test('a killed program goes on with the same song where the clock says, and the browsers come back by themselves', async ({
  door,
  program,
}) => {
  test.setTimeout(120_000);
  const mira = await door.comeIn('Mira');
  const jonas = await door.comeIn('Jonas');
  await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
  await voteUp(mira, jonas, slowTrain.title, [slowTrain.title, blueHour.title]);
  await jonas.queue.row(blueHour.title).jam.click();
  await expect(mira.queue.row(blueHour.title).jam).toHaveAccessibleName(/1 jam$/);
  await Promise.all([mira.stage.tuneInToTheMusic(), jonas.stage.tuneInToTheMusic()]);
  const before = await program.playing();
  const orphan = program.privateRedisPid();

  await program.killHard();
  await expect.poll(() => isRunning(orphan), 'its redis-server goes as well').toBe(false);
  for (const nest of [mira, jonas]) {
    await expect(nest.banner).toHaveText('Reconnecting…');
  }
  await mira.queue.row(blueHour.title).voteDown.click();
  await expect(mira.toast('Not connected: nothing was changed.')).toBeVisible();
  await mira.page.waitForTimeout(AWAY_MS); // the clock must go on all the while
  await program.startAgain();

  for (const nest of [mira, jonas]) {
    await expect(nest.banner).toBeHidden({ timeout: BACK_WITHIN_MS });
    await expect(nest.stage.title).toHaveText(harbour.title);
    await nest.queue.holds(slowTrain.title, blueHour.title);
    await expect(nest.queue.row(slowTrain.title).votes).toHaveText(/\+1$/);
    await expect(nest.queue.row(blueHour.title).votes).toHaveText(/: 0$/);
    await expect(nest.queue.row(blueHour.title).jam).toHaveAccessibleName(/1 jam$/);
    await expect(nest.bar.listeners).toHaveText('2');
    await nest.stage.playsAlong();
  }
  const after = await program.playing();
  expect(after.playing?.song.trackid).toBe(before.playing?.song.trackid);
  expect(after.playing?.started_at, 'the song was not started anew').toBe(before.playing?.started_at);
  const startedAt = after.playing?.started_at ?? 0;
  for (const nest of [mira, jonas]) {
    expect(Math.abs(await driftFrom(startedAt, nest.page))).toBeLessThanOrEqual(IN_TIME_MS);
  }
  await expectSameMoment(mira.page, jonas.page, after.playing?.song.trackid ?? '', IN_TIME_MS);

  await jonas.search.add(clouds.title);
  for (const nest of [mira, jonas]) {
    await expect(nest.queue.row(clouds.title).self).toHaveCount(1);
  }
});

test('a song that ran out while the program was away is followed by the next one, from its beginning', async ({
  door,
  program,
}) => {
  const mira = await door.comeIn('Mira');
  const jonas = await door.comeIn('Jonas');
  await queueThree(mira, jonas, [spark.title, harbour.title, blueHour.title]);
  const before = await program.playing();
  await program.killHard();
  const endsIn = (before.playing?.started_at ?? 0) + spark.seconds * 1000 - before.now;
  await mira.page.waitForTimeout(endsIn + 3_000); // until the song's time is up, and then some
  const beforeStart = Date.now();
  await program.startAgain();
  for (const nest of [mira, jonas]) {
    await expect(nest.stage.title).toHaveText(harbour.title, { timeout: BACK_WITHIN_MS });
    await nest.queue.holds(blueHour.title);
  }
  const { playing } = await program.playing();
  expect(playing?.started_at, 'nobody missed its beginning').toBeGreaterThanOrEqual(beforeStart);
});

test('a paused nest stays paused where it was, across a kill', async ({ door, program }) => {
  const mira = await door.comeIn('Mira');
  await mira.search.add(harbour.title);
  await mira.stage.pause.click();
  // The page shows it at once; what is killed must have heard of it.
  await expect.poll(async () => (await program.playing()).playing?.paused_at ?? null).not.toBeNull();
  const before = await program.playing();
  await program.killHard();
  await expect(mira.banner).toHaveText('Reconnecting…');
  await program.startAgain();
  await expect(mira.banner).toBeHidden({ timeout: BACK_WITHIN_MS });
  await expect(mira.stage.self).toHaveAttribute('data-state', 'paused');
  const after = await program.playing();
  expect(after.playing?.paused_at).toBe(before.playing?.paused_at);
  expect(after.playing?.started_at).toBe(before.playing?.started_at);
});

test('a killed redis-server is started again, and nothing acknowledged is lost', async ({ door, program }) => {
  const mira = await door.comeIn('Mira');
  const jonas = await door.comeIn('Jonas');
  await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
  const old = program.privateRedisPid();
  process.kill(old, 'SIGKILL');
  const replacement = () => {
    try {
      return program.privateRedisPid();
    } catch {
      return old; // between the two there is none
    }
  };
  await expect.poll(replacement).not.toBe(old);
  await expect(mira.banner).toBeHidden({ timeout: BACK_WITHIN_MS });
  await jonas.search.add(clouds.title);
  for (const nest of [mira, jonas]) {
    await nest.queue.holds(clouds.title, blueHour.title, slowTrain.title);
    await expect(nest.banner).toBeHidden();
  }
});

testWithStore('with the store away, everybody is told, changes are refused in plain words, and it all comes back', async ({
  door,
  program,
  store,
}) => {
  const mira = await door.comeIn('Mira');
  const jonas = await door.comeIn('Jonas', { viewport: SCREENS.phone });
  await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
  const cookie = await signIn(program.url, 'Script');

  await store.killHard();
  for (const nest of [mira, jonas]) {
    await expect(nest.banner).toHaveText('The store is away. You can listen; changes have to wait.');
    await expectWithinReach(nest.page, 'the nest with its store away');
  }
  await jonas.queue.row(slowTrain.title).voteUp.click();
  await expect(jonas.toast('The store is away for a moment: nothing was changed.')).toBeVisible();
  await jonas.queue.holds(blueHour.title, slowTrain.title);
  await expect(jonas.queue.row(slowTrain.title).votes).toHaveText(/: 0$/);
  const refused = await fetch(`${program.url}/api/nests/main/commands`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify('pause'),
  });
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ error: 'store_unavailable' });
  expect((await fetch(`${program.url}/health`)).status).toBe(503);

  await store.startAgain();
  for (const nest of [mira, jonas]) {
    await expect(nest.banner).toBeHidden({ timeout: BACK_WITHIN_MS });
    await expect(nest.stage.title).toHaveText(harbour.title);
    await nest.queue.holds(blueHour.title, slowTrain.title);
  }
  await voteUp(mira, jonas, slowTrain.title, [slowTrain.title, blueHour.title]);
  expect((await fetch(`${program.url}/health`)).status).toBe(200);
});

testWithStore('the music plays on while the store is away', async ({ door, store }) => {
  const mira = await door.comeIn('Mira');
  await mira.search.add(harbour.title);
  await mira.stage.tuneInToTheMusic();
  await store.killHard();
  await expect(mira.banner).toHaveText(/The store is away/);
  const position = () => mira.stage.audio.evaluate((audio) => (audio as HTMLAudioElement).currentTime);
  const then = await position();
  await expect.poll(position).toBeGreaterThan(then + 1);
  await mira.stage.playsAlong();
});

testWithStore('whoever tunes in while the store is away hears it once the store is back', async ({ door, store }) => {
  const mira = await door.comeIn('Mira');
  await mira.search.add(harbour.title);
  await expect(mira.stage.title).toHaveText(harbour.title);
  await store.killHard();
  await expect(mira.banner).toHaveText(/The store is away/);
  const refused = mira.page.waitForResponse((answer) => answer.url().includes('/audio/') && answer.status() === 503);
  await mira.stage.tuneIn.click();
  await refused;
  await store.startAgain();
  await expect(mira.banner).toBeHidden({ timeout: BACK_WITHIN_MS });
  await mira.stage.playsAlong();
});

test('music whose fetch breaks off once is fetched again', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  await mira.page.route('**/audio/**', (route) => route.abort(), { times: 1 });
  await mira.search.add(harbour.title);
  await mira.stage.tuneInToTheMusic();
});

testWithStore('a visitor who comes while the store is away is told so, and gets in when it is back', async ({ door, store }) => {
  const mira = await door.comeIn('Mira');
  await store.killHard();
  const answer = await mira.page.reload();
  expect(answer?.status()).toBe(503);
  await expect(mira.page.getByRole('heading', { level: 1 })).toBeVisible();
  for (const [screen, viewport] of Object.entries(SCREENS)) {
    await mira.page.setViewportSize(viewport);
    await expectWithinReach(mira.page, `the page without a store, on a ${screen}`);
    await expectFingerSized(mira.page, `the page without a store, on a ${screen}`);
  }
  await mira.page.getByRole('link', { name: 'Try again' }).click();
  await expect(mira.page.getByText('It opens by itself as soon as it can.')).toBeVisible();
  await store.startAgain();
  await expect(mira.bar.name).toHaveText('Main Nest', { timeout: BACK_WITHIN_MS });
});

function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
