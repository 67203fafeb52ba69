// One child process: started, watched, ended. Only ever ends what it started itself, by its process id.
// Knows nothing of what the process does.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** How long a process may take to end by itself before it is made to. */
const FAREWELL_MS = 15_000;
/** How long a process may take until it says what is waited for. */
const FIRST_WORDS_MS = 30_000;
/** How much of a log is shown to people. */
const LOG_END_CHARS = 256 * 1024;

export interface Errand {
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** The file that takes what it says on its error stream, however much that is. */
  log?: string;
}

export class Running {
  private said = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly log: string | undefined,
  ) {
    for (const voice of [child.stdout, child.stderr]) {
      voice?.setEncoding('utf8');
      voice?.on('data', (words: string) => {
        this.said += words;
      });
    }
  }

  /** Starts it and waits until it has said something that matches `firstWords`. */
  static async start(errand: Errand, firstWords: RegExp): Promise<Running> {
    const { command, args, env, cwd, log } = errand;
    const errors = log === undefined ? 'pipe' : openSync(log, 'a');
    const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', errors] });
    if (typeof errors === 'number') {
      closeSync(errors); // the child has its own
    }
    const running = new Running(child, log);
    await running.untilSaid(firstWords);
    return running;
  }

  get pid(): number {
    if (this.child.pid === undefined) {
      throw new Error(`${this.child.spawnfile} never started`);
    }
    return this.child.pid;
  }

  /** Everything it has written so far; of a log only the end. */
  get words(): string {
    const log = this.log === undefined ? '' : readFileSync(this.log, 'utf8');
    return this.said + log.slice(-LOG_END_CHARS);
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
      const fail = (why: string) => reject(new Error(`${child.spawnfile} ${why}. It said:\n${this.words}`));
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
