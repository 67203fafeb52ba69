// The program under test: a `nests` of its own, on a free loopback port, with its own data folder.
// Owns how it is started, killed, started again and asked from outside; knows nothing of pages.

import { readFileSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { Running } from './running';

const TARGET = path.resolve(__dirname, '../../target');
const NESTS_BIN = process.env.NESTS_BIN ?? path.join(TARGET, 'release/nests');
const OPEN = /EchoNest is open: (\S+)/;
const ANY_FREE_PORT = '127.0.0.1:0';

/** What a test wants otherwise than usual, by the names of the settings. `undefined` leaves a setting out. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** What `GET /playing/` tells, as far as tests read it. Times are milliseconds by the server's clock. */
export interface NowPlaying {
  now: number;
  playing: {
    song: { id: string; trackid: string; title: string; duration: number };
    started_at: number;
    paused_at: number | null;
  } | null;
}

export class Program {
  private constructor(
    private readonly folder: string,
    private readonly settings: Settings,
    private running: Running,
    readonly url: string,
  ) {}

  static async start(folder: string, settings: Settings): Promise<Program> {
    await mkdir(folder, { recursive: true });
    const running = await launch(folder, settings, ANY_FREE_PORT);
    const url = OPEN.exec(running.words)?.[1];
    if (url === undefined) {
      throw new Error(`the program named no address:\n${running.words}`);
    }
    return new Program(folder, settings, running, url);
  }

  /** Everything the program has logged since its latest start. */
  get log(): string {
    return this.running.words;
  }

  /** `kill -9`. Its redis-server ends with it. */
  async killHard(): Promise<void> {
    await this.running.killHard();
  }

  /** At the same address, on the same data. */
  async startAgain(): Promise<void> {
    this.running = await launch(this.folder, this.settings, new URL(this.url).host);
  }

  async stop(): Promise<void> {
    await this.running.stop();
  }

  /** The process id of the redis-server that the program runs for itself. */
  privateRedisPid(): number {
    const threads = `/proc/${this.running.pid}/task`;
    const children = readdirSync(threads).flatMap((thread) =>
      readFileSync(`${threads}/${thread}/children`, 'utf8').split(' ').filter(Boolean),
    );
    const redis = children.find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('redis-server'));
    if (redis === undefined) {
      throw new Error(`the program ${this.running.pid} runs no redis-server`);
    }
    return Number(redis);
  }

  /** What plays in the Main Nest, as everybody may ask. */
  async playing(): Promise<NowPlaying> {
    const answer = await fetch(`${this.url}/playing/`);
    if (!answer.ok) {
      throw new Error(`GET /playing/ answered ${answer.status}`);
    }
    return (await answer.json()) as NowPlaying;
  }

  /** The titles that wait in the Main Nest, in the order of playing. */
  async queue(): Promise<string[]> {
    const answer = await fetch(`${this.url}/queue/`);
    if (!answer.ok) {
      throw new Error(`GET /queue/ answered ${answer.status}`);
    }
    const { songs } = (await answer.json()) as { songs: { title: string }[] };
    return songs.map((song) => song.title);
  }
}

function launch(folder: string, settings: Settings, address: string): Promise<Running> {
  const env = {
    // Not the whole environment: a setting of whoever runs the tests must not leak into them.
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    RUST_LOG: 'info',
    LEPTOS_OUTPUT_NAME: process.env.LEPTOS_OUTPUT_NAME ?? 'nests',
    LEPTOS_SITE_ROOT: process.env.LEPTOS_SITE_ROOT ?? path.join(TARGET, 'site'),
    LEPTOS_HASH_FILES: process.env.LEPTOS_HASH_FILES ?? 'true',
    NESTS_ADDR: address,
    DATA_DIR: path.join(folder, 'data'),
    ...settings,
  };
  return Running.start({ command: NESTS_BIN, args: ['serve'], env, cwd: folder }, OPEN);
}
