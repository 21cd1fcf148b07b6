import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HomegrownError } from '../base/errors';
import { dataFacts } from '../../testing/runRecord';
import { DEFAULT_RECIPE } from '../train/recipe';
import { newInfo, readRunInfo, type RunInfo } from './homegrownJson';
import { cardOf } from '../../testing/cardOf';
import { propertyRuns } from '../../testing/propertyRuns';

const sizes = { trainTokens: 90, trainBytes: 90, validationTokens: 10, validationBytes: 10 };
const facts = { texts: [], textHash: 'a', ...sizes, validationShare: 0.1, unigramLoss: 5 };
const old = {
  version: 1,
  name: 'Ahab',
  createdAt: 5,
  model: { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 8 }, vocabulary: 257 },
  recipe: DEFAULT_RECIPE,
  tokenizer: 'bytes',
  state: { step: 9, tokensSeen: 90, activeMs: 8, best: null },
  device: null,
  data: facts,
  result: null,
  earlier: [
    { until: 3, data: { ...facts, textHash: 'b' } },
    { until: 6, data: null },
  ],
};

test('reads a file of the first version with its data as segments, and an id that stays the same in later exports', async () => {
  const info = await readRunInfo('homegrown.json', old);
  const segment = { recipe: DEFAULT_RECIPE, data: dataFacts() };
  expect(info.segments).toEqual([
    { ...segment, after: 0, data: dataFacts({ textHash: 'b' }) },
    { ...segment, after: 3, data: null, why: 'data' },
    { ...segment, after: 6, why: 'data' },
  ]);
  expect(info).toMatchObject({ version: 2, name: 'Ahab', createdAt: 5, state: old.state });
  expect(info.id).toMatch(/^[0-9a-f]{32}$/);
  const { earlier: _, ...once } = old;
  const later = { ...once, state: { ...old.state, step: 12 }, recipe: { ...DEFAULT_RECIPE, steps: 9000 } };
  expect((await readRunInfo('homegrown.json', later)).id).toBe(info.id);
  expect((await readRunInfo('homegrown.json', { ...old, createdAt: 6 })).id).not.toBe(info.id);
  expect(await readRunInfo('homegrown.json', JSON.parse(JSON.stringify(info)))).toEqual(info);
});

const evaluation = {
  ...{ part: 'test', look: 2, madeAt: 5, tokens: 9, documents: 1, bytes: 9 },
  metrics: { loss: { value: 1, low: 0.5, high: 2, unit: 'nats per token' } },
  baselines: { uniform: { loss: 5 } },
};

test('any stored evaluation is read and can be exported, or is reported as invalid', async () => {
  const info = await readRunInfo('homegrown.json', old);
  const read = (one: object) => readRunInfo('homegrown.json', { ...info, evaluations: [one] });
  expect((await read(evaluation)).evaluations).toEqual([evaluation]);
  const names = [...Object.keys(evaluation), 'text', 'other'];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), fc.jsonValue(), async (name, value) => {
      const result = await read({ ...evaluation, [name]: value }).catch((error: unknown) => error);
      if (result instanceof Error) expect(result).toBeInstanceOf(HomegrownError);
      else expect(cardOf(result as RunInfo)).toContain('### On ');
    }),
    { numRuns: propertyRuns(50) },
  );
  const wild = fc.record({ value: fc.double({ noNaN: true }), unit: fc.string() });
  const figures = fc.dictionary(fc.string(), wild);
  await fc.assert(
    fc.asyncProperty(figures, fc.dictionary(fc.string(), fc.dictionary(fc.string(), fc.double())), async (m, b) => {
      const given = JSON.parse(JSON.stringify({ ...evaluation, metrics: m, baselines: b })) as object;
      const result = await read(given).catch((error: unknown) => error);
      if (result instanceof Error) expect(result).toBeInstanceOf(HomegrownError);
      else expect(cardOf(result as RunInfo)).not.toMatch(/<script|undefined|NaN/);
    }),
    { numRuns: propertyRuns(50) },
  );
  for (const several of [new Array(4).fill(evaluation), [{ ...evaluation, part: 'text' }]])
    await expect(readRunInfo('homegrown.json', { ...info, evaluations: several })).rejects.toMatchObject({
      code: 'bad-file',
    });
});

test('reads any value in a file of either version, or reports it by name', async () => {
  const info = await readRunInfo('homegrown.json', old);
  const names = [...new Set([...Object.keys(old), ...Object.keys(info)])];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(old, info),
      fc.constantFrom(...names),
      fc.jsonValue(),
      async (file, name, value) => {
        const read = await readRunInfo('homegrown.json', { ...file, [name]: value }).catch((error: unknown) => error);
        if (read instanceof Error) expect(read).toBeInstanceOf(HomegrownError);
        else expect(read).toHaveProperty('segments');
      },
    ),
  );
  for (const none of [null, [], 'x', 7, { version: 0 }])
    await expect(readRunInfo('homegrown.json', none)).rejects.toMatchObject({ code: 'bad-file' });
});

test('names a model of very many texts by the first, and reads one that older builds named by all of them', async () => {
  const { model, createdAt } = old;
  const texts = Array.from({ length: 500 }, (_, i) => ({
    name: `letter ${i}.txt`,
    characters: 9,
    sha256: 'a'.repeat(64),
  }));
  const of = (some: typeof texts) =>
    newInfo({
      ...{ id: 'a', createdAt, model: model as never, recipe: DEFAULT_RECIPE },
      ...{ data: dataFacts({ texts: some }), tokenizer: { kind: 'bytes' as const, merges: [] } },
    });
  expect(of(texts.slice(0, 2)).name).toBe('letter 0.txt, letter 1.txt');
  const info = of(texts);
  expect(info.name).toBe('letter 0.txt and 499 more');
  const again = async (name: string) => readRunInfo('homegrown.json', JSON.parse(JSON.stringify({ ...info, name })));
  expect((await again(info.name)).name).toBe(info.name);
  const byAll = texts.map(({ name }) => name).join(', ');
  expect((await again(byAll)).name).toBe(byAll.slice(0, 1000));
});
