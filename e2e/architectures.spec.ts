/** The main path of each architecture on WASM; a service worker saves it for offline use, as in a normal browser. */
import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './axe';
import { ENDLESS, type MainPath, takeMainPath, toTheEnd, withStop } from './mainPath';
import { SMALL, Studio, talk } from './studio';

const STEPS = 60;
const SETTINGS = { ...SMALL, Width: 32, Steps: STEPS, 'Learning rate': 0.003, 'Warm-up': 10, 'Evaluate every': 30 };

async function fillBlanks(page: Page): Promise<string[]> {
  await page.getByRole('textbox', { name: 'Passage' }).fill('a w___e s___');
  await page.getByRole('button', { name: 'Fill', exact: true }).click();
  await page.getByRole('button', { name: /^Blank 2: / }).click();
  const pane = (name: string): Promise<string> => page.getByRole('region', { name }).innerText();
  return [await pane('Text'), await pane('Blank 2')];
}

async function answer(page: Page, studio: Studio): Promise<string> {
  await page.getByRole('textbox', { name: 'Input' }).fill('The whale');
  await studio.set({ 'Maximum length': 12 });
  // The most likely answer of a barely trained model may be empty.
  await page.getByRole('radiogroup', { name: 'Decoding' }).getByText('Sample', { exact: true }).click();
  const button = page.getByRole('button', { name: 'Answer', exact: true });
  await button.click();
  await expect(page.getByText(/^\d+ tokens? in |then the model ended/)).toBeVisible();
  await expect(button).toBeVisible(); // the button is Stop until then
  const text = await page.getByRole('listbox', { name: 'Generated tokens' }).innerText();
  expect(text).not.toBe('');
  return text;
}

const PATHS: readonly Omit<MainPath, 'device'>[] = [
  {
    architecture: 'GPT',
    ...ENDLESS,
    train: withStop,
    use: (_page, studio) => talk(studio),
  },
  {
    architecture: 'Llama',
    settings: { ...SETTINGS, 'Key-value heads': 1, 'Inner width': 40 },
    advanced: { 'Rotary base': 500 },
    async train(page, studio) {
      const step = await toTheEnd(STEPS)(page, studio);
      expect(await studio.perplexity()).toBeLessThan(100);
      return step;
    },
    use: (_page, studio) => talk(studio),
    scan: expectAccessible,
  },
  { architecture: 'BERT', settings: SETTINGS, train: toTheEnd(STEPS), use: fillBlanks, scan: expectAccessible },
  {
    architecture: 'T5',
    settings: { ...SETTINGS, Context: 32 },
    train: toTheEnd(STEPS),
    use: answer,
    scan: expectAccessible,
  },
];

for (const path of PATHS) {
  test.describe(path.architecture, () => {
    // The service worker is part of the main path; testing it once is enough.
    if (path.architecture === 'GPT') test.use({ serviceWorkers: 'allow' });
    test(`a ${path.architecture} is trained on a file on WASM, exported, and gives the same answer after its import`, async ({
      page,
    }, info) => {
      await takeMainPath(page, new Studio(page), { ...path, device: 'WASM' }, info);
    });
  });
}
