/** The main path by mouse, on the built app: a sample in, a model out and in again. Once on WebGPU, once on WASM. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { Studio, TINY } from './studio';

/** Enough that a Stop after step 60 comes before the end, and divisible by 30, where it is evaluated. */
const STEPS = { WebGPU: 90, WASM: 450 } as const;

for (const device of ['WebGPU', 'WASM'] as const) {
  const steps = STEPS[device];
  test(`a model grows from a file, by mouse, on ${device}`, async ({ page }, info) => {
    const studio = new Studio(page);
    await studio.open();
    await studio.useDevice(device);

    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose files…' }).click();
    await (await chooser).setFiles('dist/samples/moby-dick.txt');
    await expect(studio.stages).toContainText('1.21 M characters');

    await studio.goTo('Tokenizer');
    await page.getByText('Bytes', { exact: true }).click();
    await page.getByRole('button', { name: 'Train the tokenizer' }).click();
    await expect(studio.stages).toContainText('Bytes · 257 entries');
    await studio.goTo('Data');
    await page.getByRole('button', { name: 'Build the data' }).click();
    await expect(studio.stages).toContainText('90 / 10');
    await studio.goTo('Model');
    await studio.set({ ...TINY, Steps: steps });
    await page.getByRole('button', { name: 'Start training' }).click();

    // Traced once and replayed: only such a step has something planned, and a time to encode it.
    if (device === 'WebGPU') {
      await expect(
        page.getByText(/A step takes .* ms to encode.*measured matrix rate.*in use, .* planned/),
      ).toBeVisible();
      expect(Object.values(await studio.stored('cuts'))).toHaveLength(1);
    }
    // Better than frequencies alone, before it is stopped.
    await studio.event(60, /Evaluated/);
    expect(await studio.perplexity()).toBeLessThan(await studio.unigram());
    await page.getByRole('button', { name: 'Stop and save' }).click();
    await expect(page.getByRole('button', { name: /^Resume from step/ })).toBeVisible();
    const bytes = await studio.scriptBytes();
    expect(bytes).toBeGreaterThan(1_000_000); // TensorFlow.js, once
    expect(bytes).toBeLessThan(2_200_000);
    const stoppedAt = Number(/\d+/.exec(await page.getByRole('button', { name: /^Resume from/ }).innerText())![0]);
    expect(stoppedAt).toBeLessThan(steps);
    const perplexity = await studio.perplexity();

    // All of it is there after a reload: curve, samples, the step.
    await page.reload();
    await expect(page.getByRole('button', { name: `Resume from step ${stoppedAt}` })).toBeVisible();
    expect(await studio.perplexity()).toBe(perplexity);
    await studio.event(30, /Evaluated/);
    await expect(page.getByRole('list', { name: 'Samples' }).getByRole('listitem').first()).toBeVisible();

    await page.getByRole('button', { name: /^Resume from/ }).click();
    await studio.event(steps, /Evaluated/);
    await expect(studio.strip.getByRole('button', { name: 'Start training' })).toBeVisible();
    expect(await studio.perplexity()).toBeLessThanOrEqual(perplexity);

    const before = await talk(studio);
    await studio.goTo('Export');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download Hugging Face folder' }).click(),
    ]);
    const zip = info.outputPath('model.zip');
    await download.saveAs(zip);
    expect((await readFile(zip)).subarray(0, 2).toString()).toBe('PK');
    await expect(page.getByRole('article').getByText('Verified')).toBeVisible({ timeout: 60_000 });

    // Into a browser that has never seen it: the same tokens, the same probabilities.
    await page.evaluate(async () => {
      for (const { name } of await indexedDB.databases()) if (name) indexedDB.deleteDatabase(name);
    });
    await studio.open('/export');
    await studio.useDevice(device);
    const zipChooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose a zip…' }).click();
    await (await zipChooser).setFiles(zip);
    await expect(studio.strip).toContainText(`step ${steps}`);
    expect(await talk(studio)).toEqual(before);
    expect(studio.errors).toEqual([]);
  });
}

/** Greedy text, and the probabilities at one of its places. */
async function talk(studio: Studio): Promise<{ text: string; probabilities: string[] }> {
  const { page } = studio;
  await studio.goTo('Playground');
  await page.getByRole('textbox', { name: 'Prompt' }).fill('Call me ');
  await page.getByRole('slider', { name: 'Temperature' }).fill('0');
  await studio.set({ Length: 12 });
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Write', exact: true })).toBeVisible({ timeout: 60_000 });
  const tokens = page.getByRole('listbox', { name: 'Tokens as written' });
  const text = await tokens.innerText();
  await tokens.getByRole('option').nth(4).click();
  const probabilities = await page
    .getByRole('table', { name: /^What token/ })
    .getByRole('row')
    .allInnerTexts();
  expect(probabilities.length).toBeGreaterThan(5);
  return { text, probabilities };
}
