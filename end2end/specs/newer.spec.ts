// A page that is older than the program: it is loaded again when that disturbs nobody, and what it can't read does no harm.

import type { WebSocketRoute } from '@playwright/test';

import { LONG } from '../house/music';
import { expect, test } from '../house/test';
import { queueThree } from '../journeys/two-people';
import type { NestPage } from '../pages/nest-page';

const { harbour, blueHour, slowTrain } = LONG;
/** The page waits so long before it is loaded again, and looks again as often; by its own clock, which tests turn. */
const IDLE_FOR_MS = 31_000;
/** Browsers try again after 8 s at the latest. */
const BACK_WITHIN_MS = 15_000;

/** What the server says to a page, on the way there. */
class Line {
  /** With what each line was asked for: `?since=…`, or nothing. */
  readonly askedWith: string[] = [];
  /** What becomes of a frame. */
  onTheWay: (frame: string) => string = (frame) => frame;
  private open: WebSocketRoute | undefined;

  static async of(nest: NestPage): Promise<Line> {
    const line = new Line();
    await nest.page.routeWebSocket(/\/socket\//, (toPage: WebSocketRoute) => {
      line.askedWith.push(new URL(toPage.url()).search);
      line.open = toPage;
      toPage.connectToServer().onMessage((frame) => toPage.send(line.onTheWay(frame.toString())));
    });
    await nest.page.reload();
    await nest.isAlive();
    return line;
  }

  async breakOff(): Promise<void> {
    await this.open?.close();
  }
}

/** The program is another build when it greets again. Answers how often the page was loaded since then. */
async function meetANewerBuild(nest: NestPage): Promise<() => number> {
  await nest.page.clock.install();
  const line = await Line.of(nest);
  let loads = 0;
  nest.page.on('load', () => (loads += 1));
  line.onTheWay = (frame) => frame.replace(/^(\{"hello":.*"build":")/, '$1newer-');
  await line.breakOff();
  await expect(nest.toast('A newer version is here.')).toBeVisible({ timeout: BACK_WITHIN_MS });
  return () => loads;
}

test('a newer version loads the page of whoever is idle again, once', async ({ door }) => {
  const mira = await door.comeIn('Mira');
  await mira.search.add(harbour.title);
  const loads = await meetANewerBuild(mira);
  await mira.page.clock.fastForward(IDLE_FOR_MS);
  await expect.poll(loads).toBe(1);
  await mira.isAlive();
  await mira.page.clock.fastForward(IDLE_FOR_MS);
  await expect(mira.stage.title).toHaveText(harbour.title);
  expect(loads()).toBe(1);
});

const BUSY: [busy: string, begin: (nest: NestPage) => Promise<void>, end: (nest: NestPage) => Promise<void>][] = [
  [
    'listens',
    (nest) => nest.stage.tuneInToTheMusic(),
    async ({ stage }) => {
      await stage.tuneIn.click();
      await expect(stage.tuneIn).toHaveAttribute('aria-pressed', 'false');
    },
  ],
  [
    'types',
    (nest) => nest.search.field.fill('blue'),
    async ({ search }) => {
      await expect(search.field).toHaveValue('blue');
      await search.close();
    },
  ],
];

for (const [busy, begin, end] of BUSY) {
  test(`a newer version leaves the page alone on which somebody ${busy}, for as long as they do`, async ({ door }) => {
    const mira = await door.comeIn('Mira');
    await mira.search.add(harbour.title);
    const loads = await meetANewerBuild(mira);
    await begin(mira);
    for (let looks = 0; looks < 3; looks += 1) {
      await mira.page.clock.fastForward(IDLE_FOR_MS);
    }
    await end(mira); // takes a while: a page that was to be loaded again would have been
    expect(loads()).toBe(0);
    await mira.page.clock.fastForward(IDLE_FOR_MS);
    await expect.poll(loads).toBe(1);
  });
}

test('an event of a kind that the page does not know costs it nothing: its next line begins with the whole nest', async ({
  door,
}) => {
  const mira = await door.comeIn('Mira');
  const jonas = await door.comeIn('Jonas');
  await queueThree(mira, jonas, [harbour.title, blueHour.title, slowTrain.title]);
  const line = await Line.of(jonas);
  await jonas.queue.holds(blueHour.title, slowTrain.title);
  expect(line.askedWith).toEqual([expect.stringMatching(/^\?since=\d+-\d+$/)]);

  // However often it asks for what it has missed, it can't read it.
  line.onTheWay = (frame) => (frame.startsWith('{"event"') ? '{"event":{"of":"another kind"}}' : frame);
  const row = mira.queue.row(slowTrain.title);
  await row.openMore();
  await row.remove.click();
  await jonas.queue.holds(blueHour.title);
  expect(line.askedWith.slice(1)).toEqual(['']);

  line.onTheWay = (frame) => frame;
  await jonas.isAlive();
  await mira.search.add(slowTrain.title);
  await jonas.queue.holds(blueHour.title, slowTrain.title);
  await line.breakOff();
  await expect.poll(() => line.askedWith.length).toBe(3);
  expect(line.askedWith[2], 'what it knows it says again').toMatch(/^\?since=/);
  await jonas.queue.row(slowTrain.title).voteDown.click({ timeout: BACK_WITHIN_MS });
  await expect(mira.queue.row(slowTrain.title).votes).toHaveText(/\u22121$/);
});
