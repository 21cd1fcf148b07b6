/** Small classifiers: labeled texts in a store, and the input of a classifier run. */
import type { TuneInput } from '../protocol/gpu';
import { buildData } from '../jobs/buildData';
import type { BlobStore } from '../core/base/blobStore';
import { csvOf } from '../core/base/csv';
import { unwatched } from '../core/base/job';
import { importText, type TextRecord } from '../core/documents';
import { headOf, withClasses } from '../core/models/classes';
import type { Classes } from '../core/models/spec';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { DEFAULT_RECIPE, type Recipe } from '../core/train/recipe';
import type { Begin } from './smallRuns';
import { loraOf, PARENT } from './tunedRuns';

export const CLASSES: Classes = { labels: ['land', 'sea'], pooling: 'mean' };

/** A row for each text, labeled land or sea, and rows without a label. */
export const labeledRows = (count: number, unlabeled = 0): readonly (readonly string[])[] =>
  Array.from({ length: count + unlabeled }, (_, i) => [
    i % 2 === 0 ? `the hill ${i}` : `a whale ${i}`,
    i >= count ? '' : CLASSES.labels[i % 2]!,
  ]);

export const labeledFile = (rows: readonly (readonly string[])[], name = 'texts.csv'): File =>
  new File([csvOf([['text', 'label'], ...rows])], name);

/** Stores the rows as a table for tuning. */
export async function labeledText(store: BlobStore, rows = labeledRows(40)): Promise<TextRecord> {
  const file = labeledFile(rows);
  const source = {
    name: file.name,
    size: file.size,
    async *stream() {
      yield new Uint8Array(await file.arrayBuffer());
    },
    table: { format: 'csv', columns: { text: 'text', label: 'label' } } as const,
  };
  const settings = { addedAt: 1, isTuned: true };
  const outcome = await importText(source, store, settings, unwatched);
  return outcome.kind === 'added' ? outcome.text : outcome.of;
}

/** A run of `smallRuns` with LoRA on the parent and its own head. */
export async function classifierInput(
  store: BlobStore,
  of: Begin,
  runId: string,
  recipe: Partial<Recipe> = {},
  overrides: Partial<TuneInput> = {},
): Promise<TuneInput> {
  const text = await labeledText(store);
  const { model, tokenizer, ...begin } = of(runId, {});
  const split = { validation: 0.25, test: 0, seed: 0 };
  return {
    ...begin,
    tokenizer,
    data: await buildData(store, [text.id], await createTokenizer(tokenizer), split, unwatched),
    recipe: { ...DEFAULT_RECIPE, ...RECIPE, ...recipe },
    from: { runId: 'parent', step: PARENT.steps },
    classes: CLASSES,
    trainable: loraOf(model, { weights: Object.keys(headOf(withClasses(model, CLASSES))) }),
    ...overrides,
  };
}
const RECIPE: Partial<Recipe> = {
  ...{ objective: 'labels', batch: 8, steps: 12, warmup: 2, learningRate: 0.01 },
  ...{ evalEvery: 4, saveEvery: 4, evalTokens: 512, dropout: 0.1 },
};
