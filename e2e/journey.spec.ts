/** The main path by mouse, on the built app: a sample in, a model out and in again. Once on WebGPU, once on WASM. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { Studio, talk, TINY } from './studio';

test.use({ serviceWorkers: 'allow' });

/** Enough that a Stop after step 60 comes before the end, and divisible by 30, where it is evaluated. */
const STEPS = { WebGPU: 90, WASM: 450 } as const;

for (const device of ['WebGPU', 'WASM'] as const) {
  const steps = STEPS[device];
  test(`a model grows from a file, by mouse, on ${device}`, async ({ page }, info) => {
    const studio = new Studio(page);
    await studio.beginWithBytes(device);
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
      ).toBeVisible({ timeout: 300_000 });
      expect(Object.values(await studio.stored('cuts'))).toHaveLength(1);
    }
    // Better than frequencies alone, before it is stopped.
    await studio.event(60, /Evaluated/);
    expect(await studio.perplexity()).toBeLessThan(await studio.unigram());
    await page.getByRole('button', { name: 'Stop and save' }).click();
    await expect(page.getByRole('button', { name: /^Resume from step/ })).toBeVisible();
    const bytes = await studio.scriptBytes();
    expect(bytes).toBeGreaterThan(1_000_000); // TensorFlow.js, once
    // As much as was promised, and 55 kB for what classifiers are, and how labels of texts are kept; TensorFlow.js twice would be
    // 2.8 MB more.
    expect(bytes).toBeLessThan(2_655_000);
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
    const zip = info.outputPath('model.zip');
    await studio.takeFolder(zip);
    expect((await readFile(zip)).subarray(0, 2).toString()).toBe('PK');
    // The same tokens, the same probabilities.
    await studio.bringAnew(zip, device);
    await expect(studio.strip).toContainText(`step ${steps}`);
    expect(await talk(studio)).toEqual(before);
    expect(studio.errors).toEqual([]);
  });
}
