// One child process: started, watched, ended. Only ever ends what it started itself, by its process id.
// Knows nothing of what the process does.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How long a process may take to end by itself before it is made to. */
const FAREWELL_MS = 15_000;
/** How long a process may take until it says what is waited for. */
const FIRST_WORDS_MS = 30_000;

export interface Errand {
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
}

export class Running {
  private said = '';

  private constructor(private readonly child: ChildProcess) {
    for (const voice of [child.stdout, child.stderr]) {
      voice?.setEncoding('utf8');
      voice?.on('data', (words: string) => {
        this.said += words;
      });
    }
  }

  /** Starts it and waits until it has said something that matches `firstWords`. */
  static async start(errand: Errand, firstWords: RegExp): Promise<Running> {
    const { command, args, env, cwd } = errand;
    const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const running = new Running(child);
    await running.untilSaid(firstWords);
    return running;
  }

  get pid(): number {
    if (this.child.pid === undefined) {
      throw new Error(`${this.child.spawnfile} never started`);
    }
    return this.child.pid;
  }

  /** Everything it has written so far. */
  get words(): string {
    return this.said;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** `kill -9`: it learns nothing of its end. */
  async killHard(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Asks it to end, and makes it end where it doesn't in time. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), FAREWELL_MS);
    await this.end('SIGTERM');
    clearTimeout(timer);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.hasEnded) {
      return;
    }
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }

  private async untilSaid(wanted: RegExp): Promise<void> {
    const { child } = this;
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${child.spawnfile} ${why}. It said:\n${this.said}`));
      const timer = setTimeout(() => fail(`was not ready within ${FIRST_WORDS_MS / 1000} s`), FIRST_WORDS_MS);
      const look = () => {
        if (wanted.test(this.said)) {
          clearTimeout(timer);
          resolve();
        }
      };
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
      child.once('error', (error) => fail(`could not be started (${error.message})`));
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        fail(`ended at once (${signal ?? code})`);
      });
    });
  }
}
