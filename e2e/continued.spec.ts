/** An imported model that continues with other text: both texts stay listed, and no evaluation mixes them. */
import { expect, test } from '@playwright/test';
import { unwatched } from '../src/core/base/job';
import type { ByteStream } from '../src/core/files/byteSource';
import type { Exported } from '../src/core/export/format';
import { huggingFaceFiles } from '../src/core/export/formats/huggingFace/write';
import { zipped } from '../src/core/files/zip';
import { initialValues } from '../src/core/models/network';
import { dataFacts } from '../src/testing/runRecord';
import { createTokenizer } from '../src/core/tokenizer/byteLevel';
import { DEFAULT_RECIPE } from '../src/core/train/recipe';
import type { TrainEvent } from '../src/core/train/run';
import { expectAccessible } from './axe';
import { Studio } from './studio';
import { allFormats } from '../src/core/export/formats';

const model = { id: 'gpt', config: { layers: 1, heads: 2, width: 16, context: 16 }, vocabulary: 257 } as const;

/** Imported run at step 40 of 200, whose validation perplexity on its own text was 90 and then 60. */
async function brought(): Promise<Exported> {
  const weights = initialValues(model, 1);
  const moments = ['adam.m.', 'adam.v.'].flatMap((slot) =>
    [...weights].map(
      ([name, { shape, data }]) => [slot + name, { shape, data: new Float32Array(data.length) }] as const,
    ),
  );
  const state = { step: 40, tokensSeen: 2560, activeMs: 4000, best: { step: 40, loss: Math.log(60) } };
  const data = dataFacts({
    texts: [{ name: 'ahab.txt', characters: 90_000, sha256: 'a'.repeat(64) }],
    textHash: 'of ahab',
    parts: { train: { tokens: 81_000, bytes: 81_000 }, validation: { tokens: 9000, bytes: 9000 } },
    unigramLoss: Math.log(50),
  });
  const steps = Array.from({ length: 40 }, (_, i): TrainEvent => {
    const facts = { learningRate: 3e-3, gradientNorm: 1, tokensPerSecond: 640, memoryBytes: 1e6 };
    return { kind: 'step', step: i + 1, loss: Math.log(200 - 3 * i), activeMs: 100 * (i + 1), ...facts };
  });
  const evaluated = ([0, 20, 40] as const).map((step, i): TrainEvent => {
    const loss = Math.log([257, 90, 60][i]!);
    return {
      kind: 'evaluated',
      step,
      loss,
      metrics: { bitsPerByte: { value: loss / Math.LN2 } },
      activeMs: 100 * step,
      sample: 'The ',
    };
  });
  const sizes = { batch: 4, steps: 200, warmup: 5, learningRate: 3e-3, evalEvery: 20, evalTokens: 512, saveEvery: 40 };
  return {
    name: 'ishmael-step-40',
    info: {
      version: 2,
      id: 'ishmael',
      name: 'Ishmael',
      createdAt: Date.UTC(2026, 0, 2),
      model,
      tokenizer: 'bytes',
      state,
      segments: [{ after: 0, recipe: { ...DEFAULT_RECIPE, ...sizes }, data }],
      device: 'WASM',
      result: null,
    },
    snapshot: { state, tensors: new Map([...weights, ...moments]) },
    tokenizer: await createTokenizer({ kind: 'bytes', merges: [] }),
    events: [...steps, ...evaluated].sort((a, b) => ('step' in a && 'step' in b ? a.step - b.step : 0)),
    tokens: null,
    formats: allFormats(),
  };
}

async function bringIn(studio: Studio, files: readonly ByteStream[], name: string): Promise<void> {
  const zip: Uint8Array[] = [];
  for await (const piece of zipped(files, unwatched)) zip.push(piece);
  await studio.importModel({ name, mimeType: 'application/zip', buffer: Buffer.concat(zip) });
}

test('a model that continues on other text starts a new curve, verdict and best step, and its card names both texts', async ({
  page,
}) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/export');
  const files = huggingFaceFiles(await brought(), { withOptimizer: true });

  // For an external model, only known facts are shown.
  await bringIn(
    studio,
    files.filter(({ name }) => name !== 'homegrown.json'),
    'theirs.zip',
  );
  await page.getByRole('button', { name: 'Import model' }).click();
  await expect(studio.strip).toContainText('step 0');
  const card = page.getByRole('region', { name: 'Model card' });
  await page.getByText(/^Model card/).click();
  await expect(card).toContainText('imported into Homegrown from theirs.zip');
  await expect(card).not.toContainText('from scratch');
  await expect(card).not.toContainText('AdamW');
  await studio.goTo('Train');
  await expect(page.getByText('its training settings aren’t recorded')).toBeVisible();

  await studio.goTo('Export');
  await bringIn(studio, files, 'ours.zip');
  await expect(studio.strip).toContainText('step 40');
  await studio.goTo('Text');
  await studio.paste('The sea is wide and the whale is white. '.repeat(1000));
  await expect(studio.stages).toContainText('40 k characters');
  await studio.goTo('Train');
  await page.getByRole('button', { name: 'Resume from step 40' }).click();

  await studio.event(40, /Continued on other text: .*36,000 training tokens/);
  await studio.event(60, /best so far/);
  await expect(page.getByText(/^from step 40: /)).toBeVisible();
  await studio.event(80, /Evaluated/);
  await expect(page.getByRole('region', { name: 'Verdict' })).not.toContainText(/from (257|90\.0|60\.0) to/);
  await studio.event(200, /Saved/);
  await expect(page.getByRole('button', { name: /^Train (4× )?longer/ })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText(
    /Finished, (and still|no longer) improving|still beats it/,
  );
  await expectAccessible(page, 'Train, with a change of the text');

  // The change is there after a reload, and is exported with the model.
  await page.reload();
  await expect(page.getByText(/^from step 40: /)).toBeVisible();
  await studio.goTo('Export');
  await page.getByText(/^Model card/).click();
  await expect(card).toContainText('Up to step 40:');
  await expect(card).toContainText('ahab.txt');
  await expect(card).toContainText('From step 40 on:');
  await expect(card).toContainText('From step 40 on, it was trained on other text.');
  expect(studio.errors).toEqual([]);
});
