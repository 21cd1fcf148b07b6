/** The main path by keyboard alone: from a sample to a trained model, its text and its zip. */
import { expect, test, type Page } from '@playwright/test';
import { SMALL, Studio } from './studio';

test('a beginner trains a model on a sample, by keyboard alone', async ({ page }) => {
  const studio = new Studio(page);
  await studio.openOnWasm();

  // Settings first: they also apply to the sample.
  await studio.tabTo('link', /^Model/);
  await page.keyboard.press('Enter');
  for (const [label, value] of Object.entries({ ...SMALL, Steps: 100_000, 'Evaluate every': 30 })) {
    await studio.tabTo('textbox', new RegExp(`^${label}$`));
    await page.keyboard.type(String(value));
  }
  await studio.byPalette('Text');
  await studio.tabTo('button', /, Write like a text$/);
  await page.keyboard.press('Enter');
  await studio.event(30, /Evaluated/);
  const resume = page.getByRole('button', { name: /^Resume from step/ });
  const stop = async (): Promise<number> => {
    await page.keyboard.press('Control+.');
    return Number(/[\d,]+/.exec(await resume.innerText())![0].replaceAll(',', ''));
  };
  const stoppedAt = await stop();

  await page.reload();
  await expect(resume).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await studio.event((Math.floor(stoppedAt / 30) + 1) * 30, /Evaluated/);
  const reached = await stop();

  // `]` goes to the next stage of the rail.
  for (const name of ['Runs', 'Teach it more', 'Playground']) {
    await page.keyboard.press(']');
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  }
  // A sample brings its own prompt.
  await expect(page.getByRole('textbox', { name: 'Prompt' })).toHaveValue('The whale');
  await studio.tabTo('textbox', /^Length$/);
  await page.keyboard.type('8');
  await page.keyboard.press('Control+Enter');
  const tokens = page.getByRole('listbox', { name: 'Generated tokens' });
  await expect(tokens.getByRole('option')).toHaveCount(8, { timeout: 60_000 });
  await studio.tabTo('listbox', /Generated tokens/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('table', { name: 'Alternatives of token 2' })).toBeVisible();
  await page.keyboard.press('Escape');

  await studio.byPalette('Export');
  const download = page.waitForEvent('download');
  await studio.tabTo('radio', /Offline page$/);
  await page.keyboard.press('ArrowDown');
  await studio.tabTo('button', /^Export Hugging Face folder · /);
  await page.keyboard.press('Enter');
  expect((await download).suggestedFilename()).toBe(`moby-dick-1-step-${String(reached)}.zip`);
  expect(studio.errors).toEqual([]);
});

test('a beginner’s text becomes a model that writes and is exported, by Tab, Enter and arrows alone', async ({
  page,
}) => {
  const studio = new Studio(page);
  const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true });
  const goTo = async (stage: string): Promise<void> => {
    await studio.tabTo('link', new RegExp(`^${stage}`));
    await page.keyboard.press('Enter');
    await expect(heading(stage)).toBeFocused(); // screen readers continue there
  };
  await studio.open();
  await studio.tabTo('button', /^Device/);
  await page.keyboard.press('Enter');
  await arrowTo(page, /WASM/);
  await expect(studio.strip).toContainText('WASM');

  // Pasting starts at once, so the field has the focus.
  await studio.tabTo('button', /^Paste text…$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByRole('textbox', { name: 'Text', exact: true })).toBeFocused();
  await page.keyboard.insertText('The sea is wide and the whale is white. '.repeat(1000));
  await studio.tabTo('button', /^Add text$/);
  await page.keyboard.press('Enter');
  await expect(heading('Text')).toBeFocused();
  await expect(studio.stages).toContainText('40 k characters');

  // Start shows settings planned for the text, not fixed defaults.
  await goTo('Train');
  await expect(page.getByText(/^GPT with .* parameters, trained for/)).toBeVisible();
  await expect(page.getByRole('main')).not.toContainText('2,000 steps');

  await expect(studio.entry('Model')).toHaveText('Model'); // a plan isn't an edit
  await goTo('Tokens & data');
  await studio.tabTo('button', /^Build tokens · /);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('table', { name: 'Vocabulary' })).toBeVisible();
  await expect(heading('Tokens & data')).toBeFocused(); // the button is gone

  // Time budget and cost. A text that only repeats itself has no expected result.
  await goTo('Model');
  await expect(
    page.getByText(/^\D*[\d.]+ .* parameters.*No estimate of the result: 1?\d\d % of this text repeats\./),
  ).toBeVisible();
  await studio.tabTo('radio', /^\d+ min$/);
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('radio', { name: '1 min' })).toBeChecked();
  await expect(page.getByText('planning', { exact: true })).toHaveCount(0);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Use this plan' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText('in use', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Use this plan' })).toBeFocused();
  await page.keyboard.press('Tab');
  const costs = page.locator('summary:focus');
  await expect(costs).toContainText(/^About .* Wh, .*\$/);
  await page.keyboard.press('Enter');
  await studio.tabTo('textbox', /^Price$/);
  await page.keyboard.type('4.5');
  await page.keyboard.press('Tab');
  await expect(page.getByText(/^About .* Wh, .* and \$4\.50 per kWh$/)).toBeVisible();

  await studio.tabTo('button', /^Start training/);
  await page.keyboard.press('Enter');
  await expect(heading('Train')).toBeFocused();
  await studio.event(10, /Evaluated/);
  await studio.tabTo('button', /^Stop and save$/);
  await page.keyboard.press('Enter');
  await expect(studio.strip).toContainText('Paused');
  await expect(heading('Train')).toBeFocused(); // the strip's button is gone

  await studio.tabTo('button', /^Resume from step/);
  await page.keyboard.press('Enter');
  await expect(heading('Train')).toBeFocused();
  await studio.tabTo('button', /^Stop and save$/);
  await page.keyboard.press('Enter');
  await expect(studio.strip).toContainText('Paused');

  await goTo('Playground');
  await studio.tabTo('textbox', /^Length$/);
  await page.keyboard.type('8');
  await studio.tabTo('button', /^Write$/);
  await page.keyboard.press('Enter');
  await studio.expectWritten(8);
  await expect(page.getByRole('button', { name: 'Write', exact: true })).toBeFocused();

  await goTo('Export');
  const download = page.waitForEvent('download');
  await studio.tabTo('radio', /Offline page$/);
  await page.keyboard.press('ArrowDown');
  await studio.tabTo('button', /^Export Hugging Face folder · /);
  await page.keyboard.press('Enter');
  expect((await download).suggestedFilename()).toMatch(/^pasted-text-1-step-\d+\.zip$/);
  expect(studio.errors).toEqual([]);
});

/** Moves down an open menu to a matching entry, and chooses it. */
async function arrowTo(page: Page, words: RegExp): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press('ArrowDown');
    if (words.test(await page.locator('[role^=menuitem]:focus').innerText())) return page.keyboard.press('Enter');
  }
  throw new Error(`No entry says ${String(words)}`);
}
