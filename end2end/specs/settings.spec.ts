// What whoever built a nest can change about it: its name, its emoji, its end. With a script and without, wide and narrow.

import { SCREENS } from '../house/screens';
import { expect, test } from '../house/test';
import { SettingsPage } from '../pages/settings-page';
import { expectWithinReach } from '../reach/within-reach';

const SEEN_WITHIN_MS = 2_000;
// With little motion: Playwright waits for moving buttons with a timer in the page, and without scripts there are none.
const PLAIN = { javaScriptEnabled: false, reducedMotion: 'reduce' } as const;

for (const [screen, viewport] of Object.entries(SCREENS)) {
  test.describe(`on a ${screen} of ${viewport.width} pixels`, () => {
    test('a new name is on every screen at once, and the link follows it', async ({ door }) => {
      const mira = await door.comeIn('Mira', { viewport });
      const code = await mira.buildNest('Friday Vibes');
      const jonas = await door.comeIn('Jonas', { at: '/friday-vibes' });
      const settings = await mira.openSettings();
      await expect(settings.name).toHaveValue('Friday Vibes');
      await settings.name.fill('Saturday Vibes');
      await settings.rename.click();
      await expect(jonas.bar.name).toHaveText('Saturday Vibes', { timeout: SEEN_WITHIN_MS });
      await expect(settings.name).toHaveValue('Saturday Vibes');
      for (const link of ['/saturday-vibes', '/friday-vibes']) {
        await jonas.page.goto(link);
        await expect(jonas.bar.code).toHaveText(code);
      }
    });

    test('an emoji is picked, refused in words where it is none, and taken away', async ({ door }) => {
      const mira = await door.comeIn('Mira', { viewport });
      const code = await mira.buildNest('Friday Vibes');
      const settings = await mira.openSettings();
      const emojiOf = async () => {
        const answer = await mira.page.request.get(`/api/nests/${code}`);
        return ((await answer.json()) as { emoji?: string }).emoji;
      };
      await settings.emoji.fill('no emoji');
      await settings.saveEmoji.click();
      await expect(settings.emoji).toHaveAccessibleDescription(/one emoji/);
      await expect(settings.emoji, 'what was typed is still there').toHaveValue('no emoji');
      await expectWithinReach(mira.page, 'a refused emoji');
      expect(await emojiOf()).toBeUndefined();
      await settings.emoji.fill('🎧');
      await settings.saveEmoji.click();
      await expect(settings.emoji).not.toHaveAccessibleDescription(/one emoji/);
      await expect(settings.emoji).toHaveValue('🎧');
      expect(await emojiOf()).toBe('🎧');
      await settings.emoji.fill('');
      await settings.saveEmoji.click();
      await expect(settings.emoji).toHaveValue('');
      expect(await emojiOf()).toBeUndefined();
    });

    test('a nest is deleted once it was said how many are listening, and they land in the Main Nest', async ({ door }) => {
      const mira = await door.comeIn('Mira', { viewport });
      const code = await mira.buildNest('Friday Vibes');
      const jonas = await door.comeIn('Jonas', { at: `/nest/${code}` });
      const settings = await mira.openSettings();
      await expect(settings.remove, 'folded away').toBeHidden();
      await settings.unfold('Delete…', /listening/);
      await settings.remove.click();
      await expect(mira.bar.name).toHaveText('Main Nest');
      await expect(jonas.bar.name).toHaveText('Main Nest');
      await expect(jonas.page.getByText('That nest was deleted.')).toBeVisible();
      await jonas.page.goto(`/nest/${code}`);
      await expect(jonas.page.getByRole('heading', { name: 'No nest here.' })).toBeVisible();
    });
  });
}

test('a name of nothing but blanks comes back blank: what is said of it is not said of the name it has', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  await mira.buildNest('Friday Vibes');
  const settings = await mira.openSettings();
  await settings.name.fill('   ');
  await settings.rename.click();
  await expect(settings.name).toHaveAccessibleDescription(/at least one visible character/);
  await expect(settings.name).toHaveValue('');
  await mira.page.reload();
  await expect(mira.page.getByRole('link', { name: 'Back to Friday Vibes' })).toBeVisible();
});

test('without JavaScript a nest is renamed, restarted and deleted as well', async ({ door }) => {
  const mira = await door.comeIn('Mira', PLAIN);
  await mira.bar.build.click();
  await mira.page.getByLabel('Name (optional)').fill('Friday Vibes');
  await mira.page.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(mira.bar.name).toHaveText('Friday Vibes');
  const code = (await mira.bar.code.textContent()) ?? '';
  const at = `/nest/${code}/settings`;
  const settings = new SettingsPage(mira.page);
  await mira.page.goto(at);
  await settings.name.fill('Saturday Vibes');
  await settings.rename.click();
  await expect(settings.name).toHaveValue('Saturday Vibes');
  await settings.unfold('Restart…', /Nobody is listening/);
  await settings.restart.click();
  await expect(mira.bar.name).toHaveText('Saturday Vibes');
  await mira.page.goto(at);
  await settings.unfold('Delete…', /Nobody is listening/);
  await settings.remove.click();
  await expect(mira.bar.name).toHaveText('Main Nest');
  const gone = await mira.page.request.get(`/api/nests/${code}`);
  expect(gone.status()).toBe(410);
});
