/** A stored run with every field set. */
import type { BlobStore } from '../core/base/blobStore';
import { baseHash, saveBase } from '../core/checkpoint/base';
import { claimRun } from '../core/checkpoint/checkpoint';
import type { Snapshot } from '../core/checkpoint/snapshot';
import type { HostTensor } from '../core/checkpoint/tensors';
import { initialValues } from '../core/models/initial';
import type { BaseConfig } from '../core/models/spec';
import { openJournal } from '../core/runs/journal';
import { addRun, type RunRecord } from '../core/runs/record';
import { RUN_FIELDS } from '../core/runs/runFields';
import type { Segment } from '../core/runs/segments';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { hashOfFrozen } from '../core/train/start';
import { dataFacts, runRecord } from './runRecord';
import { sampleOf } from './sampleOf';

export const RUN_FIELD_NAMES = Object.keys(RUN_FIELDS) as (keyof RunRecord)[];

const STEP = 3;
const config = { layers: 2, heads: 1, width: 8, context: 8, hidden: 0, biases: true } as BaseConfig;
const classes = { labels: ['ham', 'spam'], pooling: 'last' } as const;
const model: RunRecord['model'] = { id: 'gpt', config: { ...config, classes }, vocabulary: 258 };
const trainable = { weights: ['transformer.ln_f.weight', 'transformer.ln_f.bias'] };
const recipe = { ...DEFAULT_RECIPE, objective: 'labels' as const, steps: STEP, replay: 0.1 };
const segments: readonly [Segment, Segment] = [
  { after: 0, recipe: { ...recipe, seed: 2 }, data: { id: 'first-data', facts: dataFacts({ textHash: 'first' }) } },
  { after: 2, recipe, data: { id: 'data', facts: dataFacts() }, why: 'both' },
];

/** Values that a test of runs can't generate from the schema. */
const VALUES = {
  name: 'Full run',
  tags: ['tag'],
  note: 'A note',
  hue: 7,
  createdAt: 5,
  removedAt: 6,
  status: 'finished',
  step: STEP,
  device: 'WASM',
  model,
  tokenizer: { kind: 'bytes', merges: [], roles: ['end', 'padding'] },
  objective: 'labels',
  parent: {
    runId: 'parent',
    step: 2,
    how: 'fork',
    name: 'Parent',
    momentsAtZero: true,
    began: { step: 1, how: 'distil', name: 'Grandparent' },
  },
  origin: { name: 'file', title: 'Title', licence: 'MIT', lacks: 'its layer', importedAt: 4 },
  trainable,
  mixed: { name: 'Other', share: 0.25, step: STEP },
  decision: { temperature: 1.5, atLeast: 0.8, step: STEP },
  old: { id: 'old-data', facts: dataFacts({ textHash: 'old' }) },
  segments,
  keep: { budget: 12_345 },
  card: { about: 'About', use: 'Use', misuse: 'Misuse', limits: 'Limits' },
  looks: [{ of: 'test', count: 2 }],
} satisfies Partial<RunRecord>;

/** Stores a run with every field set, its base, one saved step and a curve. Fields that `VALUES` lacks get a sample. */
export async function storeFullRun(store: BlobStore): Promise<RunRecord> {
  const base = initialValues(model, 1);
  const hash = await baseHash(base);
  const givenFields: Partial<RunRecord> = { ...runRecord(VALUES), base: hash };
  const missingNames = RUN_FIELD_NAMES.filter((name) => !Object.hasOwn(givenFields, name));
  const record = {
    ...givenFields,
    ...Object.fromEntries(missingNames.map((name) => [name, sampleOf(RUN_FIELDS[name].schema)])),
  } as RunRecord;
  await saveBase(store, hash, base);
  const frozen = await hashOfFrozen({ model, recipe, trainable, base });
  const weights = trainable.weights.map((name) => [name, base.get(name)!] as const);
  const moments = ['adam.m.', 'adam.v.'].flatMap((slot) =>
    weights.map(([name, value]): [string, HostTensor] => [slot + name, value]),
  );
  const snapshot: Snapshot = {
    state: { step: STEP, tokensSeen: 9, activeMs: 8, best: null, frozen: frozen! },
    tensors: new Map([...weights, ...moments]),
  };
  await (await claimRun(store, record.id)).save(snapshot);
  const evaluated = { kind: 'evaluated', step: STEP, loss: 2, metrics: {}, activeMs: 8, sample: '' } as const;
  await (await openJournal(store, record.id, 0)).append([evaluated]);
  await addRun(store, record);
  return record;
}
