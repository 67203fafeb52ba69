// Whether two browsers hear the same moment of the same song.
//
// Each page is asked for the position of its <audio> and for the time at which it was read, by the one clock of the machine
// they share. From there both are carried forward to one common moment, so it doesn't matter which was asked first.

import { type Page, expect } from '@playwright/test';

interface Heard {
  track: string | undefined;
  /** Seconds into the song, when it was read. */
  position: number;
  rate: number;
  isPlaying: boolean;
  /** Milliseconds since 1970, when it was read. */
  readAt: number;
}

/** What the page's <audio> does right now. */
export async function heard(page: Page): Promise<Heard> {
  return page.getByTestId('audio').evaluate((element) => {
    const audio = element as HTMLAudioElement;
    return {
      track: audio.dataset.track,
      position: audio.currentTime,
      rate: audio.playbackRate,
      isPlaying: !audio.paused && !audio.seeking && !audio.ended && audio.readyState > HTMLMediaElement.HAVE_CURRENT_DATA,
      readAt: performance.timeOrigin + performance.now(),
    };
  });
}

export interface Comparison {
  tracks: (string | undefined)[];
  bothPlay: boolean;
  /** Milliseconds by which the first is ahead of the second. */
  apartMs: number;
}

export async function compare(one: Page, other: Page): Promise<Comparison> {
  const [first, second] = await Promise.all([heard(one), heard(other)]);
  const moment = Math.max(first.readAt, second.readAt);
  return {
    tracks: [first.track, second.track],
    bothPlay: first.isPlaying && second.isPlaying,
    apartMs: positionAt(moment, first) - positionAt(moment, second),
  };
}

/** How far from the nest's clock a browser is, in milliseconds; ahead is positive. */
export async function driftFrom(startedAt: number, page: Page): Promise<number> {
  const now = await heard(page);
  return now.position * 1000 - (now.readAt - startedAt);
}

/** Asserts that both play `track`, at most `withinMs` apart. */
export async function expectSameMoment(one: Page, other: Page, track: string, withinMs: number): Promise<number> {
  const { tracks, bothPlay, apartMs } = await compare(one, other);
  expect(tracks, 'both browsers play the song that is on').toEqual([track, track]);
  expect(bothPlay, 'the sound runs in both').toBe(true);
  expect(Math.abs(apartMs), 'milliseconds apart').toBeLessThanOrEqual(withinMs);
  return apartMs;
}

/** For whoever reads the run: how far apart two browsers were, each time they were compared. */
export function reportApart(apartMs: number[]): void {
  console.log(`    apart: ${apartMs.map((ms) => `${ms.toFixed(1)} ms`).join(', ')}`);
}

function positionAt(moment: number, { position, rate, readAt }: Heard): number {
  return position * 1000 + (moment - readAt) * rate;
}
