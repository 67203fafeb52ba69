// What a run of all tests leaves behind, to be searched for secrets in the end (scripts/no-secrets.sh): what programs said,
// what their stores wrote down, and the secrets that only this run had. Other runs leave nothing.
// Knows nothing of programs and browsers. standin/src/evidence.rs is the same for the Rust tests.

import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import path from 'node:path';

const FOLDER = process.env.TEST_LOGS;
/** What Redis calls the folder of its append-only file: there stands every command that ever changed anything. */
const APPEND_ONLY = 'appendonlydir';

/** A folder for what somebody says; `own` where nobody collects. */
export function folderForWords(own: string): string {
  if (FOLDER === undefined) {
    mkdirSync(own, { recursive: true });
    return own;
  }
  const all = path.join(FOLDER, 'programs');
  mkdirSync(all, { recursive: true });
  return mkdtempSync(path.join(all, 'program-'));
}

/** Keeps what the Redis of that folder has written down, beside the words of whom it belongs to. */
export function keepStore(redis: string, words: string): void {
  const written = path.join(redis, APPEND_ONLY);
  if (FOLDER !== undefined && existsSync(written)) {
    cpSync(written, path.join(words, APPEND_ONLY), { recursive: true });
  }
}

/** Remembers a secret that can't be told by its looks. */
export function keepSecret(text: string): void {
  if (FOLDER !== undefined && text !== '') {
    appendFileSync(path.join(FOLDER, 'secrets'), `${text}\n`);
  }
}
