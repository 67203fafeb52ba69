// The program under test: a `nests` of its own, on a free loopback port, with its own data folder.
// Owns how it is started, killed, started again and asked from outside; knows nothing of pages.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { folderForWords, keepSecret, keepStore } from './evidence';
import { PrivateRedis } from './private-redis';
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

/** Where a program is at home, and with what. */
interface Home {
  folder: string;
  settings: Settings;
  /** The folder of its logs. */
  words: string;
}

export class Program {
  private starts = 1;

  private constructor(
    private readonly home: Home,
    private running: Running,
    readonly url: string,
  ) {}

  static async start(folder: string, settings: Settings): Promise<Program> {
    await mkdir(folder, { recursive: true });
    const home = { folder, settings, words: folderForWords(path.join(folder, 'words')) };
    const running = await launch(home, ANY_FREE_PORT, logOf(home, 1));
    const url = OPEN.exec(running.words)?.[1];
    if (url === undefined) {
      throw new Error(`the program named no address:\n${running.words}`);
    }
    return new Program(home, running, url);
  }

  /** The end of what the program has logged since its latest start. */
  get log(): string {
    return this.running.words;
  }

  /** All that it has logged since its first start, by file. */
  logs(): string[] {
    return Array.from({ length: this.starts }, (_, n) => logOf(this.home, n + 1));
  }

  /** `kill -9`. Its redis-server ends with it. */
  async killHard(): Promise<void> {
    await this.running.killHard();
  }

  /** At the same address, on the same data. */
  async startAgain(): Promise<void> {
    this.starts += 1;
    this.running = await launch(this.home, new URL(this.url).host, logOf(this.home, this.starts));
  }

  async stop(): Promise<void> {
    await this.running.stop();
    const data = dataOf(this.home);
    keepStore(path.join(data, 'redis'), this.home.words);
    const key = path.join(data, 'secret_key');
    if (existsSync(key)) {
      keepSecret(readFileSync(key, 'utf8').trim());
    }
  }

  /** What stands in the store that the program runs for itself. */
  get privateRedis(): PrivateRedis {
    return new PrivateRedis(path.join(dataOf(this.home), 'redis', 'redis.sock'));
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

function dataOf(home: Home): string {
  return path.join(home.folder, 'data');
}

function logOf(home: Home, start: number): string {
  return path.join(home.words, `start-${start}.log`);
}

function launch(home: Home, address: string, log: string): Promise<Running> {
  const { folder, settings } = home;
  const env = {
    // Not the whole environment: a setting of whoever runs the tests must not leak into them.
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    // Everything, so that it can be searched for secrets. It goes to a file and slows nothing down.
    RUST_LOG: 'trace',
    LEPTOS_OUTPUT_NAME: process.env.LEPTOS_OUTPUT_NAME ?? 'nests',
    LEPTOS_SITE_ROOT: process.env.LEPTOS_SITE_ROOT ?? path.join(TARGET, 'site'),
    LEPTOS_HASH_FILES: process.env.LEPTOS_HASH_FILES ?? 'true',
    NESTS_ADDR: address,
    DATA_DIR: dataOf(home),
    ...settings,
  };
  return Running.start({ command: NESTS_BIN, args: ['serve'], env, cwd: folder, log }, OPEN);
}
