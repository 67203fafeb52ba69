// Pasting many links: the sheet that shows what they mean, with a script and without, wide and narrow.

import { take } from '../house/pictures';
import { SCREENS } from '../house/screens';
import { LINKS, LONG_CAREER, Spotify, withCovers } from '../house/spotify';
import { expect, test as inAnyHouse } from '../house/test';
import { LoginPage } from '../pages/login-page';
import { PastePage } from '../pages/paste-page';
import { SpotifyPage } from '../pages/spotify-page';
import { expectFingerSized, expectWithinReach } from '../reach/within-reach';

const MAIN = '/nest/main/paste';
const PLAIN = { javaScriptEnabled: false, reducedMotion: 'reduce' } as const;

const test = inAnyHouse.extend<{ spotify: Spotify }>({
  spotify: async ({ folder }, use) => {
    const spotify = await Spotify.start(folder);
    await use(spotify);
    await spotify.stop();
  },
  settings: async ({ spotify }, use) => use(spotify.settings),
});

/** Two tracks, one that may not be played here, an album of twelve, and three lines that bring nothing. */
const MIXED = [
  LINKS.track(24),
  `and this one: ${LINKS.track(25)}`,
  LINKS.track(35),
  LINKS.album(0),
  LINKS.playlist(0),
  'https://spotify.link/abc',
  'https://www.youtube.com/watch?v=1',
];
const CAN_BE_ADDED = 2 + 11;

for (const [screen, viewport] of Object.entries(SCREENS)) {
  test(`on a ${screen}, a mixed paste becomes a sheet, and what stays ticked is added`, async ({ door }, testInfo) => {
    const mira = await door.comeIn('Mira', { viewport });
    await withCovers(mira.page.context());
    const paste = new PastePage(mira.page);
    await mira.openMenu();
    await mira.menu.paste.click();
    await expect(paste.heading).toHaveText('Paste songs into Main Nest');
    await expectWithinReach(mira.page, 'nothing pasted yet');
    await paste.paste(MIXED);
    await expect(paste.add).toHaveText(`Add ${CAN_BE_ADDED} tracks`);
    await expect(paste.headings).toHaveText(['Single tracks', /Glass Harbour/]);
    await expect(paste.leftOut).toHaveText([/to its owner alone/, /another one/, /this site/]);
    await expectWithinReach(mira.page, 'a sheet');
    await expectFingerSized(mira.page, 'a sheet');
    await take(mira.page, 'paste', testInfo);

    const restricted = paste.sheet.locator('[data-off]');
    await expect(restricted).toHaveCount(2);
    await expect(restricted.first().getByRole('checkbox')).toBeDisabled();
    await expect(restricted.first()).toContainText('may not play that in your country');
    const places = await paste.sheet.getByRole('checkbox').evaluateAll((boxes) => boxes.map((box) => box.getBoundingClientRect().x));
    expect(new Set(places).size, 'all ticks stand in one column').toBe(1);
    const ticked = paste.sheet.getByRole('checkbox', { checked: true });
    for (let left = CAN_BE_ADDED; left > 2; left -= 1) {
      await ticked.last().uncheck();
      await expect(paste.add).toHaveText(left === 2 ? 'Add 1 track' : `Add ${left - 1} tracks`);
    }
    await paste.add.click();
    await expect(mira.page.locator('.notice').filter({ hasText: '2 tracks added.' })).toBeVisible();
    await mira.isAlive();
    await expect(mira.stage.title).not.toBeEmpty();
    await expect(mira.queue.rows).toHaveCount(1);
    await expectWithinReach(mira.page, 'the room that says what was added');
  });
}

test('with nothing ticked there is nothing to add, and going back keeps the count right', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const paste = new PastePage(mira.page);
  await mira.page.goto(`${MAIN}?text=${encodeURIComponent(`${LINKS.track(0)}\n${LINKS.track(1)}`)}`);
  await paste.ticks.first().uncheck();
  await expect(paste.add).toHaveText('Add 1 track');
  await paste.ticks.last().uncheck();
  await expect(paste.add).toBeDisabled();
  await paste.ticks.last().check();
  await mira.page.goto(MAIN);
  await mira.page.goBack();
  const left = await paste.ticks.evaluateAll((boxes) => boxes.filter((box) => (box as HTMLInputElement).checked).length);
  await expect(paste.add).toHaveText(left === 1 ? 'Add 1 track' : `Add ${left} tracks`);
});

test('several lines pasted into the search field lead to the sheet, and so does a link', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const context = mira.page.context();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await mira.search.field.focus();
  await mira.page.evaluate((text) => navigator.clipboard.writeText(text), `${LINKS.track(0)}\n${LINKS.track(1)}\n`);
  await mira.page.keyboard.press('ControlOrMeta+v');
  const open = mira.search.openSheet;
  await expect(open).toBeVisible();
  await expectWithinReach(mira.page, 'the sheet is offered');
  await open.click();
  const paste = new PastePage(mira.page);
  await expect(paste.ticks).toHaveCount(2);
  await expect(paste.add).toHaveText('Add 2 tracks');

  await mira.page.goto('/');
  await mira.isAlive();
  await mira.search.type(LINKS.album(0));
  await expect(open).toBeVisible();
  await mira.search.type('harbour');
  await expect(mira.search.hits.first()).toBeVisible();
  await expect(open).toBeHidden();
  await mira.search.type(LINKS.album(0));
  await expect(open).toBeVisible();
  await mira.search.field.press('Enter');
  await expect(paste.add).toHaveText('Add 11 tracks');
});

test('an artist’s albums come three at a time, and ticks stay as they were', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const paste = new PastePage(mira.page);
  await mira.page.goto(MAIN);
  await paste.paste([LONG_CAREER.link]);
  await expect(paste.headings).toHaveCount(3);
  await expect(paste.headings.first()).toContainText(LONG_CAREER.artist);
  await paste.tick('Nocturne 1.2').uncheck();
  await paste.moreAlbums.click();
  await expect(paste.headings).toHaveCount(6);
  await expect(paste.tick('Nocturne 1.2')).not.toBeChecked();
  await expect(paste.add).toHaveText('Add 11 tracks');
  await paste.moreAlbums.click();
  await expect(paste.headings).toHaveCount(8);
  await expect(paste.moreAlbums).toHaveCount(0);
});

for (const [screen, viewport] of Object.entries(SCREENS)) {
  test(`on a ${screen} without JavaScript, links are looked up and added`, async ({ door, program }) => {
    const mira = await door.comeIn('Mira', { viewport, ...PLAIN });
    await withCovers(mira.page.context());
    const paste = new PastePage(mira.page);
    await mira.page.goto(MAIN);
    await paste.paste(MIXED);
    await expect(paste.ticks).toHaveCount(CAN_BE_ADDED + 2);
    await expect(paste.sheet.getByRole('heading', { level: 2 })).toHaveText(`${CAN_BE_ADDED} tracks can be added`);
    await expect(paste.add).toHaveText('Add ticked tracks');
    await paste.ticks.first().uncheck();
    await paste.add.click();
    await expect(mira.page.locator('.notice').filter({ hasText: `${CAN_BE_ADDED - 1} tracks added.` })).toBeVisible();
    // One of them plays.
    await expect.poll(async () => (await program.queue()).length).toBe(CAN_BE_ADDED - 2);
  });

  test(`on a ${screen}, whoever isn’t signed in comes back to what they pasted`, async ({ door }) => {
    const link = `${MAIN}?text=${encodeURIComponent(LINKS.track(0))}`;
    const page = await (await door.visitor({ viewport, ...PLAIN })).newPage();
    await page.goto(link);
    const login = new LoginPage(page);
    await login.comeInAs('Mira');
    await login.skipSpotify.click();
    await expect(new PastePage(page).tick('Amber Rooms')).toBeChecked();
  });
}

for (const [how, options] of Object.entries({ 'with JavaScript': {}, 'without JavaScript': PLAIN })) {
  test(`on a phone ${how}, a pasted playlist leads to one’s account and back, and becomes a sheet`, async ({ door }, testInfo) => {
    const anna = await door.comeIn('Anna', { viewport: SCREENS.phone, ...options });
    await withCovers(anna.page.context());
    const paste = new PastePage(anna.page);
    // Axe is a script itself.
    const look = async (what: string, name: string) => {
      if (how === 'with JavaScript') {
        await expectWithinReach(anna.page, what);
        await expectFingerSized(anna.page, what);
        await take(anna.page, name, testInfo);
      }
    };
    await anna.page.goto(MAIN);
    await paste.paste([LINKS.playlist(0)]);
    await expect(paste.leftOut).toHaveText([/to its owner alone\. If it is yours, connect your Spotify first\./]);
    await look('a playlist and no account', 'paste-connect');
    await paste.connect.click();
    const own = new SpotifyPage(anna.page);
    await own.agreeAs('Anna Listens');
    await own.goOn.click();
    await expect(paste.headings).toHaveText([/Rainy Fridays · Anna Listens/]);
    await expect(paste.ticks).toHaveCount(6);
    await expect(paste.sheet).toContainText('2 of them are gone from Spotify, or files on somebody\'s own device.');
    await look('the sheet of a playlist', 'paste-playlist');

    await paste.choosePlaylist.click();
    await expect(paste.playlists).toHaveText([/Rainy Fridays/, /Everything at Once/, /Kitchen Duty/]);
    await look('one’s own playlists', 'own-playlists');
    await paste.playlist('Everything at Once').click();
    await expect(paste.ticks).toHaveCount(200);
    await expect(paste.sheet).toContainText('The first 200 of 260 are shown.');
    await paste.paste([LINKS.playlist(3)]);
    await expect(paste.leftOut).toHaveText([/this one is somebody else's/]);
    await paste.paste([LINKS.playlist(4)]);
    await expect(paste.ticks).toHaveCount(2);
    await paste.add.click();
    await expect(anna.page.locator('.notice').filter({ hasText: '2 tracks added.' })).toBeVisible();
  });
}

test('without JavaScript the search leads from a link to its sheet', async ({ door }) => {
  const mira = await door.comeIn('Mira', PLAIN);
  await mira.search.field.fill(LINKS.album(0));
  await mira.search.go.click();
  await mira.search.openSheet.click();
  await expect(new PastePage(mira.page).ticks).toHaveCount(12);
});
