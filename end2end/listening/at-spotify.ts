// Whether people's players at Spotify go on as the nest does: the stand-in is asked many times, and what it says is held
// against clocks. What a page's own <audio> does is same-moment.ts's.

import { setTimeout as pause } from 'node:timers/promises';

import { expect } from '@playwright/test';

import type { Program } from '../house/program';
import type { Heard, Listener, Spotify } from '../house/spotify';

/** Looks at players that are to be at one moment, and the time between two of them: five seconds in all. */
const LOOKS = 10;
const STEP_MS = 500;
/** Between two looks at a player that is to miss nothing. */
const LOOK_EVERY_MS = 100;
/** With fewer something could have gone by unseen. */
const LEAST_LOOKS = 30;

interface Look {
  /** By a steady clock, in milliseconds: half-way between question and answer. */
  at: number;
  heard: Heard | null;
}

async function look(spotify: Spotify, listener: Listener): Promise<Look> {
  const asked = performance.now();
  const heard = await spotify.hears(listener);
  return { at: (asked + performance.now()) / 2, heard };
}

/**
 * Asserts, look after look, that these players and the clock of the Main Nest are at most `withinMs` apart. Answers how far
 * apart they were.
 */
export async function expectInStep(
  spotify: Spotify,
  program: Program,
  listeners: readonly Listener[],
  withinMs: number,
): Promise<number[]> {
  const apart: number[] = [];
  while (apart.length < LOOKS) {
    await pause(STEP_MS);
    const players = listeners.map((listener) => spotify.hears(listener));
    const [{ now, playing }, ...heard] = await Promise.all([program.playing(), ...players]);
    const nests = playing?.paused_at === null ? now - playing.started_at : NaN;
    const places = [nests, ...heard.map((heard) => (heard?.playing ? heard.position_ms : NaN))];
    apart.push(Math.max(...places) - Math.min(...places));
  }
  const all = apart.map((ms) => Math.round(ms)).join(', ');
  expect(Math.max(...apart), `the most of ${all} ms apart (NaN: something stood still)`).toBeLessThanOrEqual(withinMs);
  return apart;
}

/**
 * Asserts that each of them hears one and the same track for as long as `during` takes, without a gap and without a jump: by
 * the clock it never seems to have begun at times that are more than `withinMs` apart. Answers, for each, how far these were
 * apart.
 */
export async function expectUnbroken(
  spotify: Spotify,
  listeners: readonly Listener[],
  withinMs: number,
  during: () => Promise<void>,
): Promise<number[]> {
  let isOver = false;
  const looking = async (listener: Listener) => {
    const looks: Look[] = [];
    do {
      looks.push(await look(spotify, listener));
      await pause(LOOK_EVERY_MS);
    } while (!isOver);
    return { listener, looks };
  };
  const waiting = async () => {
    try {
      await during();
    } finally {
      isOver = true;
    }
  };
  const [all] = await Promise.all([Promise.all(listeners.map(looking)), waiting()]);
  return all.map(({ listener, looks }) => {
    expect(looks.length, `looks at ${listener}`).toBeGreaterThan(LEAST_LOOKS);
    const tracks = new Set(looks.map(({ heard }) => (heard?.playing ? heard.uri : null)));
    expect([...tracks], `what ${listener} hears (null: silence)`).toEqual([looks[0]?.heard?.uri]);
    const beginnings = looks.map(({ at, heard }) => at - (heard?.position_ms ?? NaN));
    const apart = Math.max(...beginnings) - Math.min(...beginnings);
    expect(apart, `milliseconds that ${listener} lost or jumped`).toBeLessThanOrEqual(withinMs);
    return apart;
  });
}
