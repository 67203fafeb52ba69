// The `test` of all specs: every test gets a program of its own and lets visitors in.
// Owns what is made before a test and put away after it; what visitors see and do is in pages/.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type BrowserContext, type BrowserContextOptions, test as base, expect } from '@playwright/test';

import { LoginPage } from '../pages/login-page';
import { NestPage } from '../pages/nest-page';
import { keepSecret } from './evidence';
import { SONGS, writeMusic } from './music';
import { Program, type Settings } from './program';

/** By default nobody but the people of a test picks songs. */
const QUIET: Settings = { USE_BENDER: 'false' };
const MUSIC_READ_MS = 60_000;
/** A session's cookie, and the characters of the signature that its value begins with; what follows opens the session. */
const SESSION_COOKIE = /(?:^|-)nests_session$/;
const SIGNATURE_CHARS = 44;

export interface VisitOptions extends BrowserContextOptions {
  /** Where the visitor first goes. The Main Nest by default. */
  at?: string;
}

/** Lets people in, each with a browser of their own. */
export interface Door {
  /** A browser that has not signed in, at no page yet. */
  visitor(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** Signs a person in and waits until their page is alive. */
  comeIn(nickname: string, options?: VisitOptions): Promise<NestPage>;
}

interface Fixtures {
  settings: Settings;
  /** A folder of the test's own, gone after it. */
  folder: string;
  program: Program;
  door: Door;
}

interface WorkerFixtures {
  music: string;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  music: [
    async ({}, use) => {
      const folder = await temporaryFolder();
      await writeMusic(folder);
      await use(folder);
      await rm(folder, { recursive: true });
    },
    { scope: 'worker' },
  ],

  settings: [{}, { option: true }],

  folder: async ({}, use) => {
    const folder = await temporaryFolder();
    await use(folder);
    await rm(folder, { recursive: true });
  },

  program: async ({ folder, music, settings }, use, testInfo) => {
    const all = { MUSIC_DIR: music, ...QUIET, ...settings };
    const program = await Program.start(folder, all);
    if (all.MUSIC_DIR === music) {
      await musicIsRead(program, SONGS.length);
    }
    await use(program);
    await program.stop();
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('program.log', { body: program.log, contentType: 'text/plain' });
    }
  },

  door: async ({ browser, program, settings }, use) => {
    const contexts: BrowserContext[] = [];
    const visitor = async (options: BrowserContextOptions = {}) => {
      const context = await browser.newContext({ baseURL: program.url, ...options });
      contexts.push(context);
      return context;
    };
    const comeIn = async (nickname: string, { at = '/', ...options }: VisitOptions = {}) => {
      const context = await visitor(options);
      const nest = new NestPage(await context.newPage());
      await nest.page.goto(at);
      const login = new LoginPage(nest.page);
      await login.comeInAs(nickname);
      if (settings.SPOTIFY_CLIENT_ID !== undefined) {
        await login.skipSpotify.click();
      }
      if (options.javaScriptEnabled !== false) {
        await nest.isAlive();
      }
      for (const { name, value } of await context.cookies()) {
        if (SESSION_COOKIE.test(name)) {
          keepSecret(value.slice(SIGNATURE_CHARS));
        }
      }
      return nest;
    };
    await use({ visitor, comeIn });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

export { expect };

export interface LibraryStatus {
  scanning: boolean;
  seen: number;
  tracks: number;
  broken: number;
  broken_files: { path: string; reason: string }[];
}

/** Waits until the program knows `tracks` tracks and looks for no more. */
export async function musicIsRead(program: Program, tracks: number): Promise<void> {
  const cookie = await signIn(program.url, 'Early bird');
  const read = async () => {
    const { scanning, tracks } = await library(program.url, cookie);
    return { scanning, tracks };
  };
  await expect.poll(read, { timeout: MUSIC_READ_MS }).toEqual({ scanning: false, tracks });
}

/** Signs somebody in without a browser. Answers the cookie. */
export async function signIn(url: string, nickname: string): Promise<string> {
  const answer = await fetch(`${url}/login/guest`, {
    method: 'POST',
    body: new URLSearchParams({ nickname, next: '/' }),
    redirect: 'manual',
  });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0];
  if (cookie === undefined) {
    throw new Error(`signing in answered ${answer.status} without a cookie`);
  }
  return cookie;
}

export async function library(url: string, cookie: string): Promise<LibraryStatus> {
  const answer = await fetch(`${url}/api/library`, { headers: { cookie } });
  return (await answer.json()) as LibraryStatus;
}

function temporaryFolder(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'nests-e2e-'));
}
