/** Evaluations of a step go with it: into its card, through a folder, and back as evaluations of a run. */
import { expect, test } from 'vitest';
import { type BlobStore, memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { claimRun } from '../checkpoint/checkpoint';
import { bytesSource, readBytes, type ByteStream } from '../files/byteSource';
import { modelSpec } from '../models';
import type { EvaluationRecord } from '../runs/evaluations';
import { keepEvaluation, readEvaluation, readEvaluations } from '../runs/keptEvaluations';
import { withTestSetAccess } from '../runs/testSetAccesses';
import { partHash } from '../runs/partHash';
import { addRun, readRun } from '../runs/record';
import { dataFacts, runRecord } from '../../testing/runRecord';
import { createTokenizer } from '../tokenizer/byteLevel';
import type { RunInfo } from './homegrownJson';
import { exportRun, importRun } from './run';

const model = { id: 'gpt' as const, config: { layers: 1, heads: 1, width: 8, context: 4 }, vocabulary: 257 };
const held = { tokens: 10, bytes: 20 };
const data = dataFacts({ parts: { train: { tokens: 90, bytes: 90 }, validation: held, test: held } });
const asked = { template: () => Promise.reject(new Error('hf needs none')), withOptimizer: true };
const TEST = partHash(data, 'test');

async function measured(change: Partial<EvaluationRecord> = {}): Promise<EvaluationRecord> {
  const { hash } = await createTokenizer({ kind: 'bytes', merges: [] });
  return {
    version: 1,
    ...{ runId: 'a', step: 3, part: 'validation', textHash: partHash(data, 'validation'), tokenizerHash: hash },
    madeAt: Date.UTC(2026, 1, 3),
    evaluation: {
      ...{ tokens: 10, documents: 2, bytes: 20 },
      metrics: {
        loss: { value: 3, low: 2.9, high: 3.1, unit: 'nats per token' },
        bitsPerByte: { value: 2.16, low: 2.1, high: 2.2, unit: 'bits per byte' },
      },
      baselines: { gzip: { bitsPerByte: 1.5 }, uniform: { loss: 5.5, bitsPerByte: 4 } },
      leftOut: [],
      passages: {
        worst: [{ source: 'x', document: 0, position: 1, loss: 9, tokens: [{ text: 'secret', kind: 'word' }] }],
        best: [],
        random: [],
      },
    },
    ...change,
  };
}

/** A store with a run that has these evaluations. */
async function storeWith(...kept: readonly EvaluationRecord[]): Promise<BlobStore> {
  const store = memoryStore();
  const tensors = new Map(
    Object.entries(modelSpec('gpt').params(model.config, 257)).map(([name, { shape }]) => {
      return [name, { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }] as const;
    }),
  );
  const writer = await claimRun(store, 'a');
  for (const step of [3, 5]) await writer.save({ state: { step, tokensSeen: 9, activeMs: 8, best: null }, tensors });
  const [segment] = runRecord({}).segments;
  const segments = [{ ...segment, data: { id: null, facts: data } }] as const;
  await addRun(store, {
    ...runRecord({ name: 'Ahab', status: 'stopped', step: 5, model }),
    segments,
    looks: withTestSetAccess(withTestSetAccess(undefined, TEST), TEST),
  });
  for (const one of kept) await keepEvaluation(store, one);
  return store;
}
const filesOf = async (store: BlobStore, runId = 'a') => (await exportRun(store, runId, 'latest', 'hf', asked)).files;
const read = async (files: readonly ByteStream[], name: string) =>
  new TextDecoder().decode(await readBytes(files.find((file) => file.name === name)!));
const infoOf = async (files: readonly ByteStream[]) => JSON.parse(await read(files, 'homegrown.json')) as RunInfo;

test('exports only current evaluations of the step, and nothing of the text', async () => {
  const test = { part: 'test', textHash: TEST, look: 1 } as const;
  const store = await storeWith(
    await measured({ step: 3 }),
    await measured({ step: 5, ...test }),
    await measured({ step: 5, textHash: 'of other text' }),
    await measured({ step: 5, part: 'text', name: 'letter <b>', textHash: 'ab', tokenizerHash: 'other' }),
  );
  const files = await filesOf(store);
  const { evaluations } = await infoOf(files);
  expect(evaluations?.map(({ part }) => part)).toEqual(['test']);
  expect(JSON.stringify(evaluations)).not.toContain('secret');
  const card = await read(files, 'README.md');
  expect(card).toContain('### On the whole test set');
  expect(card).toContain('This was the 1st of 2 evaluations so far on the test set');
  expect(card).not.toContain('validation part\n');
  expect(await read(files, 'DATASHEET.md')).toContain('Test set, evaluated 2 times');
});

test('a card has each value with its interval and its baselines, and says which is better', async () => {
  const own = await measured({ step: 5, part: 'text', name: 'letter <b>', textHash: 'ab' });
  const card = await read(await filesOf(await storeWith(own)), 'README.md');
  expect(card).not.toContain('Not evaluated.');
  expect(card).toContain('### On other text: letter &#60;b&#62;\n');
  // Fewer bits than the uniform baseline, more than gzip: the card compares with the best of all.
  expect(card).toContain(
    'Gzip compression still beats it. Bits per byte 2.16 on this text; gzip compression gets 1.50.',
  );
  expect(card).toContain('Step 5, evaluated on 2026-02-03. Whether the model was trained on this text is not known.');
  expect(card).toContain('| Metric | This model | 95 % interval | Uniform | gzip |');
  expect(card).toContain('| Loss, nats per token | 3.00 | 2.90 to 3.10 | 5.50 | – |');
  expect(card).toContain('| Bits per byte | 2.16 | 2.10 to 2.20 | 4.00 | 1.50 |');
});

test("an import restores the run's evaluations, and the next export has the same bytes", async () => {
  const text = await measured({ step: 5, part: 'text', name: 'letter', textHash: 'ab' });
  const files = await filesOf(await storeWith(await measured({ step: 5 }), text));
  const given = await Promise.all(
    files.map(async (file) => ({ name: file.name, source: bytesSource(await readBytes(file)) })),
  );
  const other = memoryStore();
  await importRun(other, { runId: 'b', projectId: 'first' }, given, 99, unwatched);
  const { record, changed } = (await readEvaluation(other, 'b', 5, 'validation'))!;
  const { passages: _, ...figures } = (await measured()).evaluation;
  expect(record).toEqual({ ...(await measured({ step: 5 })), runId: 'b', evaluation: figures });
  expect(changed).toEqual([]);
  expect((await readEvaluation(other, 'b', 5, 'text'))?.record).toMatchObject({ name: 'letter', textHash: 'ab' });
  expect((await readRun(other, 'b'))?.looks).toEqual([{ of: TEST, count: 2 }]);
  const again = await filesOf(other, 'b');
  expect(await read(again, 'README.md')).toBe(await read(files, 'README.md'));
  const { evaluations, looks } = await infoOf(again);
  expect({ evaluations, looks }).toEqual({
    evaluations: (await infoOf(files)).evaluations,
    looks: (await infoOf(files)).looks,
  });
});

const percent = { value: 88, low: 80, high: 93 };
/** List results of a step; sentences, prompts and answers belong to the person. */
async function askedOf(): Promise<EvaluationRecord> {
  const { madeAt, tokenizerHash } = await measured();
  const preference = { ...percent, pairs: 30, margin: 1 };
  const on = { madeAt, bytes: 2000, difference: -0.04, low: -0.05, high: -0.03, verdict: 'better' as const };
  const part = { part: 'test' as const, textHash: TEST, look: 2 };
  return {
    version: 1,
    ...{ runId: 'a', step: 5, part: 'lists', textHash: '', tokenizerHash, madeAt },
    evaluation: {
      ...{ tokens: 0, documents: 0, bytes: 0, metrics: {}, baselines: {}, leftOut: [] },
      minimalPairs: {
        all: preference,
        kinds: { negation: preference },
        missed: [{ kind: 'negation', first: 'secret', second: 'secrets' }],
        listHash: 'ab',
      },
      swaps: { kinds: { 'he | she': preference } },
      tasks: [
        {
          ...{ name: 'capitals.csv', rows: 40, cut: 0 },
          metrics: { accuracy: { ...percent, unit: '%' } },
          baselines: { chance: { accuracy: 25 } },
          missed: [{ line: 2, prompt: 'secret', wanted: 'a', given: 'b' }],
        },
      ],
    },
    comparisons: [
      { ...on, ...part, beside: { runId: 'a', name: 'Ahab', step: 3 }, mayHaveLearnt: false },
      {
        ...on,
        ...part,
        textHash: 'of other text',
        beside: { runId: 'c', name: 'Peleg', step: 9 },
        mayHaveLearnt: true,
      },
      {
        ...{ ...on, part: 'text', name: 'letter', textHash: 'x' },
        ...{ beside: { runId: 'c', name: 'Bildad', step: 9 }, mayHaveLearnt: false },
      },
    ],
  };
}

test('exports list results and comparisons without sentences and prompts, and reads them back byte for byte', async () => {
  const files = await filesOf(await storeWith(await askedOf()));
  const asked = (await infoOf(files)).asked!;
  expect(JSON.stringify(asked)).not.toContain('secret');
  // A comparison on a part that has changed since stays with the run.
  expect(asked.comparisons?.map(({ beside }) => beside)).toEqual([
    { name: 'Ahab', step: 3 },
    { runId: 'c', name: 'Bildad', step: 9 },
  ]);
  const card = await read(files, 'README.md');
  expect(card).toContain('| Kind | Percent | 95 % interval | Pairs |\n| --- | --- | --- | --- |\n| All | 88.0 |');
  expect(card).toContain('not behavior in use');
  expect(card).toMatch(/\| he &#124; she \| 88\.0 \|/);
  expect(card).toContain('| capitals.csv | Accuracy | 88.0 | 80.0 to 93.0 | Chance 25.0 | 40 |');
  expect(card).toContain(
    '- Compared with step 3: better by 0.040 ± 0.010 bits per byte, on 2,000 bytes of the test set, its 2nd evaluation',
  );
  expect(card).toContain('- Compared with Bildad, step 9: better by');
  const given = await Promise.all(
    files.map(async (file) => ({ name: file.name, source: bytesSource(await readBytes(file)) })),
  );
  const other = memoryStore();
  await importRun(other, { runId: 'b', projectId: 'first' }, given, 99, unwatched);
  const [record] = await readEvaluations(other, 'b', 'lists');
  expect(record!.evaluation.minimalPairs).toEqual({ ...(await askedOf()).evaluation.minimalPairs!, missed: [] });
  // A comparison with a step of the same run refers to the imported run.
  expect(record!.comparisons?.map(({ beside }) => beside.runId)).toEqual(['b', 'c']);
  const again = await filesOf(other, 'b');
  expect(await read(again, 'README.md')).toBe(card);
  expect(JSON.stringify((await infoOf(again)).asked)).toBe(JSON.stringify(asked));
});
