// Music that was not made for EchoNest: every file is found, its tags are right, and two people hear it together.
// For `make real-music`, which says where the music lies and how many tracks there are.

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { APIRequestContext } from '@playwright/test';

import { oggTags } from '../house/ogg';
import { expect, musicIsRead, test } from '../house/test';
import { SEEN_WITHIN_MS, bothMoveOnTo, hearTheSame, queueThree, voteUp } from '../journeys/two-people';
import { reportApart } from '../listening/same-moment';

const MUSIC = process.env.MUSIC_DIR ?? '';
const TRACKS = Number(process.env.EXPECT_TRACKS);
/** Beside the song whose end is waited for. */
const PATIENCE_MS = 150_000;
/** Shorter than this is a jingle: it would be over before two people have tuned in. */
const LEAST_SONG_MS = 15_000;
const LATE_BY_AT_MOST_MS = 5_000;
const LONGEST_QUERY = 200;
/** More searches than anybody types: the house says for how long to wait. */
const TOO_FAST = 429;

interface Track {
  title: string;
  artist: string;
  album: string;
  duration_ms: number;
}

test.skip(!MUSIC || !TRACKS, 'only for `make real-music`');
test.use({ settings: { MUSIC_DIR: MUSIC } });

async function search(request: APIRequestContext, words: string): Promise<Track[]> {
  const answer = await request.get('/api/search', { params: { q: words.slice(0, LONGEST_QUERY), limit: '50' } });
  if (answer.status() === TOO_FAST) {
    await pause(Number(answer.headers()['retry-after']) * 1_000);
    return search(request, words);
  }
  expect(answer.status(), words).toBe(200);
  return ((await answer.json()) as { tracks: Track[] }).tracks;
}

async function audioFiles(): Promise<string[]> {
  const files = await readdir(MUSIC, { recursive: true });
  return files.filter((file) => /\.(mp3|ogg|opus|flac|m4a|wav)$/i.test(file)).map((file) => path.join(MUSIC, file));
}

/** Words as they are found: tidied of doubled spaces. */
function tidy(words: string): string {
  return words.split(/\s+/).filter(Boolean).join(' ');
}

/** The track that a file must be, searched by its title or, where it has no tags, by its name. */
async function trackOf(request: APIRequestContext, file: string): Promise<Track> {
  const { title, artist, album } = file.endsWith('.ogg') ? await oggTags(file) : {};
  const name = tidy(path.parse(file).name.replaceAll('_', ' '));
  const found = await search(request, tidy(title ?? name));
  const track = found.find(
    (hit) =>
      hit.title.toLowerCase() === tidy(title ?? name).toLowerCase() &&
      (!artist || hit.artist === tidy(artist)) &&
      (!album || hit.album === tidy(album)),
  );
  expect(track, `${path.basename(file)}: ${JSON.stringify({ title, artist, album })}, found ${JSON.stringify(found)}`).toBeTruthy();
  return track as Track;
}

test('every file is found with its tags, by its title, its artist and its album', async ({ door, program }) => {
  test.setTimeout(180_000);
  await musicIsRead(program, TRACKS);
  const { page } = await door.comeIn('Mira');
  const library = await page.request.get('/api/library');
  expect(await library.json()).toMatchObject({ tracks: TRACKS, seen: TRACKS, broken: 0, folder_found: true });

  const files = await audioFiles();
  expect(files).toHaveLength(TRACKS);
  for (const file of files) {
    const track = await trackOf(page.request, file);
    expect(track.duration_ms, track.title).toBeGreaterThan(0);
    for (const words of [track.artist, track.album].filter(Boolean)) {
      const found = await search(page.request, `${words} ${track.title}`);
      expect(found, `${words} with ${track.title}`).toContainEqual(track);
      const alone = await search(page.request, words);
      expect(alone.some(({ artist, album }) => artist === words || album === words), `${words} alone`).toBe(true);
    }
  }
});

test('two people queue, vote and hear real music together, and both move on', async ({ door, program }) => {
  test.setTimeout(PATIENCE_MS);
  await musicIsRead(program, TRACKS);
  const mira = await door.comeIn('Mira');
  const jonas = await door.comeIn('Jonas');
  const files = await audioFiles();
  const tracks = await Promise.all(files.map((file) => trackOf(mira.page.request, file)));
  const songs = tracks
    .filter(({ title, duration_ms }) => duration_ms >= LEAST_SONG_MS && isOnlyOne(title, tracks))
    .sort((one, other) => one.duration_ms - other.duration_ms);
  const [voted, last, first] = songs;
  if (!voted || !last || !first) {
    throw new Error(`three songs are needed, and there are ${songs.length}`);
  }

  test.setTimeout(PATIENCE_MS + voted.duration_ms);
  await queueThree(mira, jonas, [first.title, last.title, voted.title]);
  await voteUp(mira, jonas, voted.title, [voted.title, last.title]);
  const apartMs = [await hearTheSame(mira, jonas)];
  apartMs.push(await bothMoveOnTo(mira, jonas, voted.title, SEEN_WITHIN_MS, () => jonas.stage.skip.click()));
  apartMs.push(await bothMoveOnTo(mira, jonas, last.title, voted.duration_ms + LATE_BY_AT_MOST_MS));
  reportApart(apartMs);
});

function isOnlyOne(title: string, tracks: Track[]): boolean {
  return tracks.filter((track) => track.title === title).length === 1;
}
