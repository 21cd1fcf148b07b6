/** Guidance: in each state every stage has one filled button, the right one, and no page is wider than its window. */
import { expect, test } from '@playwright/test';
import { SEA, seeded, type Seed } from './seed';
import { Studio } from './studio';

const TEXTS = [['sea.txt', SEA]] as const;
const LONG = { steps: 100_000, dropout: 0.2 };
const RESUME = /^Resume from step \d+$/;

/** The filled button of each stage, by the state of the project. */
const STATES: readonly { name: string; seed?: Seed; filled: Readonly<Record<string, RegExp>> }[] = [
  {
    name: 'no text',
    filled: { Train: /^Add text…$/, Runs: /^Add text/, Tokenizer: /^Add text/, Data: /^Add text/, Playground: /^Add text$/, Evaluate: /^Add text$/, Export: /^Add text$/ }, // prettier-ignore
  },
  {
    name: 'a paused run',
    seed: { texts: TEXTS, runs: [{ recipe: LONG, stopAfter: 30 }] },
    filled: { Text: RESUME, Tokenizer: RESUME, Data: RESUME, Model: RESUME, Train: RESUME, Runs: RESUME, Tune: /^Add files…$/, Evaluate: /^Measure this step$/, Playground: /^Write$/, Export: /^Download / }, // prettier-ignore
  },
  {
    name: 'a finished run',
    seed: { texts: TEXTS, runs: [{}] },
    filled: { Text: /^(Try it|Train 4× longer.*)$/, Tokenizer: /^(Try it|Train 4× longer.*)$/, Data: /^(Try it|Train 4× longer.*)$/, Model: /^(Try it|Train 4× longer.*)$/, Train: /^(Try it|Train 4× longer.*)$/, Runs: /^(Try it|Train 4× longer.*)$/, Tune: /^Add files…$/, Evaluate: /^Measure this step$/, Playground: /^Write$/, Export: /^Download / }, // prettier-ignore
  },
];
const WIDTHS = [390, 768, 1024, 1100, 1440, 1920];
/** Pixels of a head of one line, from 1100 px up. */
const HEAD = 53;

for (const { name, seed, filled } of STATES) {
  test(`with ${name} each stage fills one button, the next step, fits its window and has a head of one line`, async ({
    page,
  }) => {
    const studio = new Studio(page);
    await studio.openOnWasm('/text', seed && (await seeded(seed)));
    for (const [stage, label] of Object.entries(filled)) {
      await studio.goTo(stage);
      const button = page.locator('[data-variant=go]:visible');
      await expect(button, `${stage}, ${name}`).toHaveCount(1);
      await expect(button, `${stage}, ${name}`).toHaveAccessibleName(label);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        const over = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        await expect.poll(over, `${stage}, ${name}, at ${width} px`).toBeLessThanOrEqual(0); // charts follow a resize
        const head = await page.getByRole('heading', { level: 1 }).locator('..').boundingBox();
        if (width >= 1100)
          expect(head!.height, `the head of ${stage}, ${name}, at ${width} px`).toBeLessThanOrEqual(HEAD);
      }
      await page.setViewportSize({ width: 1440, height: 900 });
    }
    expect(studio.errors).toEqual([]);
  });
}

test('a labeled table dropped on Text leads to a classifier, without a run before it', async ({ page }) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/text');
  const rows = Array.from({ length: 40 }, (_, i) =>
    i % 2 ? `"Lowest rates, act now, offer ${i}",spam` : `"The stand pipe by gate ${i} is open again",ham`,
  );
  await studio.choose(/^(Choose|Add) files…/, {
    name: 'mails.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(['mail,kind', ...rows].join('\n')),
  });
  const question = page.getByRole('dialog', { name: 'mails.csv looks labeled: 2 labels in column “kind”' });
  await expect(question.locator('[data-variant=go]')).toHaveAccessibleName('Train a classifier');
  await question.getByRole('button', { name: 'Train a classifier' }).click();
  await expect(page).toHaveURL(/tune\?kind=classify/);
  await expect(page.getByText('mails.csv').first()).toBeVisible();
  const start = page.getByRole('button', { name: 'Start tuning' });
  await expect(start).not.toHaveAttribute('aria-disabled', 'true');
  const filled = page.locator('[data-variant=go]:visible');
  await expect(filled).toHaveCount(1);

  // It trains on Train, in sight from its first evaluation on; then it is tried with a text of one's own.
  await studio.set({ Context: 32, Passes: 50 });
  await start.click();
  await expect(page).toHaveURL(/\/train$/);
  await expect(page.getByRole('list', { name: 'Held-out texts' }).getByRole('listitem')).toHaveCount(6, {
    timeout: 120_000,
  });
  await expect(page.getByRole('group', { name: 'Confusion matrix' })).toBeVisible();
  await expect(studio.strip).toContainText('Finished', { timeout: 240_000 });
  await expect(filled).toHaveCount(1);
  await expect(filled).toHaveAccessibleName('Classify text');
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const over = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await expect.poll(over, `a classifier on Train at ${width} px`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await filled.click();
  await expect(page.getByRole('textbox', { name: 'Text' })).toBeFocused();
  await page.keyboard.type('Lowest rates, act now, offer 99');
  await expect(filled).toHaveAccessibleName('Classify text');
  expect(studio.errors).toEqual([]);
});
