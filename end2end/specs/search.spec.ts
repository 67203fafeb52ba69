// Search in several sources: each shows what it has as soon as it has it, and none moves or empties another's rows.

import { LONG } from '../house/music';
import { take } from '../house/pictures';
import { SCREENS } from '../house/screens';
import { Spotify, withCovers } from '../house/spotify';
import { expect, test as inAnyHouse } from '../house/test';
import { expectFingerSized, expectWithinReach } from '../reach/within-reach';

const { harbour } = LONG;
/** Longer than a search that waits for all sources allows any of them, and well within the 4 s that one by itself may take. */
const SLOW_MS = 2_500;
/** How many of its tracks Spotify shows at once. */
const PAGE = 10;
/** In the library a title, at Spotify an artist. */
const WORDS = 'harbour';

const test = inAnyHouse.extend<{ spotify: Spotify }>({
  spotify: async ({ folder }, use) => {
    const spotify = await Spotify.start(folder);
    await use(spotify);
    await spotify.stop();
  },
  settings: async ({ spotify }, use) => use(spotify.settings),
});

for (const [screen, viewport] of Object.entries(SCREENS)) {
  test(`on a ${screen}, the library’s rows are there while Spotify still searches, and stay where they are`, async ({
    door,
    spotify,
  }, testInfo) => {
    const mira = await door.comeIn('Mira', { viewport });
    await withCovers(mira.page.context());
    const { search } = mira;
    // From now on the house has its token.
    await search.type(WORDS);
    await expect(search.sources).toHaveCount(2);

    await spotify.be(SLOW_MS);
    await search.type(`${WORDS} `);
    await expect(search.state).toHaveText('Spotify: searching…');
    await expect(search.hit(harbour.title)).toBeVisible();
    await expect(search.sources).toHaveText(['Library']);
    const rows = await search.hitTitles.allTextContents();
    const row = search.hit(harbour.title);
    const before = await row.boundingBox();
    const chosen = (await search.chosen.textContent()) ?? '';
    expect(rows[0]).toBe(chosen);
    await take(mira.page, 'search-still-searching', testInfo);
    await expect(search.state, 'in the picture as well').toHaveText('Spotify: searching…');

    await expect(search.sources).toHaveText(['Library', 'Spotify']);
    await expect(search.state).toBeHidden();
    expect(await row.boundingBox()).toEqual(before);
    await expect(search.chosen).toHaveText(chosen);
    const all = await search.hitTitles.allTextContents();
    expect(all.slice(0, rows.length)).toEqual(rows);
    expect(all.length).toBeGreaterThan(rows.length);
    await expectWithinReach(mira.page, 'both have answered');
    await expectFingerSized(mira.page, 'both have answered');
    await take(mira.page, 'search-both', testInfo);

    for (const title of all.slice(1)) {
      await search.field.press('ArrowDown');
      await expect(search.chosen).toHaveText(title);
    }
    await search.field.press('ArrowDown');
    await expect(search.chosen).toHaveText(chosen);

    await search.more.click();
    await expect(search.state).toHaveText('Spotify: searching…');
    await expect(search.state).toBeHidden();
    const more = await search.hitTitles.allTextContents();
    expect(more.slice(0, all.length), 'what was there stays where it was').toEqual(all);
    expect(more.length).toBeGreaterThanOrEqual(all.length + PAGE);
    await expect(search.chosen).toHaveText(chosen);

    await spotify.be('overloaded');
    await search.type(`${WORDS}  `);
    await expect(search.state).toHaveText("Spotify can't be reached right now.");
    await expect(search.sources).toHaveText(['Library']);
    await expect(search.hit(harbour.title)).toBeVisible();
    await expectWithinReach(mira.page, 'Spotify is out of order');
    await take(mira.page, 'search-spotify-failed', testInfo);
  });
}

test('while Spotify is out of order the library is searched as ever, and what is wrong stands below its rows', async ({
  door,
  spotify,
}) => {
  const mira = await door.comeIn('Mira');
  await spotify.be('overloaded');
  await mira.search.type(WORDS);
  await expect(mira.search.hit(harbour.title)).toBeVisible();
  await expect(mira.search.state).toHaveText("Spotify can't be reached right now.");
  await mira.search.field.press('Enter');
  await expect(mira.stage.title).toHaveText(harbour.title);
  await spotify.be('well');
  await mira.search.type(`${WORDS} `);
  await expect(mira.search.sources).toHaveCount(2);
  await expect(mira.search.state).toBeHidden();
});

test('whoever types on sees nothing of what was asked before', async ({ door, spotify }) => {
  const mira = await door.comeIn('Mira');
  await withCovers(mira.page.context());
  await mira.search.type(WORDS);
  await expect(mira.search.sources).toHaveCount(2);
  await spotify.be(SLOW_MS);
  const late = mira.page.waitForResponse((answer) => /q=paper.*source=spotify/.test(answer.url()));
  await mira.search.type('paper lanterns');
  await expect(mira.search.state).toHaveText('Spotify: searching…');
  await spotify.be('well');
  await mira.search.type('marta vance');
  await expect(mira.search.sources).toHaveText(['Spotify']);
  await expect(mira.search.hits.filter({ hasText: 'Marta Vance' }).first()).toBeVisible();
  await late;
  await expect(mira.search.hits.filter({ hasText: 'Paper Lanterns' })).toHaveCount(0);
});
