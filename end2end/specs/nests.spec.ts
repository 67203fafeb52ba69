// Nests of one's own: building, sharing, flying in, and finding the way back.

import { LONG } from '../house/music';
import { SCREENS } from '../house/screens';
import { expect, test } from '../house/test';

const { harbour, blueHour } = LONG;
/** Five of the letters and digits that can't be mistaken for others. */
const CODE = /^[ABCDEFGHJKMNPQRSTUVWXYZ23456789]{5}$/;

test('a nest with a name lives at its name, and is empty and independent', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  await mira.search.add(harbour.title);
  await expect(mira.stage.title).toHaveText(harbour.title);
  await mira.bar.build.click();
  await mira.build.name.fill('Friday Vibes!');
  await mira.build.build.click();
  await expect(mira.bar.name).toHaveText('Friday Vibes!');
  await mira.isAlive();
  await expect(mira.bar.code).toHaveText(CODE);
  await mira.stage.isQuiet();
  await mira.search.add(blueHour.title);
  await expect(mira.stage.title).toHaveText(blueHour.title);

  const jonas = await door.comeIn('Jonas', { at: '/friday-vibes' });
  await expect(jonas.bar.name).toHaveText('Friday Vibes!');
  await expect(jonas.stage.title).toHaveText(blueHour.title);
  await jonas.bar.backToMain.click();
  await expect(jonas.bar.name).toHaveText('Main Nest');
  await expect(jonas.stage.title).toHaveText(harbour.title);
});

test('after building with a name the browser goes to the name, without one to the code', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  const addresses: string[] = [];
  mira.page.on('request', (request) => {
    if (request.isNavigationRequest()) {
      addresses.push(new URL(request.url()).pathname);
    }
  });
  await mira.bar.build.click();
  await mira.build.name.fill('Lunch Beats');
  await mira.build.build.click();
  await expect(mira.bar.name).toHaveText('Lunch Beats');
  expect(addresses).toContain('/lunch-beats');
  await mira.isAlive();

  await mira.bar.build.click();
  await mira.build.build.click();
  await expect(mira.bar.name).not.toHaveText('Lunch Beats');
  await mira.isAlive();
  const code = await mira.bar.code.textContent();
  expect(code).toMatch(CODE);
  await expect(mira.page).toHaveURL(`/nest/${code}`);
  expect((await mira.bar.name.textContent())?.length, 'it got a sonic name').toBeGreaterThan(0);
});

test('a seed is offered once a name is typed, and a click fills it', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  await mira.bar.build.click();
  await expect(mira.build.seed).toBeHidden();
  await mira.build.name.fill('Train Spotters');
  await mira.build.seed.fill('slow trian');
  await expect(mira.build.seeds).toHaveText([/Slow Train/]);
  await mira.build.seeds.first().click();
  await expect(mira.build.self.getByText('Slow Train')).toBeVisible();
  await mira.build.self.getByRole('button', { name: 'Choose another' }).click();
  await mira.build.seed.fill('nora');
  await expect(mira.build.seeds).toHaveCount(2);
  await mira.build.seed.press('ArrowDown');
  await expect(mira.build.seeds.nth(1)).toHaveAttribute('aria-selected', 'true');
  await mira.build.seed.press('Enter');
  await mira.build.build.click();
  await expect(mira.bar.name).toHaveText('Train Spotters');
});

test('what is wrong with a new nest is said beside the field', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  await mira.bar.build.click();
  await mira.build.name.fill('Odd One');
  await mira.build.seed.fill('https://example.org/not-a-track');
  await mira.build.build.click();
  await expect(mira.build.self.getByRole('alert')).toBeVisible();
  await expect(mira.build.seed).toHaveAttribute('aria-invalid', 'true');
  await expect(mira.build.self).toBeVisible();
});

test('friends fly in from the list, by code in lower case, and by a pasted link', async ({ door, program }) => {
  const mira = await door.comeIn('Mira');
  await mira.bar.build.click();
  await mira.build.name.fill('Rooftop');
  await mira.build.build.click();
  await expect(mira.bar.name).toHaveText('Rooftop');
  await mira.isAlive();
  await mira.search.add(harbour.title);
  const code = (await mira.bar.code.textContent()) ?? '';

  const jonas = await door.comeIn('Jonas');
  await test.step('from the list, which says what plays and for how many', async () => {
    await jonas.bar.join.click();
    await expect(jonas.join.nests).toHaveCount(1);
    const rooftop = jonas.join.nest('Rooftop');
    await expect(rooftop).toContainText(harbour.title);
    await expect(rooftop).toContainText('1 listening');
    await rooftop.click();
    await expect(jonas.bar.name).toHaveText('Rooftop');
    await jonas.isAlive();
    await expect(mira.bar.listeners).toHaveText('2');
    await jonas.bar.backToMain.click();
    await jonas.isAlive();
  });
  await test.step('by its code, in lower case', async () => {
    await jonas.bar.join.click();
    await jonas.join.code.fill(` ${code.toLowerCase()} `);
    await jonas.join.flyIn.click();
    await expect(jonas.bar.name).toHaveText('Rooftop');
    await expect(jonas.page).toHaveURL(`/nest/${code}`);
    await jonas.bar.backToMain.click();
    await jonas.isAlive();
  });
  for (const link of [`${program.url}/nest/${code}`, `${program.url}/${code.toLowerCase()}`, `${program.url}/rooftop`]) {
    await test.step(`by the pasted link ${link.replace(program.url, '')}`, async () => {
      await jonas.bar.join.click();
      await jonas.join.code.fill(link);
      await jonas.join.flyIn.click();
      await expect(jonas.bar.name).toHaveText('Rooftop');
      await jonas.bar.backToMain.click();
      await jonas.isAlive();
    });
  }
});

test('a code that leads nowhere is answered in the dialog', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  await mira.bar.join.click();
  await mira.join.code.fill('ZZZZZ');
  await mira.join.flyIn.click();
  await expect(mira.join.error).toHaveText(/There is no such nest/i);
  await expect(mira.join.code).toHaveAttribute('aria-invalid', 'true');
});

test('short links lead to the nest, and unknown ones to a page with a way on', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  await mira.bar.build.click();
  await mira.build.name.fill('Short Cut');
  await mira.build.build.click();
  await mira.isAlive();
  await expect(mira.bar.name).toHaveText('Short Cut');
  const code = (await mira.bar.code.textContent()) ?? '';
  for (const path of [`/${code}`, `/${code.toLowerCase()}`, '/short-cut', `/nest/${code.toLowerCase()}`]) {
    await mira.page.goto(path);
    await expect(mira.bar.name, path).toHaveText('Short Cut');
  }
  for (const path of ['/nest/ZZZZZ', '/zzzzz', '/no-such-nest', '/nest/%F0%9F%92%A9', '/a/b/c']) {
    const answer = await mira.page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(mira.page.getByRole('heading', { level: 1 }), path).toHaveText(/^(No nest|Nothing) here\.$/);
  }
  await mira.page.getByRole('main').getByRole('link', { name: 'Go to the Main Nest' }).click();
  await expect(mira.bar.name).toHaveText('Main Nest');
});

test('a signed-out visitor of a nest signs in and lands in that nest', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  await mira.bar.build.click();
  await mira.build.name.fill('Late Show');
  await mira.build.build.click();
  await expect(mira.bar.name).toHaveText('Late Show');
  const code = (await mira.bar.code.textContent()) ?? '';
  const jonas = await door.comeIn('Jonas', { at: `/nest/${code}?q=harbour` });
  await expect(jonas.bar.name).toHaveText('Late Show');
  await expect(jonas.page).toHaveURL(`/nest/${code}?q=harbour`);
  await expect(jonas.search.hit(harbour.title)).toBeVisible();
});

test('after signing out the nest is closed to this browser', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  await mira.menu.open.click();
  await expect(mira.menu.self).toContainText('Signed in as Mira');
  await mira.menu.signOut.click();
  await expect(mira.page).toHaveURL(/\/login/);
  await mira.page.goto('/');
  await expect(mira.page).toHaveURL(/\/login/);
});

test('in a nest of somebody else\'s one looks after one\'s own songs only', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  await mira.bar.build.click();
  await mira.build.name.fill('House Rules');
  await mira.build.build.click();
  await expect(mira.bar.name).toHaveText('House Rules');
  await mira.isAlive();
  await mira.search.add(harbour.title);
  await mira.search.add(blueHour.title);
  const jonas = await door.comeIn('Jonas', { at: '/house-rules' });
  await expect(mira.stage.skip).toBeVisible();
  await expect(jonas.stage.skip).toHaveCount(0);
  await expect(jonas.stage.pause).toHaveCount(0);
  await expect(jonas.queue.clear).toHaveCount(0);
  const row = jonas.queue.row(blueHour.title);
  await row.openMore();
  await expect(row.why).toBeVisible();
  await expect(row.remove).toHaveCount(0);
});

test('many nests scroll by themselves, and the code field stays in sight', async ({ door }) => {
  const mira = await door.comeIn('Mira', { viewport: { width: 390, height: 600 } });
  for (let n = 1; n <= 15; n += 1) {
    const built = await mira.page.request.post('/api/nests', { data: { name: `Nest ${n}` } });
    expect(built.ok()).toBe(true);
  }
  await mira.openJoin();
  await expect(mira.join.nests).toHaveCount(15);
  await expect(mira.join.code).toBeInViewport({ ratio: 1 });
  await expect(mira.join.flyIn).toBeInViewport({ ratio: 1 });
  await expect(mira.join.nests.last()).not.toBeInViewport();
  await mira.join.nests.last().scrollIntoViewIfNeeded();
  await expect(mira.join.nests.last()).toBeInViewport();
  await expect(mira.join.code).toBeInViewport({ ratio: 1 });
});

test.describe('by keyboard only', () => {
  const dialogs = [
    { opener: 'Build a Nest', title: 'Build a Nest' },
    { opener: 'Join', title: 'Join a Nest' },
  ];
  for (const { opener, title } of dialogs) {
    test(`the dialog "${title}" opens, keeps the focus, closes with Escape and gives the focus back`, async ({ door }) => {
      const mira = await door.comeIn('Mira');
      const link = mira.bar.self.getByRole('link', { name: opener, exact: true });
      const dialog = mira.page.getByRole('dialog', { name: title });
      await link.focus();
      await mira.page.keyboard.press('Enter');
      await expect(dialog).toBeVisible();
      await expect(dialog.getByRole('textbox').first(), 'typing can begin').toBeFocused();
      const stops = await dialog.locator('a:visible, button:visible, input:visible').count();
      for (let stop = 0; stop <= stops; stop += 1) {
        await mira.page.keyboard.press('Tab');
        const escaped = await mira.page.evaluate(() => {
          const focused = document.activeElement;
          return focused !== document.body && focused?.closest('dialog') === null;
        });
        expect(escaped, 'the page behind gets no focus').toBe(false);
      }
      await mira.page.keyboard.press('Escape');
      await expect(dialog).toBeHidden();
      await expect(link).toBeFocused();
    });

    test(`the dialog "${title}" closes by its backdrop, and not by a click inside`, async ({ door }) => {
      const mira = await door.comeIn('Mira');
      const dialog = mira.page.getByRole('dialog', { name: title });
      await mira.bar.self.getByRole('link', { name: opener, exact: true }).click();
      await dialog.getByRole('heading', { name: title }).click();
      await expect(dialog).toBeVisible();
      await mira.page.mouse.click(5, 5);
      await expect(dialog).toBeHidden();
    });
  }

  for (const [screen, viewport] of Object.entries(SCREENS)) {
    test(`on a ${screen} a nest is built with nothing but keys`, async ({ door }) => {
      const mira = await door.comeIn('Mira', { viewport });
      await mira.pressBuild();
      await expect(mira.build.name).toBeFocused();
      await mira.page.keyboard.type('Key Party');
      await mira.page.keyboard.press('Enter');
      await expect(mira.bar.name).toHaveText('Key Party');
    });

    test(`on a ${screen} friends fly in with nothing but keys: by a typed code, and from the list`, async ({ door }) => {
      const mira = await door.comeIn('Mira', { viewport });
      const code = await mira.buildNest('Key Party');
      const jonas = await door.comeIn('Jonas', { viewport });
      await jonas.pressJoin();
      await expect(jonas.join.code).toBeFocused();
      await jonas.page.keyboard.type(code.toLowerCase());
      await jonas.page.keyboard.press('Enter');
      await expect(jonas.bar.name).toHaveText('Key Party');
      await jonas.isAlive();
      await jonas.pressMain();
      await expect(jonas.bar.name).toHaveText('Main Nest');
      await jonas.isAlive();
      await jonas.pressJoin();
      const nest = jonas.join.nest('Key Party');
      await expect(nest).toBeVisible();
      while (!(await nest.evaluate((link) => link === document.activeElement))) {
        await jonas.page.keyboard.press('Shift+Tab');
      }
      await jonas.page.keyboard.press('Enter');
      await expect(jonas.bar.name).toHaveText('Key Party');
    });
  }

  for (const [screen, viewport] of Object.entries(SCREENS)) {
    test(`on a ${screen} Cancel, the cross, Escape and the backdrop close the dialogs`, async ({ door }) => {
      const mira = await door.comeIn('Mira', { viewport });
      for (const { open, dialog } of [
        { open: () => mira.openBuild(), dialog: mira.build },
        { open: () => mira.openJoin(), dialog: mira.join },
      ]) {
        const ways = [
          () => dialog.cancel.click(),
          () => dialog.close.click(),
          () => mira.page.keyboard.press('Escape'),
          () => mira.page.mouse.click(2, 2),
        ];
        for (const close of ways) {
          await open();
          await expect(dialog.self).toBeVisible();
          await close();
          await expect(dialog.self).toBeHidden();
        }
      }
    });
  }

  test('the nest bar shows the QR code', async ({ door }) => {
    const mira = await door.comeIn('Mira');
    await mira.bar.qr.click();
    await expect(mira.share.qr).toBeVisible();
    await mira.page.keyboard.press('Escape');
    await expect(mira.share.qr).toBeHidden();
    await expect(mira.bar.qr, 'the focus is back').toBeFocused();
  });
});

test('the link to a nest is copied, and said to be', async ({ door, program }) => {
  const mira = await door.comeIn('Mira', { permissions: ['clipboard-read', 'clipboard-write'] });
  await mira.bar.build.click();
  await mira.build.name.fill('Share Me');
  await mira.build.build.click();
  await expect(mira.bar.name).toHaveText('Share Me');
  await mira.isAlive();
  await mira.bar.copyLink.click();
  await expect(mira.toast(/Link copied/)).toBeVisible();
  const link = new URL(await mira.page.evaluate(() => navigator.clipboard.readText()));
  const jonas = await door.comeIn('Jonas', { at: link.pathname });
  await expect(jonas.bar.name).toHaveText('Share Me');
  expect(link.host).toBe(new URL(program.url).host);
});
