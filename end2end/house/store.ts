// A redis-server of a test's own, for tests in which the store goes away and comes back.
// It keeps its append-only file, so that what was acknowledged is there again after a kill.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { folderForWords, keepStore } from './evidence';
import { Running } from './running';

const READY = /Ready to accept connections|ready to accept connections/;

export class Store {
  private constructor(
    private readonly folder: string,
    private running: Running,
  ) {}

  static async start(folder: string): Promise<Store> {
    await mkdir(folder, { recursive: true });
    return new Store(folder, await launch(folder));
  }

  /** For `REDIS_URL`. */
  get url(): string {
    return `unix://${socketIn(this.folder)}`;
  }

  async killHard(): Promise<void> {
    await this.running.killHard();
  }

  async startAgain(): Promise<void> {
    this.running = await launch(this.folder);
  }

  async stop(): Promise<void> {
    await this.running.stop();
    keepStore(this.folder, folderForWords(path.join(this.folder, 'words')));
  }
}

function socketIn(folder: string): string {
  return path.join(folder, 'redis.sock');
}

function launch(folder: string): Promise<Running> {
  const settings = {
    port: '0',
    unixsocket: socketIn(folder),
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
    'maxmemory-policy': 'noeviction',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  return Running.start({ command: 'redis-server', args, env: process.env, cwd: folder }, READY);
}
