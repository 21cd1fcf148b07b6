/** A run as the app makes it, in its own worker's functions. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { template } from '../../scripts/templates';
import type { BlobStore } from '../../src/core/base/blobStore';
import { unwatched } from '../../src/core/base/job';
import { trainingFacts, sharedNormalizers, textOf } from '../../src/core/documents';
import { exportRun } from '../../src/core/export/run';
import { readBytes } from '../../src/core/files/byteSource';
import { createTokenizer } from '../../src/core/tokenizer/byteLevel';
import type { TokenizerModel } from '../../src/core/tokenizer/tokenizer';
import { DEFAULT_RECIPE, type Recipe } from '../../src/core/train/recipe';
import { buildData } from '../../src/jobs/buildData';
import { begin, resume } from '../../src/jobs/train';

const RUN = 'of-the-app';

/**
 * Trains a run to step 4, exports it as a folder, and resumes it in the app to its last step.
 * @param steps total number
 * @param overrides settings that differ from a byte tokenizer and the defaults
 * @returns the hash of the weights in the app
 */
export async function grownInTheApp(
  store: BlobStore,
  ids: readonly string[],
  folder: string,
  steps: number,
  runId = RUN,
  overrides: { tokenizer?: TokenizerModel; recipe?: Partial<Recipe> } = {},
): Promise<string> {
  const texts = await Promise.all(ids.map((id) => textOf(store, id)));
  const normalizers = sharedNormalizers(texts);
  const bytes = { kind: 'bytes', merges: [], ...(normalizers.length > 0 && { normalizers }) } as const;
  const tokenizer = overrides.tokenizer ?? bytes;
  const split = { validation: 0.1, test: 0, seed: 0 };
  const tokenizerOfRun = await createTokenizer(tokenizer);
  const data = await buildData(store, ids, tokenizerOfRun, split, unwatched);
  const recipe = {
    ...DEFAULT_RECIPE,
    batch: 4,
    steps: 4,
    warmup: 2,
    evalEvery: 100,
    evalTokens: 64,
    dropout: 0.1,
    schedule: 'constant' as const,
    ...overrides.recipe,
  };
  const model = {
    id: 'gpt',
    config: { layers: 1, heads: 2, width: 16, context: overrides.recipe ? 64 : 16 },
    vocabulary: tokenizerOfRun.size,
  } as const;
  const run = { runId, projectId: 'first', name: 'Letters', createdAt: 1, model, recipe, tokenizer };
  const place = { store, device: 'WASM' };
  await begin(place, { ...run, data, texts: texts.map(trainingFacts) }, unwatched);
  await exportToFolder(store, folder, runId);
  await resume(place, { runId, steps }, unwatched);
  const weights = (await exported(store, runId)).find(({ name }) => name === 'model.safetensors')!;
  return createHash('sha256')
    .update(await readBytes(weights))
    .digest('hex');
}

/** Exported as it is now. */
export async function exportToFolder(store: BlobStore, folder: string, runId = RUN): Promise<void> {
  await mkdir(folder);
  for (const file of await exported(store, runId)) await writeFile(join(folder, file.name), await readBytes(file));
}

const exported = async (store: BlobStore, runId: string) =>
  (await exportRun(store, runId, 'latest', 'hf', { withOptimizer: true, template })).files;
