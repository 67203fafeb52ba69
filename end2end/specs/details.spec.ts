// The live details: who counts as listening, what shows at once, what is refused, and the keys.

import type { WebSocketRoute } from '@playwright/test';

import { LONG } from '../house/music';
import { SCREENS } from '../house/screens';
import { expect, test } from '../house/test';
import { queueThree } from '../journeys/two-people';
import type { NestPage } from '../pages/nest-page';
import { expectWithinReach } from '../reach/within-reach';

const { harbour, blueHour, slowTrain, clouds } = LONG;
/** Every screen shows the right number of listeners within this time. */
const COUNTED_WITHIN_MS = 2_000;
/** Somebody whose connection broke is taken for gone after 10 s of grace. */
const GONE_WITHIN_MS = 15_000;
/** Browsers try again after 8 s at the latest. */
const TOLD_WITHIN_MS = 15_000;
const CROWD = 100;
/** Longer than the list of people stays after the mouse has gone. */
const LOOKED_AWAY_MS = 600;

/** Holds what the server says back, from `hold` on, until `letGo`. */
class SlowLine {
  private readonly held: (() => void)[] = [];
  private isHolding = false;

  static async of(nest: NestPage): Promise<SlowLine> {
    const line = new SlowLine();
    await nest.page.routeWebSocket(/\/socket\//, (toPage: WebSocketRoute) => {
      toPage.connectToServer().onMessage((message) => line.carry(() => toPage.send(message)));
    });
    await nest.page.reload();
    await nest.isAlive();
    return line;
  }

  hold(): void {
    this.isHolding = true;
  }

  letGo(): void {
    this.isHolding = false;
    for (const deliver of this.held.splice(0)) {
      deliver();
    }
  }

  private carry(deliver: () => void): void {
    if (this.isHolding) {
      this.held.push(deliver);
    } else {
      deliver();
    }
  }
}

test.describe('listeners', () => {
  test('two people are two, two tabs of one are one, and closing one tab removes nobody', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    const jonas = await door.comeIn('Jonas');
    const counted = async (count: string) => {
      await expect(mira.bar.listeners).toHaveText(count, { timeout: COUNTED_WITHIN_MS });
    };
    await counted('2');
    const tab = await jonas.openTab();
    await expect(tab.bar.listeners).toHaveText('2');
    await counted('2');
    await tab.page.close();
    await mira.page.waitForTimeout(11_000); // longer than the grace for a broken connection
    await counted('2');
    await jonas.page.close();
    await expect(mira.bar.listeners).toHaveText('1', { timeout: GONE_WITHIN_MS });
  });

  test('a tap on the number shows who is here', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    await door.comeIn('Jonas');
    await expect(mira.bar.listeners).toHaveText('2');
    await mira.bar.peopleButton.click();
    await expect(mira.bar.people.getByRole('listitem')).toHaveText([/Mira.*you|Jonas/, /Mira.*you|Jonas/]);
    await expect(mira.bar.people).toContainText('Jonas');
  });

  test('a mouse that rests on the number shows who is here, and the way to the list does not close it', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    const { people, peopleButton } = mira.bar;
    await peopleButton.hover();
    await expect(people).toBeVisible();
    await people.evaluate((list) => {
      list.addEventListener('toggle', () => list.setAttribute('data-flickered', ''));
    });
    await people.hover();
    await mira.page.waitForTimeout(LOOKED_AWAY_MS);
    await expect(people).toBeVisible();
    await expect(people).not.toHaveAttribute('data-flickered');
    await mira.stage.title.hover();
    await expect(people).toBeHidden();

    await peopleButton.hover();
    await expect(people).toBeVisible();
    await peopleButton.click(); // keeps it
    await mira.stage.title.hover();
    await mira.page.waitForTimeout(LOOKED_AWAY_MS);
    await expect(people).toBeVisible();
    await peopleButton.click();
    await expect(people).toBeHidden();
  });

  test('on a phone a pointer that rests on the number opens nothing over the bar below, and a tap does', async ({ door }) => {
    const mira = await door.comeIn('Mira', { viewport: SCREENS.phone });
    const { people, peopleButton } = mira.bar;
    await peopleButton.hover();
    await mira.page.waitForTimeout(LOOKED_AWAY_MS);
    await expect(people).toBeHidden();
    await peopleButton.click();
    await expect(people).toBeVisible();
  });

  test('the keyboard\'s focus shows who is here, Escape closes it, and Enter opens it for good', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    const { people, peopleButton } = mira.bar;
    await mira.bar.qr.focus();
    await mira.page.keyboard.press('Tab');
    await expect(peopleButton).toBeFocused();
    await expect(people).toBeVisible();
    await mira.page.keyboard.press('Escape');
    await expect(people).toBeHidden();
    await mira.page.waitForTimeout(LOOKED_AWAY_MS);
    await expect(people).toBeHidden();
    await expect(peopleButton).toBeFocused();
    await mira.page.keyboard.press('Enter');
    await expect(people).toBeVisible();
    await mira.page.keyboard.press('Tab');
    await mira.page.waitForTimeout(LOOKED_AWAY_MS);
    await expect(people).toBeVisible();
  });

  test('on a phone a tap opens the list and Escape closes it', async ({ door }) => {
    const mira = await door.comeIn('Mira', { viewport: SCREENS.phone, hasTouch: true });
    await mira.bar.peopleButton.tap();
    await expect(mira.bar.people).toBeVisible();
    await mira.page.waitForTimeout(LOOKED_AWAY_MS);
    await expect(mira.bar.people).toBeVisible();
    await mira.page.keyboard.press('Escape');
    await expect(mira.bar.people).toBeHidden();
  });

  test('everybody is here since a time by the reader\'s own clock; without JavaScript, for so long', async ({ door }) => {
    const ZONES = ['Pacific/Auckland', 'America/St_Johns'];
    const before = Date.now();
    const readers = await Promise.all(ZONES.map((timezoneId) => door.comeIn('Mira', { timezoneId })));
    const after = Date.now();
    for (const [n, reader] of readers.entries()) {
      await expect(reader.bar.listeners).toHaveText('2');
      await reader.openPeople();
      const clock = new Intl.DateTimeFormat('en-GB', { timeZone: ZONES[n], hour: '2-digit', minute: '2-digit' });
      const times = [before, after].map((at) => `here since ${clock.format(at)}`);
      const notes = await reader.bar.people.locator('time').allTextContents();
      expect(notes).toHaveLength(2);
      for (const note of notes) {
        expect(times).toContain(note);
      }
    }
    const jonas = await door.comeIn('Jonas', { javaScriptEnabled: false, reducedMotion: 'reduce' });
    await jonas.openPeople();
    await expect(jonas.bar.people.getByRole('listitem')).toHaveText([/just came in|here for 1 min/, /just came in|here for 1 min/]);
  });

  test('before the first number there is none, and never a zero', async ({ door }) => {
    const context = await door.visitor();
    await context.routeWebSocket(/\/socket\//, () => {
      // The page believes that it is connected, and hears nothing.
    });
    const page = await context.newPage();
    await page.goto('/');
    await page.getByLabel('What shall we call you?').fill('Mira');
    await page.getByRole('button', { name: 'Come in' }).click();
    await expect(page.getByTestId('listeners')).toHaveText('--');
  });
});

test('over a line too slow for the clock the dot says so, and measuring again on a better one mends it', async ({ door }) => {
  const TOO_SLOW_MS = 800;
  const mira = await door.comeIn('Mira');
  await mira.search.add(harbour.title);
  let delay = TOO_SLOW_MS;
  await mira.page.routeWebSocket(/\/socket\//, (toPage: WebSocketRoute) => {
    toPage.connectToServer().onMessage((message) => {
      setTimeout(() => toPage.send(message), delay);
    });
  });
  await mira.page.reload();
  await mira.isAlive();
  await mira.stage.tuneIn.click();
  await expect(mira.stage.status).toHaveText('The line is too slow to tell the time exactly');
  await expect(mira.stage.sync).toHaveAttribute('data-sync', 'trouble');
  await expectWithinReach(mira.page, 'clock unsure');
  delay = 0;
  await mira.stage.help.click();
  await mira.stage.playsAlong();
  await expect(mira.stage.help).toHaveCount(0);
});

test('a crowd that opens the page at once gets it, every one of them', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const loads = Array.from({ length: CROWD }, async () => {
    const answer = await mira.page.request.get('/');
    return { status: answer.status(), isWhole: (await answer.text()).includes('id="queue-title"') };
  });
  for (const load of await Promise.all(loads)) {
    expect(load).toEqual({ status: 200, isWhole: true });
  }
});

test.describe('the line', () => {
  test('without a network the page says so, refuses changes, and comes back by itself', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    const jonas = await door.comeIn('Jonas');
    await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
    await jonas.goOffline();
    await expect(jonas.banner).toHaveText('Reconnecting…');
    await jonas.queue.row(slowTrain.title).voteUp.click();
    await expect(jonas.toast('Not connected: nothing was changed.')).toBeVisible();
    await jonas.queue.holds(blueHour.title, slowTrain.title);
    await mira.search.add(clouds.title);
    await mira.queue.holds(blueHour.title, slowTrain.title, clouds.title);
    await jonas.goOnline();
    await expect(jonas.banner).toBeHidden();
    await jonas.queue.holds(blueHour.title, slowTrain.title, clouds.title);
    await expect(jonas.queue.row(slowTrain.title).votes, 'nothing is done late').toHaveText(/: 0$/);
  });

  test('whoever was away when the nest ended, or is signed out, is told when the network is back', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    const code = await mira.buildNest('Short Days');
    const jonas = await door.comeIn('Jonas', { at: `/nest/${code}` });
    await jonas.goOffline();
    await expect(jonas.banner).toHaveText('Reconnecting…');
    expect((await mira.page.request.delete(`/api/nests/${code}`)).ok()).toBe(true);
    await jonas.goOnline();
    await expect(jonas.bar.name).toHaveText('Main Nest', { timeout: TOLD_WITHIN_MS });
    await expect(jonas.page.getByText('That nest was deleted. This is the Main Nest.')).toBeVisible();

    await jonas.isAlive();
    await jonas.goOffline();
    await expect(jonas.banner).toHaveText('Reconnecting…');
    await jonas.page.context().clearCookies();
    await jonas.goOnline();
    await expect(jonas.page).toHaveURL(/\/login/, { timeout: TOLD_WITHIN_MS });
  });

  test("the browser's own menu on the queue holds no news back", async ({ door }) => {
    const mira = await door.comeIn('Mira');
    const jonas = await door.comeIn('Jonas');
    await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
    // As on Linux and macOS: the menu opens when the button goes down, and takes the news that it went up.
    await mira.queue.row(blueHour.title).self.hover();
    await mira.page.mouse.down({ button: 'right' });
    await jonas.queue.row(slowTrain.title).voteUp.click();
    await mira.queue.holds(slowTrain.title, blueHour.title);
  });

  test('a vote shows at once, before the server has answered', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    const jonas = await door.comeIn('Jonas');
    await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
    const line = await SlowLine.of(jonas);
    line.hold();
    await jonas.queue.row(slowTrain.title).voteUp.click();
    await jonas.queue.holds(slowTrain.title, blueHour.title);
    await expect(jonas.queue.row(slowTrain.title).votes).toHaveText(/\+1$/);
    await mira.queue.holds(slowTrain.title, blueHour.title);
    line.letGo();
    await jonas.queue.holds(slowTrain.title, blueHour.title);
    await expect(jonas.toasts.locator('.toast')).toHaveCount(0);
  });

  test('an added song shows at once, and once', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    await mira.search.add(harbour.title);
    const line = await SlowLine.of(mira);
    await mira.search.find(blueHour.title);
    line.hold();
    await mira.search.addButton(blueHour.title).click();
    await mira.queue.holds(blueHour.title);
    line.letGo();
    await mira.queue.holds(blueHour.title);
    await expect(mira.queue.row(blueHour.title).voteDown).toBeEnabled();
    await mira.queue.holds(blueHour.title);
  });

  test('a vote on a song that is gone is taken back, with the reason', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    const jonas = await door.comeIn('Jonas');
    await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
    const line = await SlowLine.of(jonas);
    line.hold();
    const row = mira.queue.row(slowTrain.title);
    await row.openMore();
    await row.remove.click();
    await mira.queue.holds(blueHour.title);
    await jonas.queue.row(slowTrain.title).voteUp.click();
    await jonas.queue.holds(slowTrain.title, blueHour.title);
    line.letGo();
    await jonas.queue.holds(blueHour.title);
    await expect(jonas.toast('That song is not in the queue any more.')).toBeVisible();
  });
});

test.describe('refusals', () => {
  test('one\'s own song can\'t be voted up, and the button says why; down it can', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    await mira.search.add(harbour.title);
    await mira.search.add(blueHour.title);
    const row = mira.queue.row(blueHour.title);
    await expect(row.voteUp).toBeDisabled();
    await expect(row.voteUp).toHaveAttribute('title', 'Others vote your songs up');
    await row.voteDown.click();
    await expect(row.votes).toHaveText(/\u22121$/);
  });

  test('what waits already is not queued twice: one\'s own is said, another\'s is voted up', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    const jonas = await door.comeIn('Jonas');
    await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
    await mira.search.field.fill(blueHour.title);
    await expect(mira.search.hit(blueHour.title)).toContainText('in the queue');
    await mira.search.field.press('Enter');
    await expect(mira.toast('You have queued that already.')).toBeVisible();
    await jonas.search.find(slowTrain.title);
    await jonas.search.field.press('Enter');
    await expect(jonas.toast('It was in the queue already, so you voted it up.')).toBeVisible();
    await jonas.queue.holds(slowTrain.title, blueHour.title);
  });

  test('a file that is no music is left out, named in the library\'s list, and harms nothing', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    await mira.search.field.fill('Broken Record');
    await expect(mira.search.panel).toContainText('Nothing found for “Broken Record”.');
    const status = await mira.page.request.get('/api/library');
    expect(await status.json()).toMatchObject({ broken: 1, broken_files: [{ path: 'Nobody - Broken Record.wav' }] });
  });

  test('nicknames that can\'t be are refused beside the field', async ({ door }) => {
    const page = await (await door.visitor()).newPage();
    await page.goto('/login?next=/');
    const nickname = page.getByLabel('What shall we call you?');
    for (const [typed, words] of [
      ['  ', 'Type a name, so that the others know who brought the song.'],
      ['Bender', 'Bender is taken: he picks when nobody does.'],
    ] as const) {
      await nickname.fill(typed);
      await page.getByRole('button', { name: 'Come in' }).click();
      await expect(page.getByRole('alert')).toHaveText(words);
    }
    await expect(nickname).toHaveAttribute('maxlength', '24');
  });
});

test.describe('search', () => {
  test('forgives typos, accents and word order, and says where a song will land', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    await mira.search.add(harbour.title);
    for (const [typed, title] of [
      ['harbor lihgts', harbour.title],
      ['cafe clouds', clouds.title],
      ['train nora', slowTrain.title],
    ] as const) {
      await mira.search.field.fill(typed);
      await expect(mira.search.hit(title), typed).toBeVisible();
    }
    await expect(mira.search.hit(slowTrain.title)).toContainText('lands at place 1');
  });

  test('arrow keys choose, Enter adds, Escape closes', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    await mira.search.add(harbour.title);
    await mira.page.keyboard.press('/');
    await expect(mira.search.field).toBeFocused();
    await mira.page.keyboard.type('nora vale');
    await expect(mira.search.hits).toHaveCount(2);
    const second = (await mira.search.hitTitles.nth(1).textContent()) ?? '';
    await mira.page.keyboard.press('ArrowDown');
    await mira.page.keyboard.press('Enter');
    await mira.queue.holds(second);
    await mira.page.keyboard.press('Escape');
    await expect(mira.search.panel).toBeHidden();
  });
});

test.describe('keys', () => {
  test('j and k walk the rows, u and d vote, m jams, ? shows them all', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    const jonas = await door.comeIn('Jonas');
    await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
    const { keyboard } = jonas.page;
    await keyboard.press('j');
    await expect(jonas.queue.row(blueHour.title).self).toBeFocused();
    await keyboard.press('j');
    await expect(jonas.queue.row(slowTrain.title).self).toBeFocused();
    await keyboard.press('u');
    await mira.queue.holds(slowTrain.title, blueHour.title);
    await expect(jonas.queue.row(slowTrain.title).self, 'the focus stays with the song').toBeFocused();
    await keyboard.press('m');
    await expect(mira.queue.row(slowTrain.title).jam).toHaveAccessibleName(/1 jam$/);
    await keyboard.press('j');
    await expect(jonas.queue.row(blueHour.title).self).toBeFocused();
    await keyboard.press('d');
    await expect(mira.queue.row(blueHour.title).votes).toHaveText(/\u22121$/);
    await keyboard.press('k');
    await expect(jonas.queue.row(slowTrain.title).self).toBeFocused();
    await keyboard.press('?');
    await expect(jonas.keys).toBeVisible();
    await keyboard.press('Escape');
    await expect(jonas.keys).toBeHidden();
  });

  test('space tunes in and out, and is a space while one types', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    await mira.search.add(harbour.title);
    await mira.search.field.fill('a');
    await mira.search.field.press('Space');
    await expect(mira.search.field).toHaveValue('a ');
    await mira.search.close();
    await mira.page.keyboard.press('Space');
    await mira.stage.playsAlong();
    await expect(mira.stage.tuneIn).toHaveAttribute('aria-pressed', 'true');
    await mira.page.keyboard.press('Space');
    await expect(mira.stage.tuneIn).toHaveAttribute('aria-pressed', 'false');
    await expect(mira.stage.audio).toHaveJSProperty('paused', true);
  });
});

test.describe('this device', () => {
  test('a chosen theme stays after a reload, drawn by the server', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    await mira.menu.open.click();
    await mira.menu.theme('Goldfinch').check();
    const root = mira.page.locator('html');
    await expect(root).toHaveAttribute('data-theme', 'goldfinch');
    const drawn = await (await mira.page.request.get('/')).text();
    expect(drawn).toContain('data-theme="goldfinch"');
    await mira.page.reload();
    await mira.isAlive();
    await expect(root).toHaveAttribute('data-theme', 'goldfinch');
    await mira.menu.open.click();
    await expect(mira.menu.theme('Goldfinch')).toBeChecked();
  });

  test('one\'s own volume and mute are one\'s own, and the volume is remembered', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    const jonas = await door.comeIn('Jonas');
    await mira.search.add(harbour.title);
    await Promise.all([mira.stage.tuneInToTheMusic(), jonas.stage.tuneInToTheMusic()]);
    const volume = (nest: NestPage) => nest.stage.audio.evaluate((audio) => (audio as HTMLAudioElement).volume);
    const usual = await volume(jonas);
    await mira.stage.volume.fill('50');
    await expect.poll(() => volume(mira)).toBeCloseTo(usual / 2);
    await mira.stage.mute.click();
    await expect(mira.stage.audio).toHaveJSProperty('muted', true);
    await expect(jonas.stage.audio).toHaveJSProperty('muted', false);
    expect(await volume(jonas)).toBe(usual);
    await mira.page.reload();
    await mira.isAlive();
    await expect(mira.stage.volume).toHaveValue('50');
  });

  test('the wish to listen survives in a new tab, which waits for a tap if the browser wants one', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    await mira.search.add(harbour.title);
    await mira.stage.tuneInToTheMusic();
    const tab = await mira.openTab();
    // Whether a tap is wanted is the browser's decision; that the wish came along is ours.
    await expect(tab.stage.status).toHaveText(/Tap to tune back in|In sync/);
    if ((await tab.stage.sync.getAttribute('data-sync')) === 'blocked') await tab.stage.tuneIn.click();
    await tab.stage.playsAlong();
  });

  test('rows slide, unless the device asks for less motion', async ({ door }) => {
    const mira = await door.comeIn('Mira', { reducedMotion: 'reduce' });
    const jonas = await door.comeIn('Jonas', { reducedMotion: 'no-preference' });
    await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
    const [still, moving] = await Promise.all([mira.queue.watchSlides(), jonas.queue.watchSlides()]);
    await jonas.queue.row(slowTrain.title).voteUp.click();
    for (const nest of [mira, jonas]) {
      await nest.queue.holds(slowTrain.title, blueHour.title);
    }
    await expect.poll(() => moving.count()).toBeGreaterThan(0);
    expect(await still.count()).toBe(0);
  });
});
