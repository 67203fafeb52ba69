// Bender's next song as people click it: queued, filtered, opened, played; and Bender switched off and on for a nest.

import path from 'node:path';

import type { Locator } from '@playwright/test';

import { LONG, writeMusic } from '../house/music';
import { take } from '../house/pictures';
import { SCREENS } from '../house/screens';
import { LINKS, Spotify, withCovers } from '../house/spotify';
import { expect, musicIsRead, test as inAnyHouse } from '../house/test';
import { SEEN_WITHIN_MS } from '../journeys/two-people';
import type { NestPage } from '../pages/nest-page';
import { SettingsPage } from '../pages/settings-page';
import { SpotifyPage } from '../pages/spotify-page';
import { expectFingerSized, expectWithinReach } from '../reach/within-reach';

// With little motion: Playwright waits for moving buttons with a timer in the page, and without scripts there are none.
const PLAIN = { javaScriptEnabled: false, reducedMotion: 'reduce' } as const;
/** None of them ends while a test looks on. */
const SONGS = Object.values(LONG);
/** Between the agreement to press and the pressing. */
const COUNTDOWN_MS = 300;
const SKIPS = 3;
const SOON = { timeout: SEEN_WITHIN_MS };

const test = inAnyHouse.extend({
  settings: async ({ folder }, use) => {
    const music = path.join(folder, 'long-songs');
    await writeMusic(music, SONGS);
    // One song waits, at the end of the queue: the preview.
    await use({ USE_BENDER: 'true', MIN_QUEUE_DEPTH: '1', MUSIC_DIR: music });
  },
  program: async ({ program }, use) => {
    await musicIsRead(program, SONGS.length);
    await use(program);
  },
});

const testWithSpotify = test.extend<{ spotify: Spotify }>({
  spotify: async ({ folder }, use) => {
    const spotify = await Spotify.start(folder);
    await use(spotify);
    await spotify.stop();
  },
  settings: async ({ settings, spotify }, use) => use({ ...settings, ...spotify.settings }),
});

/** The title of what Bender picked: the last row of the queue. Where nothing plays yet, what he picks first doesn't wait. */
async function preview({ queue, stage }: NestPage): Promise<string> {
  await expect(stage.broughtBy).toBeVisible();
  await expect(queue.bendersPicks).toHaveCount(1);
  const title = (await queue.bendersPicks.locator('.row__title').textContent()) ?? '';
  await expect(queue.titles.last()).toHaveText(title);
  return title;
}

/** Pressed at the same moment, in browsers on one clock. A button that has gone by then does nothing. */
async function pressTogether(...buttons: Locator[]): Promise<void> {
  const handles = await Promise.all(buttons.map((button) => button.elementHandle()));
  const at = Date.now() + COUNTDOWN_MS;
  const press = (button: HTMLElement | SVGElement, at: number) =>
    new Promise<void>((done) => {
      setTimeout(() => {
        (button as HTMLElement).click();
        done();
      }, at - Date.now());
    });
  await Promise.all(handles.map((handle) => handle?.evaluate(press, at)));
}

/** Waits, no longer than people would, until another song than this one is what Bender picked. */
async function anotherPreview({ queue }: NestPage, than: string): Promise<void> {
  const isAnother = async () => {
    const titles = await queue.bendersPicks.locator('.row__title').allTextContents();
    return titles.length === 1 && titles[0] !== than;
  };
  await expect.poll(isAnother, { ...SOON, intervals: [25] }).toBe(true);
}

for (const [screen, viewport] of Object.entries(SCREENS)) {
  test.describe(`on a ${screen} of ${viewport.width} pixels`, () => {
    test('two who queue the preview at once have queued it once, for one of them', async ({ door, program }, testInfo) => {
      const anna = await door.comeIn('Anna', { viewport });
      const ben = await door.comeIn('Ben', { viewport });
      const title = await preview(anna);
      for (const { queue } of [anna, ben]) {
        await queue.row(title).openMore();
        await expect(queue.row(title).openIt, 'a file has no page').toHaveCount(0);
      }
      const [hers, his] = [anna.queue.row(title), ben.queue.row(title)];
      await hers.filterIt.scrollIntoViewIfNeeded();
      await take(anna.page, 'bender-preview', testInfo);
      await expectWithinReach(anna.page, 'the preview, opened');
      await expectFingerSized(anna.page, 'the preview, opened');

      await pressTogether(hers.queueIt, his.queueIt);
      const credited = async () => {
        const names = await Promise.all([hers, his].map(({ who }) => who.textContent()));
        return names.join(' and ');
      };
      await expect.poll(credited).toMatch(/^(you and Anna|Ben and you)$/);
      for (const nest of [anna, ben]) {
        const next = await preview(nest);
        expect(next).not.toBe(title);
        await nest.queue.holds(title, next);
      }
      expect(await program.queue()).toEqual([title, await preview(anna)]);
    });

    test('a filtered preview makes room for another one within a second', async ({ door }) => {
      const anna = await door.comeIn('Anna', { viewport });
      const ben = await door.comeIn('Ben', { viewport });
      const title = await preview(anna);
      await expect(ben.queue.row(title).self).toBeVisible();
      const row = anna.queue.row(title);
      await row.openMore();
      await row.filterIt.click();
      await Promise.all([anna, ben].map((nest) => anotherPreview(nest, title)));
      await expect(anna.queue.row(title).self).toHaveCount(0);
    });

    test('what is skipped to is the very song that stood there', async ({ door }) => {
      const anna = await door.comeIn('Anna', { viewport });
      const ben = await door.comeIn('Ben', { viewport });
      for (let skips = 0; skips < SKIPS; skips += 1) {
        const title = await preview(ben);
        await ben.stage.skip.click();
        for (const { stage } of [anna, ben]) {
          await expect(stage.title).toHaveText(title);
          await expect(stage.broughtBy).toContainText("Bender's pick");
        }
        await anotherPreview(anna, title);
      }
    });

    test('the host switches Bender off and on, and the other one sees it at once', async ({ door }, testInfo) => {
      const anna = await door.comeIn('Anna', { viewport });
      const code = await anna.buildNest('Quiet Hour');
      const ben = await door.comeIn('Ben', { viewport, at: `/nest/${code}` });
      await preview(ben);
      const playing = (await ben.stage.title.textContent()) ?? '';

      let settings = await anna.openSettings();
      await expect(settings.benderHere).toContainText('Bender is on');
      await settings.switchBenderOff.click();
      await expect(ben.queue.rows).toHaveCount(0, SOON);
      await expect(ben.queue.self).toContainText('Bender is off here.');
      await expect(ben.stage.title, 'what plays plays on').toHaveText(playing);
      await expect(settings.benderHere).toContainText('Bender is off');
      await settings.benderHere.scrollIntoViewIfNeeded();
      await take(anna.page, 'bender-settings', testInfo);
      await expectWithinReach(anna.page, 'Bender is off');
      await expectFingerSized(anna.page, 'Bender is off');

      await anna.page.goto(`/nest/${code}`);
      await anna.isAlive();
      await anna.stage.skip.click();
      await ben.stage.isQuiet();
      await expect(ben.stage.self).toContainText('Bender is off here.');
      await expect(ben.stage.letBenderPick).toBeHidden();
      await take(ben.page, 'bender-off', testInfo);
      await expectWithinReach(ben.page, 'a quiet nest without Bender');

      settings = await anna.openSettings();
      await settings.switchBenderOn.click();
      await expect(ben.queue.bendersPicks).toHaveCount(1);
      await expect(ben.stage.broughtBy).toContainText("Bender's pick");
      await expect(settings.switchBenderOff).toBeVisible();
    });
  });
}

test('without JavaScript Bender is switched as well, in the Main Nest by everybody', async ({ door }) => {
  const ben = await door.comeIn('Ben');
  await preview(ben);
  const mira = await door.comeIn('Mira', PLAIN);
  const settings = new SettingsPage(mira.page);
  await mira.page.goto('/nest/main/settings');
  await settings.switchBenderOff.click();
  await expect(settings.switchBenderOn).toBeVisible();
  await expect(ben.queue.rows).toHaveCount(0);
  await settings.switchBenderOn.click();
  await expect(settings.switchBenderOff).toBeVisible();
  await preview(ben);
});

testWithSpotify('what Bender picked at Spotify opens there', async ({ door, program }) => {
  const anna = await door.comeIn('Anna');
  await withCovers(anna.page.context());
  const own = new SpotifyPage(anna.page);
  await anna.page.goto('/spotify?nest=main');
  await own.agreeAs('Anna Listens');
  await own.goOn.click();
  await own.hearOn('Kitchen');
  await expect(own.chosen).toBeVisible();
  await anna.page.goto('/');
  await anna.isAlive();

  // From the song that somebody brought he goes on, as soon as it plays.
  const brought = new URL(LINKS.track(0)).pathname.split('/').pop();
  const data = { add: { track: `spotify:track:${brought}` } };
  const answer = await anna.page.request.post('/api/nests/main/commands', { data });
  expect(answer.ok(), await answer.text()).toBe(true);
  await expect(anna.queue.row('Amber Rooms').self).toBeVisible();
  await anna.stage.skip.click();
  await expect(anna.stage.title).toHaveText('Amber Rooms');
  const fromTheLibrary = await preview(anna);
  await anna.queue.row(fromTheLibrary).openMore();
  await anna.queue.row(fromTheLibrary).filterIt.click();
  await expect(anna.queue.row(fromTheLibrary).self).toHaveCount(0);

  const row = anna.queue.row(await preview(anna));
  await row.openMore();
  const queue = (await (await fetch(`${program.url}/queue/`)).json()) as { songs: { trackid: string }[] };
  const picked = queue.songs.at(-1)?.trackid ?? '';
  expect(picked).toMatch(/^spotify:track:/);
  await expect(row.openIt).toHaveAttribute('href', `https://open.spotify.com/track/${picked.split(':').pop()}`);
  await expect(row.openIt).toHaveAttribute('target', '_blank');
  await expect(row.openIt).toHaveAttribute('rel', 'noopener');
});
