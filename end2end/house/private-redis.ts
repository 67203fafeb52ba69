// What a program's private Redis holds, asked with redis-cli over its unix socket. Only ever reads.
// Knows the types that Redis has, and nothing of what the keys are for.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ANSWERS_WITHIN_MS = 10_000;
/** All that a test leaves, many times over. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Each key, and what it holds, as its type is read. `DUMP` would pack it: nothing could be found in that. */
const EVERYTHING = `
  local read = {
    string = {'GET'}, hash = {'HGETALL'}, set = {'SMEMBERS'},
    list = {'LRANGE', 0, -1}, zset = {'ZRANGE', 0, -1}, stream = {'XRANGE', '-', '+'},
  }
  local all = {}
  for _, key in ipairs(redis.call('KEYS', '*')) do
    local how = read[redis.call('TYPE', key).ok]
    all[#all + 1] = {key, redis.call(how[1], key, unpack(how, 2))}
  end
  return all`;

export class PrivateRedis {
  constructor(private readonly socket: string) {}

  /** The names that fit, in the words of Redis's own KEYS. */
  async keys(pattern: string): Promise<string[]> {
    const names = await this.ask('KEYS', pattern);
    return names.split('\n').filter(Boolean);
  }

  /** One field of a hash; empty where there is none. */
  async field(key: string, field: string): Promise<string> {
    return (await this.ask('HGET', key, field)).trim();
  }

  /** All keys and all values, as they are at one moment. */
  async everything(): Promise<string> {
    return this.ask('EVAL', EVERYTHING, '0');
  }

  private async ask(...command: string[]): Promise<string> {
    const options = { timeout: ANSWERS_WITHIN_MS, maxBuffer: MAX_ANSWER_BYTES };
    const { stdout } = await run('redis-cli', ['-s', this.socket, '--raw', ...command], options);
    return stdout;
  }
}
