// Spotify's stand-in as a process of its own: for tests in which a house has Spotify beside its library.
// Owns how it is started and which settings lead to it; what music it has stands in standin/src/spotify/catalogue.rs.

import path from 'node:path';

import type { BrowserContext } from '@playwright/test';
import { PNG } from 'pngjs';

import type { Settings } from './program';
import { Running } from './running';

const TARGET = path.resolve(__dirname, '../../target');
const STANDIN_BIN = process.env.STANDIN_BIN ?? path.join(TARGET, 'debug/standin');
const READY = /SPOTIFY_ACCOUNTS_URL=\S+/;
const ID_DIGITS = 21;

/** Whose albums are too many to be shown at once: two tracks on each of eight. */
export const LONG_CAREER = { artist: 'Odessa Quill', link: `https://open.spotify.com/artist/${id('A', 8)}` };

/** People who have accounts at the stand-in; each has Spotify open on a kitchen speaker and a phone. */
export type Listener = 'anna31' | 'ben31' | 'cleo31' | 'fred31';

/** An app that a host may bring, as the stand-in has it registered. Fred has a seat in it, Eve has none. */
export const HOSTS_APP = { id: 'standin-hosts-client-id', secret: 'standin-hosts-secret-0123456789' };

/** Who is entered in it, by the names on the stand-in's page: as many as one app may have. */
export const HOSTS_USERS = ['Anna Listens', 'Ben Listens', 'Cleo Pays Nothing', 'Dan in Sweden', 'Fred Without a Seat'];

/** The player that a page has opened, as far as tests read it. */
declare global {
  interface Window {
    standinPlayers?: { getCurrentState(): Promise<{ position: number; paused: boolean } | null> }[];
  }
}

export interface Heard {
  device: string;
  uri: string;
  position_ms: number;
  playing: boolean;
}

/** The n-th of each kind, as the stand-in counts them. */
export const LINKS = {
  /** Number 0 is "Amber Rooms" by Glass Harbour; each twelfth, from 11, may not be played here. */
  track: (n: number) => `https://open.spotify.com/track/${id('T', n)}?si=0123456789abcdef`,
  /** Twelve tracks, the last of which may not be played here. */
  album: (n: number) => `https://open.spotify.com/album/${id('B', n)}`,
  playlist: (n: number) => `https://open.spotify.com/playlist/${id('P', n)}`,
};

export class Spotify {
  private constructor(
    private readonly running: Running,
    /** What makes the program use it. */
    readonly settings: Settings,
  ) {}

  static async start(folder: string): Promise<Spotify> {
    const errand = { command: STANDIN_BIN, args: [], env: { PATH: process.env.PATH }, cwd: folder };
    const running = await Running.start(errand, READY);
    const pairs = [...running.words.matchAll(/(SPOTIFY_\w+)=(\S+)/g)];
    return new Spotify(running, Object.fromEntries(pairs.map(([, name, value]) => [name, value])));
  }

  /** What a listener hears on their own device. */
  async hears(listener: Listener): Promise<Heard | null> {
    const answer = await fetch(`${this.settings.SPOTIFY_ACCOUNTS_URL}/by-hand/${listener}`);
    return (await answer.json()) as Heard | null;
  }

  /** Their access tokens count no longer, before the time that was said. */
  async expireTokens(listener: Listener): Promise<void> {
    await fetch(`${this.settings.SPOTIFY_ACCOUNTS_URL}/by-hand/${listener}/expire-tokens`, { method: 'POST' });
  }

  /** Every token that counts, of access and refresh. */
  async tokens(): Promise<string[]> {
    const answer = await fetch(`${this.settings.SPOTIFY_ACCOUNTS_URL}/by-hand/tokens`);
    return (await answer.json()) as string[];
  }

  /** They play the n-th track themselves, where they heard something last. */
  async playByHand(listener: Listener, n: number): Promise<void> {
    await fetch(`${this.settings.SPOTIFY_ACCOUNTS_URL}/by-hand/${listener}/play/${n}`, { method: 'POST' });
  }

  /** They take their permission back on Spotify's own page for that. */
  async withdraw(listener: Listener): Promise<void> {
    await fetch(`${this.settings.SPOTIFY_ACCOUNTS_URL}/by-hand/${listener}/withdraw`, { method: 'POST' });
  }

  /** How the service is from now on; a number: how many milliseconds every answer takes. */
  async be(mood: 'well' | 'overloaded' | 'garbled' | number): Promise<void> {
    const answer = await fetch(`${this.settings.SPOTIFY_ACCOUNTS_URL}/by-hand/mood/${mood}`, { method: 'POST' });
    if (!answer.ok) {
      throw new Error(`the stand-in knows no mood ${mood}`);
    }
  }

  /** From the house's next call on it is told to wait for so many seconds. */
  async rest(seconds: number): Promise<void> {
    await fetch(`${this.settings.SPOTIFY_ACCOUNTS_URL}/by-hand/rest/${seconds}`, { method: 'POST' });
  }

  async stop(): Promise<void> {
    await this.running.stop();
  }
}

/** Spotify's own pictures are far away: these stand in for them. */
export async function withCovers(context: BrowserContext): Promise<void> {
  await context.route('https://i.scdn.co/**', (route) =>
    route.fulfill({ contentType: 'image/png', body: plainCover(route.request().url()) }),
  );
}

/** One colour for each album. */
function plainCover(url: string): Buffer {
  const album = Number(/B(\d+)/.exec(url)?.[1] ?? 0);
  const picture = new PNG({ width: 1, height: 1 });
  picture.data.set([90 + ((album * 53) % 120), 90 + ((album * 97) % 120), 140, 255]);
  return PNG.sync.write(picture);
}

function id(kind: string, n: number): string {
  return kind + String(n).padStart(ID_DIGITS, '0');
}
