// How the browser tests run: a real Chromium, the release build, and a program of its own for every test.
// Where program and pages lie comes from the environment (scripts/lib/env.sh); house/program.ts reads it.

import { defineConfig } from '@playwright/test';

const IN_CI = Boolean(process.env.CI);

export default defineConfig({
  testDir: 'specs',
  // Each test has its own program, its own store and its own people, so they can run side by side.
  fullyParallel: true,
  workers: 2,
  // A test that passes only sometimes is broken, and at home it isn't tried again. CI machines are shared, and some tests
  // measure music in milliseconds: there one more try is allowed, and the list calls such a test flaky.
  retries: IN_CI ? 1 : 0,
  forbidOnly: IN_CI,
  // Every wait has a limit of its own; this one only ends what hangs for another reason.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    actionTimeout: 10_000,
    navigationTimeout: 15_000,
    screenshot: 'only-on-failure',
    // Recording a trace takes time and looks into every page (see listening/untouched.ts), so where a test is tried again
    // only that try is recorded. Without pictures of every step: they would disturb the music that some tests measure.
    trace: { mode: IN_CI ? 'on-first-retry' : 'retain-on-failure', screenshots: false, snapshots: true, sources: true },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // As in people's browsers: a page makes no sound before it has been touched.
        '--autoplay-policy=document-user-activation-required',
      ],
    },
  },
});
