// Whether a page keeps somebody out: what axe finds, and what is too small for a finger.

import AxeBuilder from '@axe-core/playwright';
import { type Page, expect } from '@playwright/test';

/** CSS pixels, wide and high: what a finger hits. */
const FINGER = 44;
/** Of a pixel: what rounding may take away. */
const ROUNDING = 0.5;

/** Asserts that nothing on the page keeps people out. Moving things are let come to rest first. */
export async function expectWithinReach(page: Page, what: string, axe = everyRule): Promise<void> {
  await atRest(page);
  const { violations } = await axe(page).analyze();
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join('; ')})`,
  );
  expect(found, what).toEqual([]);
}

export function everyRule(page: Page): AxeBuilder {
  return new AxeBuilder({ page });
}

export function contrastOnly(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).withRules(['color-contrast']);
}

/** Asserts that whatever can be pressed is large enough for a finger. Links within a sentence are as high as its lines. */
export async function expectFingerSized(page: Page, what: string): Promise<void> {
  await atRest(page);
  const small = await page.evaluate(
    ([finger, rounding]) => {
      const least = finger - rounding;
      const pressable = document.querySelectorAll<HTMLElement>('a[href], button, summary, input:not([type=hidden])');
      const names: string[] = [];
      for (const element of pressable) {
        const isSeen = element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
        const isInSentence = element.matches('p a') && (element.parentElement?.textContent ?? '') !== element.textContent;
        // A box to check is pressed by its label as well.
        const { width, height, bottom } = (element.closest('label') ?? element).getBoundingClientRect();
        const isHidden = !isSeen || bottom <= 0 || width * height <= 1;
        if (!isHidden && !isInSentence && (width < least || height < least)) {
          const words = element.getAttribute('aria-label') ?? element.textContent ?? '';
          names.push(`${element.tagName.toLowerCase()}.${element.className} "${words.trim()}": ${width} x ${height}`);
        }
      }
      return names;
    },
    [FINGER, ROUNDING] as const,
  );
  expect.soft(small, `${what}: too small for a finger`).toEqual([]);
}

async function atRest(page: Page): Promise<void> {
  // Asked again and again rather than by each one's `finished`: that of a replaced transition never settles.
  await page.waitForFunction(() =>
    document.getAnimations().every(({ effect, playState }) => {
      const timing = effect?.getComputedTiming();
      const isShort = timing?.endTime !== Infinity && Number(timing?.duration) < 1_000;
      return playState !== 'running' || !isShort;
    }),
  );
}
