// What a browser does with a page that nobody has touched, and what the others see of it.

import { LONG } from '../house/music';
import { expect, test } from '../house/test';
import { reloadUntouched } from '../listening/untouched';

const { harbour } = LONG;

// A trace looks into every page, and browsers take that for a touch (see listening/untouched.ts).
test.use({ trace: 'off' });

test('who plays along is counted: two of two; who tunes out or is blocked is not in sync, and who only looks not counted', async ({
  door,
}) => {
  const mira = await door.comeIn('Mira');
  const jonas = await door.comeIn('Jonas');
  const cleo = await door.comeIn('Cleo');
  await mira.search.add(harbour.title);
  await expect(mira.bar.inSync).toHaveAttribute('hidden');
  await Promise.all([mira.stage.tuneInToTheMusic(), jonas.stage.tuneInToTheMusic()]);
  for (const nest of [mira, jonas, cleo]) {
    await expect(nest.bar.inSync).toHaveText('2 of 2 in sync');
  }
  await cleo.openPeople();
  await expect(cleo.bar.inSync).toBeVisible();
  await expect(cleo.bar.person('Jonas')).toHaveText(/in sync$/);
  await expect(cleo.bar.person('Cleo')).not.toHaveText(/in sync$/);

  // His browser lets nothing sound before he has touched the page, which still wants to.
  await reloadUntouched(jonas.page);
  await expect(jonas.stage.status).toHaveText('Tap to tune back in');
  await expect(cleo.bar.inSync).toHaveText('1 of 2 in sync');
  await expect(cleo.bar.person('Jonas')).toHaveText(/not in sync$/);
  await jonas.stage.tuneIn.click();
  await expect(cleo.bar.inSync).toHaveText('2 of 2 in sync');
  await jonas.stage.pause.click();
  await expect(mira.stage.self).toHaveAttribute('data-state', 'paused');
  await jonas.stage.tuneIn.click();
  await expect(cleo.bar.inSync, 'who stands still with everybody is in sync').toHaveText('1 of 1 in sync');
  await mira.page.close();
  await expect(cleo.bar.inSync).toBeHidden({ timeout: 20_000 });
});
