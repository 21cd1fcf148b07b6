/** Guidance: in each state every stage has the right filled button, and no page is wider than its window. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { ownWords } from './ownWords';
import { SEA, seeded, type Seed } from './seed';
import { SMALL, Studio } from './studio';

const TEXTS = [['sea.txt', SEA]] as const;
const LONG = { steps: 100_000, dropout: 0.2 };
const ADD_TEXT = /^Add text…$/;
const START = /^Start training( · .*)?$/;
const RESUME = /^Resume from step \d+$/;

/** The filled button of each stage, by the state of the project. */
const STATES: readonly { name: string; seed?: Seed; filled: Readonly<Record<string, RegExp>> }[] = [
  {
    name: 'no text',
    filled: {
      Text: /^Try it · 3 min, Write like a text$/,
      Train: ADD_TEXT,
      Runs: ADD_TEXT,
      Tune: ADD_TEXT,
      Tokenizer: ADD_TEXT,
      Data: ADD_TEXT,
      Playground: ADD_TEXT,
      Inspect: ADD_TEXT,
      Evaluate: ADD_TEXT,
      Export: ADD_TEXT,
    },
  },
  {
    name: 'text alone',
    seed: { texts: TEXTS, runs: [] },
    filled: { Text: START, Tokenizer: /^Build tokens · /, Data: /^Build tokens · /, Model: START, Train: START, Runs: START, Tune: START, Playground: START, Inspect: START, Evaluate: START, Export: START }, // prettier-ignore
  },
  {
    name: 'a paused run',
    seed: { texts: TEXTS, runs: [{ recipe: LONG, stopAfter: 30 }] },
    filled: { Text: RESUME, Tokenizer: RESUME, Data: RESUME, Model: RESUME, Train: RESUME, Runs: RESUME, Tune: /^Add text…$/, Evaluate: /^Evaluate · /, Playground: /^Write$/, Inspect: /^Inspect passage$/, Export: /^Export page · / }, // prettier-ignore
  },
  {
    name: 'a finished run',
    seed: { texts: TEXTS, runs: [{}] },
    filled: { Text: /^(Try it|Train 4× longer.*)$/, Tokenizer: /^(Try it|Train 4× longer.*)$/, Data: /^(Try it|Train 4× longer.*)$/, Model: /^(Try it|Train 4× longer.*)$/, Train: /^(Try it|Train 4× longer.*)$/, Runs: /^(Try it|Train 4× longer.*)$/, Tune: /^Add text…$/, Evaluate: /^Evaluate · /, Playground: /^Write$/, Inspect: /^Inspect passage$/, Export: /^Export page · / }, // prettier-ignore
  },
];
/** Maximum number of words at first sight: fewer on pages that a beginner visits. */
const MAX_WORDS = 400;
const MAX_NEWCOMER_WORDS = 250;
const NEWCOMER: ReadonlySet<string> = new Set(['Text', 'Train', 'Playground', 'Evaluate', 'Export']);
const WIDTHS = [390, 768, 1024, 1100, 1440, 1920];
/** Height in px of a one-line head, from 1100 px up. */
const HEAD = 53;

for (const { name, seed, filled } of STATES) {
  test(`with ${name} each stage fills one button, the next step, fits its window and has a head of one line and few words`, async ({
    page,
  }) => {
    const studio = new Studio(page);
    await studio.openOnWasm('/text', seed && (await seeded(seed)));
    for (const [stage, label] of Object.entries(filled)) {
      await studio.goTo(stage);
      const button = page.locator('[data-variant=go]:visible');
      await expect(button, `${stage}, ${name}`).toHaveCount(1);
      await expect(button, `${stage}, ${name}`).toHaveAccessibleName(label);
      await expect(button, `${stage}, ${name}`).not.toHaveAttribute('aria-disabled', 'true');
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        const over = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        await expect.poll(over, `${stage}, ${name}, at ${width} px`).toBeLessThanOrEqual(0); // charts follow a resize
        const head = await page.getByRole('heading', { level: 1 }).locator('..').boundingBox();
        const isFirstPage = seed === undefined && stage === 'Text';
        if (width >= 1100 && !isFirstPage)
          expect(head!.height, `the head of ${stage}, ${name}, at ${width} px`).toBeLessThanOrEqual(HEAD);
      }
      await page.setViewportSize({ width: 1440, height: 900 });
      const words = await ownWords(page);
      const max = NEWCOMER.has(stage) ? MAX_NEWCOMER_WORDS : MAX_WORDS;
      expect(words.length, `${stage}, ${name}: ${words.join(' ')}`).toBeLessThanOrEqual(max);
    }
    expect(studio.errors).toEqual([]);
  });
}

test('while a run trains each stage fills one button: the current model, or the task of the page', async ({ page }) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/model', await seeded({ texts: TEXTS, runs: [{ recipe: LONG, stopAfter: 10 }] }));
  await page.getByRole('button', { name: RESUME }).click();
  await studio.goTo('Train');
  const filled = page.locator('[data-variant=go]:visible');
  const SO_FAR = /^(Try it so far|Stop, use step \d+)$/;
  for (const [stage, label] of Object.entries({
    Train: SO_FAR,
    Runs: SO_FAR,
    Model: SO_FAR,
    Text: SO_FAR,
    Data: SO_FAR,
    Playground: /^Write$/,
    Evaluate: /^Evaluate$/, // the time isn't known while training shares the device
    Export: /^Export page · /,
  })) {
    await studio.goTo(stage);
    await expect(filled, stage).toHaveCount(1);
    await expect(filled, stage).toHaveAccessibleName(label);
  }
  // The strip truncates no word.
  await expect(studio.strip).toContainText(/Training.*left/);
  const cut = () =>
    studio.strip.locator('dd').evaluateAll((all) => all.filter((dd) => dd.scrollWidth > dd.clientWidth).map((dd) => dd.textContent)); // prettier-ignore
  expect(await cut()).toEqual([]);
  await page.getByRole('button', { name: 'Stop and save' }).click();
  await studio.goTo('Train');
  await expect(filled).toHaveAccessibleName(RESUME);
  expect(studio.errors).toEqual([]);
});

/** One of the texts exceeds the context of a small model. */
const TABLE = ['mail,kind', ...Array.from({ length: 60 }, (_, i) => (i % 3 ? `"The stand pipe by gate ${i} is open again${i === 1 ? ' and again'.repeat(60) : ''}",ham` : `"Lowest rates, act now, offer ${i}",spam`))].join('\n'); // prettier-ignore
const LATIN = Buffer.from('Grüße aus dem Garten, £4 per row\n'.repeat(30), 'latin1');
const given = (name: string, content: string | Buffer) => ({ name, mimeType: '', buffer: Buffer.from(content) });

test('if all dropped files wait for an answer, the first answer is filled, and a labeled table leads to a classifier', async ({
  page,
}) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/model');
  await studio.set({ ...SMALL, Width: 32, Context: 64 });
  await studio.goTo('Text');
  const filled = page.locator('[data-variant=go]:visible');
  const add = /^(Choose|Add) files…/;
  await studio.choose(add, given('mails.csv', TABLE));
  const questions = page.getByRole('group', { name: 'Questions about dropped files' });
  await expect(questions.getByRole('heading')).toHaveText('mails.csv looks labeled: 2 labels in column kind');
  await expect(questions).toContainText('60 rows: ham 40, spam 20');
  await expect(questions).toContainText('Answer before you train, reload');
  await expect(questions).toContainText(/Texts longer than 64 tokens are cut; about \d+ would fit all\./);
  await expect(filled).toHaveAccessibleName(/^Train a classifier · \d/);
  await expectAccessible(page, 'a labeled table');

  // Another question takes precedence in any position, and a text before all questions.
  await studio.choose(add, Array.from({ length: 10 }, (_, i) => given(`letter-${i}.txt`, Buffer.concat([LATIN, Buffer.from([48 + i])])))); // prettier-ignore
  await expect(filled).toHaveAccessibleName('Use Windows-1252 for 10 files');
  await expect(page.getByText('11 need you')).toBeVisible();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const over = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await expect.poll(over, `questions at ${width} px`).toBeLessThanOrEqual(0);
  }
  await filled.press('Enter');
  await expect(page.getByText('10 added, 1 needs you')).toBeVisible();
  await expect(filled).toHaveAccessibleName(/^Start training/);

  await questions.getByRole('button', { name: /^Train a classifier · \d/ }).click();
  // Train shows predictions from the first evaluation on; then the user tries a text.
  await expect(page).toHaveURL(/\/train$/);
  await expect(page.getByRole('list', { name: 'Held-out texts' }).getByRole('listitem')).toHaveCount(6, {
    timeout: 120_000,
  });
  await expect(page.getByRole('group', { name: 'Confusion matrix' })).toBeVisible();
  await expect(studio.strip).toContainText('Finished', { timeout: 240_000 });
  await expect(page.getByRole('list', { name: 'Milestones' })).toContainText("1 text doesn't fit");

  // The setup shows the cost of reading texts in full.
  await studio.goTo('Tune');
  const notice = page.getByRole('status').filter({ hasText: "1 text doesn't fit" });
  await expect(notice).toContainText('Texts are truncated to');
  await expect(notice.getByRole('button', { name: /^Read \d+ tokens$/ })).toBeVisible();
  await expectAccessible(page, 'the setup of a classifier whose texts are cut');
  await studio.goTo('Train');
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
  // Without a text the filled button asks for one.
  await page.getByRole('textbox', { name: 'Text' }).fill('');
  await expect(filled).not.toHaveAttribute('aria-disabled', 'true');
  await filled.click();
  await expect(page.getByText('Type a text first')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Text' })).toBeFocused();
  await page.keyboard.type('Lowest rates, act now, offer 99');
  await expect(filled).toHaveAccessibleName('Classify text');
  await expect(page.getByText('Type a text first')).toBeHidden();

  // The answer comes first; a wrong one is corrected there, and the toast can undo that.
  await filled.click();
  const answer = page.getByRole('region', { name: 'Result' });
  await expect(answer.getByRole('status')).toContainText(/(ham|spam) ?\d/, { timeout: 60_000 });
  await expect(answer).toContainText(
    /which words changed this one answer|No word changed this answer much|No word supports/,
    {
      timeout: 60_000,
    },
  );
  await answer.getByRole('button', { name: 'Choose the right label' }).click();
  await page.getByRole('menuitem').first().click();
  await expect(page.getByText('Saved. Train again to use it')).toBeVisible();
  // The correction stays visible after the toast.
  await expect(answer).toContainText(/Corrected to (ham|spam)\. The correction takes effect the next time you train\./);
  await expect(answer.getByRole('button', { name: 'Train again' })).toBeVisible();
  await answer.getByRole('button', { name: 'Undo' }).click();
  await expect(answer).toContainText('Wrong?');
  await page.getByRole('textbox', { name: 'Text' }).fill('Lunch at noon?');
  await expect(answer).toContainText('This result is for the earlier text');
  await expectAccessible(page, 'Playground, an answer for an earlier text');
  expect(studio.errors).toEqual([]);
});
