// A long evening in the Main Nest, made short: songs that were brought, played and skipped, through the product's own API.

import type { Song } from '../house/music';
import type { Program } from '../house/program';
import { expect, signIn } from '../house/test';

/** How often is asked whether a song plays. */
const LOOK_AGAIN_MS = [10, 20, 50];

/** Plays so many songs one after the other, each skipped as soon as it plays; people and songs take turns. */
export async function playThrough(
  program: Program,
  people: readonly string[],
  songs: readonly Song[],
  plays: number,
): Promise<void> {
  const cookies = await Promise.all(people.map((nickname) => signIn(program.url, nickname)));
  const tracks = await Promise.all(songs.map(({ title }) => trackOf(program, cookies[0] ?? '', title)));
  for (let n = 0; n < plays; n += 1) {
    const cookie = cookies[n % cookies.length] ?? '';
    const track = tracks[n % tracks.length];
    await command(program, cookie, { add: { track } });
    const playing = async () => (await program.playing()).playing?.song.trackid;
    await expect.poll(playing, { intervals: LOOK_AGAIN_MS }).toBe(track);
    const song = (await program.playing()).playing?.song.id;
    await command(program, cookie, { skip: { song } });
  }
}

async function trackOf(program: Program, cookie: string, title: string): Promise<string> {
  const question = new URLSearchParams({ q: title });
  const answer = await fetch(`${program.url}/api/search?${question}`, { headers: { cookie } });
  const { tracks } = (await answer.json()) as { tracks: { uri: string; title: string }[] };
  const track = tracks.find((track) => track.title === title);
  if (track === undefined) {
    throw new Error(`nobody finds ${title}`);
  }
  return track.uri;
}

async function command(program: Program, cookie: string, wish: object): Promise<void> {
  const answer = await fetch(`${program.url}/api/nests/main/commands`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify(wish),
  });
  if (!answer.ok) {
    throw new Error(`${JSON.stringify(wish)} was answered ${answer.status}: ${await answer.text()}`);
  }
}
