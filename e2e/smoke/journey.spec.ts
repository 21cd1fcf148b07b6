/** The main path from end to end, by mouse, on WebGPU. */
import { expect, test } from '@playwright/test';
import { takeMainPath, toTheEnd } from '../mainPath';
import { Studio, talk, TINY } from '../studio';

const STEPS = 60;

test('a GPT is trained on a file on WebGPU, exported, and writes the same after its import', async ({ page }, info) => {
  const studio = new Studio(page);
  await takeMainPath(
    page,
    studio,
    {
      architecture: 'GPT',
      device: 'WebGPU',
      settings: { ...TINY, Steps: STEPS, 'Evaluate every': STEPS },
      advanced: { 'Evaluation tokens': 2048 },
      async train() {
        // Only a step traced once and replayed has planned memory, and an encoding time.
        await expect(
          page.getByText(/A step takes .* ms to encode.*measured matrix throughput.*in use, .* planned/),
        ).toBeVisible({ timeout: 300_000 });
        expect(Object.values(await studio.stored('cuts'))).toHaveLength(1);
        const step = await toTheEnd(STEPS)(page, studio);
        // The model beats a unigram model.
        expect(await studio.perplexity()).toBeLessThan(await studio.baseline('unigram'));
        // The chart has a line for each baseline.
        const chart = page.getByRole('group', { name: 'Perplexity', exact: true });
        for (const name of ['uniform', 'unigram', 'bigram', 'trigram'] as const) {
          await expect(chart.getByText(new RegExp(`^${name} [\\d.,]+$`))).toBeVisible();
        }
        expect(await studio.baseline('bigram')).toBeLessThan(await studio.baseline('unigram'));
        expect(await studio.baseline('trigram')).toBeLessThan(await studio.baseline('unigram'));
        await expect(page.getByText(/^Knows common words: past a unigram model, perplexity/)).toBeVisible();
        return step;
      },
      use: () => talk(studio),
    },
    info,
  );
});
